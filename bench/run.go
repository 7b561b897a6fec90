package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// runner is a run under way.
type runner struct {
	scale   scale
	dir     string // of this run: the binary, the answers, and
	folder  string // the copy of the database that is served
	binary  string
	clients clients
	service *service
	say     func(string, ...any)
	jobs    uint64
	checked int64
}

// run measures everything.
func run(ctx context.Context, o options, log io.Writer) (r report, err error) {
	w, err := openWorkplace(o.dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, w.unlock()) }()
	began := time.Now()
	b := &runner{scale: full, dir: filepath.Join(w.dir, "run"), say: func(format string, args ...any) {
		_, _ = fmt.Fprintf(log, "%4.0fs "+format+"\n", append([]any{time.Since(began).Seconds()}, args...)...)
	}}
	if o.short {
		b.scale = short
	}
	b.folder, b.binary = filepath.Join(b.dir, "data"), filepath.Join(b.dir, "entrepot")
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	r, err = b.measure(ctx, w, o)
	r.options, r.began, r.took, r.checked = o, began, time.Since(began), b.checked
	return r, err
}

// build makes the program that is measured.
func (r *runner) build(ctx context.Context) error {
	if err := os.RemoveAll(r.dir); err != nil { // of a run that was cut short
		return fmt.Errorf("clear away an earlier run: %w", err)
	}
	r.say("building the program")
	return buildProgram(ctx, r.binary)
}

// prepare puts a copy of the database in place.
func (r *runner) prepare(ctx context.Context, w *workplace) error {
	database, err := w.database(ctx, r.scale, r.say)
	if err != nil {
		return err
	}
	r.say("copying the database, and working out the answers")
	return copyTo(r.folder, database)
}

// measure measures one part, or all.
func (r *runner) measure(ctx context.Context, w *workplace, o options) (rep report, err error) {
	if err := r.build(ctx); err != nil {
		return rep, err
	}
	dir, err := absolute(r.dir)
	if err != nil {
		return rep, err
	}
	rep.scale, rep.machine = r.scale, lookAround(ctx, dir)
	if o.measures(partServing) || o.measures(partPeers) {
		if err := r.measureServing(ctx, w, o, &rep); err != nil {
			return rep, err
		}
	}
	if o.measures(partMoving) {
		rep.moving, err = r.measureMoves(ctx, w)
	}
	return rep, err
}

// measureServing measures what the service answers, by itself and beside a
// peer, and how it starts.
func (r *runner) measureServing(ctx context.Context, w *workplace, o options, rep *report) (err error) {
	if err := r.prepare(ctx, w); err != nil {
		return err
	}
	r.clients, err = startClients(ctx, setup{Scale: r.scale, Folder: r.folder})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.clients.stop()) }()
	if o.measures(partServing) {
		if rep.figures, err = r.measureRequests(ctx); err != nil {
			return err
		}
		if rep.mixture, err = r.serving(ctx, r.measureMixed); err != nil {
			return err
		}
		if rep.startup, err = r.measureStarts(ctx); err != nil {
			return err
		}
	}
	if o.measures(partPeers) {
		rep.peers, err = r.measurePeers(ctx)
	}
	return err
}

// measureRequests serves the database once for all kinds of requests.
func (r *runner) measureRequests(ctx context.Context) (figures []figure, err error) {
	if r.service, err = startService(ctx, r.binary, r.folder); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.service.stop()) }()
	steps := []func(context.Context) (figure, error){r.details}
	for _, l := range r.scale.Lists {
		steps = append(steps, func(ctx context.Context) (figure, error) { return r.lists(ctx, l) })
	}
	for _, step := range append(steps, r.updates, r.groupCommit) {
		f, err := step(ctx)
		if err != nil {
			return figures, err
		}
		figures = append(figures, f)
	}
	return figures, r.prove()
}

func (r *runner) answersFile() string { return filepath.Join(r.dir, "answers") }

// connections is how many there are at a time, unless a figure says otherwise.
const connections = 32

func (r *runner) job(k kind) job {
	return job{Address: r.service.address, Kind: k, Connections: connections}
}

func (r *runner) details(ctx context.Context) (figure, error) {
	return r.besideBare(ctx, contest{
		title: "orderDetail", goal: 0.80,
		about: fmt.Sprintf("%d connections; random orders of %s by their id, the credentials checked", connections, thousands(r.scale.Orders)),
	}, r.job(askDetail), 256)
}

func (r *runner) lists(ctx context.Context, l list) (figure, error) {
	j := r.job(askList)
	j.List = l
	count := r.scale.orders(l)
	return r.besideBare(ctx, contest{
		title: "orderNumbers, " + thousands(count) + " orders", goal: l.Goal,
		about: fmt.Sprintf("%d connections; by turns a range of dates that begins on a random day of %d, and what came after an order (`sinceOrderId`)",
			connections, r.scale.calendar(l).Days),
	}, j, 2+1000/count)
}

func (r *runner) updates(ctx context.Context) (figure, error) {
	return r.besideBare(ctx, contest{
		title: "updateVendorOrderStatus",
		about: fmt.Sprintf("%d connections; random orders of %s, each moved to another status, durable, the history written", connections, thousands(r.scale.Large.orders())),
	}, r.job(askUpdate), 16)
}

// groupCommit shows what committing waiting updates together gives.
func (r *runner) groupCommit(context.Context) (figure, error) {
	many, one := r.job(askUpdate), r.job(askUpdate)
	many.Connections, one.Connections = 64, 1
	return r.contend(contest{
		title: "Durable updates: 64 callers beside one", goal: 5,
		about: "updateVendorOrderStatus of the same service. One caller's updates are a transaction, and a wait for the disk, each; those of many wait together",
		sides: [2]side{{name: "64 callers", job: many, pid: r.service.pid()}, {name: "one caller", job: one, pid: r.service.pid()}},
	})
}

// proofs is how many of the orders that were moved are looked at in the end.
const proofs = 1000

func (r *runner) prove() error {
	j := r.job(askProof)
	j.Connections, j.Requests = 1, proofs
	if _, err := r.do(j); err != nil {
		return fmt.Errorf("look at the orders that were moved: %w", err)
	}
	return nil
}
