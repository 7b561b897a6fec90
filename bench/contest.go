package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// contest is two kinds of load that take turns.
type contest struct {
	title, about string
	sides        [2]side
	goal         float64 // the ratio to be reached; zero when there is none
}

// side is one of them.
type side struct {
	name string
	job  job
	pid  int // of the server
	// parts is how many requests give what the other side gives with one; zero
	// means one.
	parts int
}

// series is what one side did, round by round.
type series struct {
	name   string
	rate   values // answers a second
	server values // microseconds of the server's processor time for an answer
	client values // percent of one processor that the load generator used
}

// figure is the outcome of a contest.
type figure struct {
	title, about string
	sides        [2]series
	goal         float64
}

func (f figure) ratios() values { return f.sides[0].rate.over(f.sides[1].rate) }

// contend runs the rounds of a contest, A B A B.
func (r *runner) contend(c contest) (figure, error) {
	r.say("%s", c.title)
	f := figure{title: c.title, about: c.about, goal: c.goal}
	for i, s := range c.sides {
		f.sides[i].name = s.name
		s.job.Counted = r.scale.Warmup
		if _, err := r.do(s.job); err != nil {
			return f, fmt.Errorf("%s, %s: %w", c.title, s.name, err)
		}
	}
	for range r.scale.Rounds {
		for i, s := range c.sides {
			if err := r.round(s, &f.sides[i]); err != nil {
				return f, fmt.Errorf("%s, %s: %w", c.title, s.name, err)
			}
		}
		first, second := f.sides[0], f.sides[1]
		r.say("  %s %.0f/s, %s %.0f/s", first.name, first.rate[len(first.rate)-1], second.name, second.rate[len(second.rate)-1])
	}
	return f, nil
}

func (r *runner) round(s side, to *series) error {
	s.job.Ramp, s.job.Counted = r.scale.Ramp, r.scale.Counted
	before, err := cpuOf(s.pid)
	if err != nil {
		return err
	}
	o, err := r.do(s.job)
	if err != nil {
		return err
	}
	after, err := cpuOf(s.pid)
	if err != nil {
		return err
	}
	if o.Counted == 0 {
		return fmt.Errorf("nothing was answered in %s", s.job.Counted)
	}
	parts := float64(max(1, s.parts))
	to.rate = append(to.rate, float64(o.Counted)/parts/s.job.Counted.Seconds())
	to.server = append(to.server, parts*float64((after-before)/time.Microsecond)/float64(o.Answered))
	to.client = append(to.client, 100*float64(o.CPU)/float64(o.Elapsed))
	return nil
}

// do has a job done, each with a seed of its own.
func (r *runner) do(j job) (outcome, error) {
	r.jobs++
	j.Seed = r.jobs
	o, err := r.clients.do(j)
	r.checked += o.Checked
	return o, err
}

// besideBare measures a kind of request beside a bare handler that gives the
// same answers; samples is how many of them it has.
func (r *runner) besideBare(ctx context.Context, c contest, j job, samples int) (f figure, err error) {
	sampling := j
	sampling.Connections, sampling.Requests, sampling.File = 1, samples, r.answersFile()
	o, err := r.do(sampling)
	if err != nil {
		return f, fmt.Errorf("%s, first answers: %w", c.title, err)
	}
	baseline, address, err := startBaseline(ctx, sampling.File)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, baseline.stop()) }()
	c.about = fmt.Sprintf("%s; an answer has %s on average", c.about, size(o.Bytes/o.Answered))
	theirs := j
	theirs.Address, theirs.Unchecked = address, true
	c.sides = [2]side{{name: "entrepot", job: j, pid: r.service.pid()}, {name: "bare handler", job: theirs, pid: baseline.pid()}}
	return r.contend(c)
}
