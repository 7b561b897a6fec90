package main

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// setup is the first thing that the load process reads; jobs follow, one
// after the other, each answered by an outcome. All are lines of JSON.
type setup struct {
	Scale   scale
	Folder  string        // of the database, which nobody serves yet
	Subsets []subsetSetup // of bench-scale, which has no Folder
}

// kind is what a job asks for.
type kind string

const (
	askDetail kind = "detail"
	askList   kind = "list"
	askUpdate kind = "update"
	askProof  kind = "proof" // of the updates that have been answered

	askMixed kind = "mixed" // all at once

	askPeerDetail kind = "peer-detail" // of PocketBase
	askPeerList   kind = "peer-list"
	askPeerUpdate kind = "peer-update"
)

// job is some load.
type job struct {
	Address     string // host:port
	Kind        kind
	List        list   // of askList
	Only        string // of askMixed: this kind alone
	Connections int
	Seed        uint64
	Unchecked   bool // the server is the bare handler, whose answers are always the same
	Subset      int  // which one, of bench-scale
	Shops       int  // in how many orders are placed; zero for the store of all others

	// Either a time: what is answered between Ramp and Ramp+Counted counts.
	Ramp, Counted time.Duration
	// Or a number of requests on one connection, each checked, whose answers
	// are put into a file, if one is named.
	Requests int
	File     string
}

// outcome is what became of a job.
type outcome struct {
	Error    string
	Counted  int64         // answers within the time that counts
	Answered int64         // all answers
	Checked  int64         // answers that were compared with what is expected
	Bytes    int64         // of the bodies of all answers
	CPU      time.Duration // that the load process spent
	Elapsed  time.Duration
	// Latencies is how long the answers that count took, by kind of request, of
	// a mixed load.
	Latencies map[string]*latencies
}

// latency is that of a kind.
func (o outcome) latency(kind string) *latencies {
	if l := o.Latencies[kind]; l != nil {
		return l
	}
	return new(latencies)
}

// serveJobs is the load process. It ends with its input.
func serveJobs(ctx context.Context, in io.Reader, out io.Writer) error {
	decoder, encoder := json.NewDecoder(in), json.NewEncoder(out)
	var s setup
	if err := decoder.Decode(&s); err != nil {
		return fmt.Errorf("read the set-up: %w", err)
	}
	l, err := newLoader(ctx, s)
	if err := errors.Join(err, encoder.Encode(outcome{Error: message(err)})); err != nil {
		return err
	}
	// One processor is enough from here on, and more would only be taken from
	// the server.
	runtime.GOMAXPROCS(1)
	for {
		var j job
		err := decoder.Decode(&j)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = encoder.Encode(l.do(ctx, j))
		}
		if err != nil {
			return fmt.Errorf("take a job: %w", err)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// loader does jobs.
type loader struct {
	scale   scale
	sums    []uint32
	moved   *moved
	subsets []*subset
}

func newLoader(ctx context.Context, s setup) (l *loader, err error) {
	l = &loader{scale: s.Scale, moved: newMoved(s.Scale.Large)}
	if len(s.Subsets) > 0 {
		l.subsets, err = newSubsets(ctx, s.Subsets)
	} else {
		l.sums, err = sumDetails(ctx, s)
	}
	return l, err
}

func (l *loader) do(ctx context.Context, j job) outcome {
	work := l.load
	if j.Requests > 0 {
		work = l.sample
	}
	began, spent := time.Now(), ownCPU()
	o, err := work(ctx, j)
	o.Elapsed, o.CPU, o.Error = time.Since(began), ownCPU()-spent, message(err)
	return o
}

// asker makes the asker of one of the job's connections.
func (l *loader) asker(j job, connection int) asker {
	if len(l.subsets) > 0 {
		return l.subsets[j.Subset].asker(j, connection)
	}
	random := newRandom(j.Seed, connection)
	switch j.Kind {
	case askDetail:
		return &detailAsker{random: random, sums: l.sums}
	case askList:
		return &listAsker{random: random, calendar: l.scale.calendar(j.List), days: j.List.Days}
	case askUpdate:
		return &updateAsker{random: random, moved: l.moved, own: connection, share: j.Connections}
	case askMixed:
		return l.mixed(j, connection)
	case askPeerDetail:
		return &peerDetailAsker{peerAsker{random: random, orders: l.scale.records()}}
	case askPeerList:
		return &peerListAsker{peerAsker: peerAsker{random: random, orders: l.scale.records()}, page: peerPages}
	case askPeerUpdate:
		return &peerUpdateAsker{peerAsker: peerAsker{random: random, orders: l.scale.records(), own: connection, share: j.Connections}}
	default:
		return &proofAsker{random: random, moved: l.moved}
	}
}

func newRandom(seed uint64, connection int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(connection))) //nolint:gosec // reproducible on purpose
}

// tally is what the connections of a job count together.
type tally struct {
	counted, answered, checked, bytes atomic.Int64

	mu        sync.Mutex
	latencies map[string]*latencies
}

func (t *tally) outcome() outcome {
	return outcome{Counted: t.counted.Load(), Answered: t.answered.Load(), Checked: t.checked.Load(), Bytes: t.bytes.Load(), Latencies: t.latencies}
}

// took notes what an answer took.
func (t *tally) took(kind string, d time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.latencies == nil {
		t.latencies = map[string]*latencies{}
	}
	if t.latencies[kind] == nil {
		t.latencies[kind] = new(latencies)
	}
	t.latencies[kind].add(d)
}

// load asks on all connections until the time is over. What is under way then
// is answered, but does not count.
func (l *loader) load(ctx context.Context, j job) (outcome, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var t tally
	var all sync.WaitGroup
	from := time.Now().Add(j.Ramp)
	for i := range j.Connections {
		all.Go(func() {
			if err := l.keepAsking(ctx, j, i, from, &t); err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	return t.outcome(), context.Cause(ctx)
}

func (l *loader) keepAsking(ctx context.Context, j job, i int, from time.Time, t *tally) error {
	a := l.asker(j, i)
	c, err := dial(ctx, j.Address, a.path())
	if err != nil {
		return err
	}
	defer c.close()
	if l, ok := a.(liner); ok {
		c.line = l.line
	}
	until := from.Add(j.Counted)
	if err := c.conn.SetDeadline(until.Add(patience)); err != nil {
		return fmt.Errorf("bound a connection: %w", err)
	}
	mixed, _ := a.(*mixedAsker)
	for now := time.Now(); now.Before(until) && ctx.Err() == nil; {
		kind, began := "", now
		if mixed != nil {
			kind = mixed.choose()
		}
		if err := askOnce(c, a, j, t); err != nil {
			return err
		}
		if now = time.Now(); now.After(from) && now.Before(until) {
			t.counted.Add(1)
			if mixed != nil {
				t.took(kind, now.Sub(began))
			}
		}
	}
	return nil
}

func askOnce(c *connection, a asker, j job, t *tally) error {
	n := t.answered.Add(1)
	check := !j.Unchecked && (n-1)%a.every() == 0
	answer, size, err := c.exchange(a.ask, a.start(), check)
	t.bytes.Add(int64(size))
	if err != nil || !check {
		return err
	}
	t.checked.Add(1)
	return a.check(answer)
}

// sample asks a few times on one connection, checks every answer, and keeps
// them all in the job's file.
func (l *loader) sample(ctx context.Context, j job) (outcome, error) {
	a := l.asker(j, 0)
	c, err := dial(ctx, j.Address, a.path())
	if err != nil {
		return outcome{}, err
	}
	defer c.close()
	if err := c.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return outcome{}, fmt.Errorf("bound a connection: %w", err)
	}
	var o outcome
	var answers [][]byte
	for range j.Requests {
		answer, size, err := c.exchange(a.ask, a.start(), true)
		if err == nil {
			err = a.check(answer)
		}
		if err != nil {
			return o, err
		}
		if j.File != "" {
			answers = append(answers, bytes.Clone(answer))
		}
		o.Answered, o.Checked, o.Bytes = o.Answered+1, o.Checked+1, o.Bytes+int64(size)
	}
	return o, writeAnswers(j.File, answers)
}

func writeAnswers(file string, answers [][]byte) error {
	if file == "" {
		return nil
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("keep answers: %w", err)
	}
	if err := errors.Join(gob.NewEncoder(f).Encode(answers), f.Close()); err != nil {
		return fmt.Errorf("keep answers: %w", err)
	}
	return nil
}
