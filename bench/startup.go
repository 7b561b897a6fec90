package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// growth is what lists of one length do to the memory of a fresh process, in
// MiB of RssAnon.
type growth struct {
	orders int // in a list
	idle   values
	peak   values
	more   values // peak less idle
}

// startup is what was measured on fresh processes.
type startup struct {
	first values // milliseconds from exec to the first answer
	lists []growth
}

// measureStarts starts the service anew for each length of list, by turns: how
// soon it answers, and what listing does to its memory.
func (r *runner) measureStarts(ctx context.Context) (s startup, err error) {
	r.say("starts, and memory while listing")
	s.lists = make([]growth, len(r.scale.Memory))
	for range r.scale.Rounds {
		for i, days := range r.scale.Memory {
			s.lists[i].orders = days * r.scale.Large.PerDay
			l := job{Kind: askList, List: list{Days: days}, Connections: 1, Requests: listings}
			if err := r.measureStart(ctx, l, &s, &s.lists[i]); err != nil {
				return s, fmt.Errorf("lists of %d orders: %w", s.lists[i].orders, err)
			}
		}
	}
	return s, nil
}

// listings is how many lists a process answers, one after the other: enough for
// each of its readers to have had one.
const listings = 10

func (r *runner) measureStart(ctx context.Context, j job, s *startup, g *growth) (err error) {
	began := time.Now()
	service, err := startService(ctx, r.binary, r.folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, service.stop()) }()
	if err := askFirst(ctx, service.address, 1+int(r.jobs)%r.scale.Orders); err != nil {
		return err
	}
	s.first = append(s.first, float64(time.Since(began))/float64(time.Millisecond))
	idle, err := anonymous(service.pid())
	if err != nil {
		return err
	}
	j.Address = service.address
	peak, err := peakDuring(service.pid(), func() error {
		_, err := r.do(j)
		return err
	})
	g.idle = append(g.idle, mib(idle))
	g.peak = append(g.peak, mib(peak))
	g.more = append(g.more, mib(peak-idle))
	return err
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// askFirst asks for an order.
func askFirst(ctx context.Context, address string, number int) error {
	a := detailAsker{number: number}
	c, err := dial(ctx, address, a.path())
	if err != nil {
		return err
	}
	defer c.close()
	ask := func(dst []byte) []byte {
		return append(appendOrderID(credentials(dst, lookups), lookups, number), '}')
	}
	start := a.start() + lookups.String() + "-" + strconv.Itoa(number) + `"`
	_, _, err = c.exchange(ask, start, true)
	return err
}

// sampleEvery is how often memory is looked at.
const sampleEvery = 5 * time.Millisecond

// peakDuring is the most memory of a process that was seen while work went on,
// and right after.
func peakDuring(pid int, work func() error) (peak int64, err error) {
	done := make(chan error, 1)
	go func() { done <- work() }()
	ticker := time.NewTicker(sampleEvery)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			now, errLast := anonymous(pid)
			return max(peak, now), errors.Join(err, errLast)
		case <-ticker.C:
			now, err := anonymous(pid)
			if err != nil {
				return peak, errors.Join(err, <-done)
			}
			peak = max(peak, now)
		}
	}
}
