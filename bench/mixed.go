package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// mixture is what the mixed load found: how long each kind of request took
// among the others, and by itself with as many connections.
type mixture struct {
	rate  values // answers a second
	kinds []mixedKind
}

type mixedKind struct {
	name         string
	share        int
	mixed, alone latencies
}

// serving serves the database for one measurement.
func (r *runner) serving(ctx context.Context, measure func(context.Context) (mixture, error)) (m mixture, err error) {
	if r.service, err = startService(ctx, r.binary, r.folder); err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, r.service.stop()) }()
	return measure(ctx)
}

// measureMixed has all kinds of requests at once, in rounds, and each kind by
// itself for one.
func (r *runner) measureMixed(context.Context) (m mixture, err error) {
	r.say("mixed load")
	all := r.job(askMixed)
	all.Counted = r.scale.Warmup
	if _, err := r.do(all); err != nil {
		return m, fmt.Errorf("mixed load: %w", err)
	}
	all.Ramp, all.Counted = r.scale.Ramp, r.scale.Counted
	for _, k := range (&loader{}).mixed(all, 0).kinds {
		m.kinds = append(m.kinds, mixedKind{name: k.name, share: k.share})
	}
	for range r.scale.Rounds {
		o, err := r.do(all)
		if err != nil {
			return m, fmt.Errorf("mixed load: %w", err)
		}
		m.rate = append(m.rate, float64(o.Counted)/all.Counted.Seconds())
		for i := range m.kinds {
			m.kinds[i].mixed.merge(o.latency(m.kinds[i].name))
		}
	}
	for i := range m.kinds {
		alone := all
		alone.Only = m.kinds[i].name
		o, err := r.do(alone)
		if err != nil {
			return m, fmt.Errorf("%s alone: %w", alone.Only, err)
		}
		m.kinds[i].alone.merge(o.latency(alone.Only))
	}
	return m, nil
}

func (m mixture) section(b *strings.Builder) {
	fmt.Fprintf(b, "%d connections ask for one thing or another at random; **%s** answers a second. Milliseconds for an answer as the client sees them, right to 5 %%; beside them, of a round in which all connections ask for that kind only.\n\n", connections, spread(m.rate))
	b.WriteString("| request | of a hundred | p50 | p99 | p99.9 | alone: p50 | p99 | p99.9 |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, k := range m.kinds {
		fmt.Fprintf(b, "| %s | %d |%s |%s |\n", k.name, k.share, k.mixed.cells(), k.alone.cells())
	}
}

func (l *latencies) cells() string {
	var cells []string
	for _, p := range []float64{50, 99, 99.9} {
		cells = append(cells, " "+number(float64(l.percentile(p))/float64(time.Millisecond)))
	}
	return strings.Join(cells, " |")
}
