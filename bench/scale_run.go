package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"entrepot/internal/order"
)

// measureScale is bench-scale.
func measureScale(ctx context.Context, args []string, out io.Writer) error {
	o, err := parseScaleOptions(args)
	if err != nil {
		return err
	}
	r, err := runScale(ctx, o, os.Stderr)
	if err != nil {
		return err
	}
	return publishScale(r, o.out, out)
}

// runScale measures on each engine.
func runScale(ctx context.Context, o scaleOptions, log io.Writer) (r scaleReport, err error) {
	w, err := openWorkplace(o.dir)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, w.unlock()) }()
	began := time.Now()
	b := &scaleRun{scaleOptions: o, sizing: o.sizing(), dir: filepath.Join(w.dir, "scale"), say: func(format string, args ...any) {
		_, _ = fmt.Fprintf(log, "%4.0fs "+format+"\n", append([]any{time.Since(began).Seconds()}, args...)...)
	}}
	b.binary = filepath.Join(b.dir, "entrepot")
	r.options = o
	if err := b.build(ctx); err != nil {
		return r, err
	}
	for _, name := range o.engines {
		part, err := b.measure(ctx, name)
		if err != nil {
			return r, fmt.Errorf("%s: %w", name, err)
		}
		r.parts = append(r.parts, part)
	}
	if !o.keep {
		err = os.RemoveAll(b.dir)
	}
	return r, err
}

// scaleRun is a run of bench-scale under way.
type scaleRun struct {
	scaleOptions
	sizing
	dir, binary string
	say         func(string, ...any)

	engine    engine // of the engine at hand
	databases []target
	services  []*service
	clients   clients
	jobs      uint64
	checked   int64
}

func (r *scaleRun) build(ctx context.Context) error {
	if err := os.RemoveAll(r.dir); err != nil { // of a run that was cut short, or kept
		return fmt.Errorf("clear away an earlier run: %w", err)
	}
	r.say("building the program")
	return buildProgram(ctx, r.binary)
}

func (r *scaleRun) openEngine(ctx context.Context, name string) (engine, error) {
	if name == onPostgres {
		dir := serverDir(r.dir)
		if err := r.roomIn(dir, 4000); err != nil { // with the log of changes
			return nil, err
		}
		return newOnServer(ctx, dir, r.short)
	}
	if err := r.roomIn(r.dir, 3200); err != nil {
		return nil, err
	}
	return newOnFiles(filepath.Join(r.dir, name))
}

// roomIn sees, before the minutes of loading and not after them, that the
// orders fit on the disk.
func (r *scaleRun) roomIn(dir string, bytesEach int64) error {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return fmt.Errorf("look at the disk of %s: %w", dir, err)
	}
	free, needed := int64(disk.Bavail)*disk.Bsize, int64(0) //nolint:gosec // no disk has as many bytes
	for _, size := range r.sizes {
		needed += int64(size) * bytesEach
	}
	if free < needed {
		return fmt.Errorf("%s has %s GB free, and the databases may need %s GB: give another -dir or smaller -orders",
			dir, number(float64(free)/1e9), number(float64(needed)/1e9))
	}
	return nil
}

// measure loads the databases of an engine and measures all on them.
func (r *scaleRun) measure(ctx context.Context, name string) (p scalePart, err error) {
	began := time.Now()
	if r.engine, err = r.openEngine(ctx, name); err != nil {
		return p, err
	}
	defer func() {
		kept, errClose := r.engine.close(r.keep)
		if err = errors.Join(err, errClose); kept != "" {
			r.say("the databases are in %s", kept)
		}
	}()
	r.databases, r.checked = nil, 0
	p = scalePart{title: r.engine.title(), about: r.engine.about(), began: began, sizing: r.sizing, sizes: r.sizes, machine: lookAround(ctx, r.dir)}
	if err := r.load(ctx, &p); err != nil {
		return p, err
	}
	if err := r.measureAll(ctx, &p); err != nil {
		return p, err
	}
	p.inOrder, err = r.checkAll(ctx)
	p.took, p.checked = time.Since(began), r.checked
	return p, err
}

// load makes the databases.
func (r *scaleRun) load(ctx context.Context, p *scalePart) error {
	template, err := r.makeTemplate(ctx)
	if err != nil {
		return err
	}
	if p.template, err = r.engine.footprint(ctx, template, r.Template); err != nil {
		return err
	}
	documents, err := smallDocuments(ctx, template, r.sizing)
	if err != nil {
		return err
	}
	for _, size := range r.sizes {
		began := time.Now()
		made, err := r.loadOne(ctx, template, documents, size)
		if err != nil {
			return fmt.Errorf("make %d orders: %w", size, err)
		}
		p.loading, p.footprints = append(p.loading, time.Since(began)), append(p.footprints, made)
	}
	return nil
}

func (r *scaleRun) makeTemplate(ctx context.Context) (t target, err error) {
	r.say("%s: making the template", r.engine.title())
	if t, err = r.engine.add(ctx, "template", nil); err != nil {
		return t, err
	}
	if err := fillTemplate(ctx, t, r.sizing, r.say); err != nil {
		return t, err
	}
	s, err := r.engine.session(ctx, t)
	if err != nil {
		return t, err
	}
	return t, errors.Join(s.alone(ctx, r.engine.compact()), s.close())
}

func (r *scaleRun) loadOne(ctx context.Context, template target, documents []order.Document, size int) (f footprint, err error) {
	r.say("%s: making %d orders", r.engine.title(), size)
	t, err := r.engine.add(ctx, fmt.Sprintf("orders_%d", size), &template)
	if err != nil {
		return f, err
	}
	r.databases = append(r.databases, t)
	c := &copier{sizing: r.sizing, spreading: r.spreading(size), dialect: r.engine.dialect(), say: r.say}
	if c.session, err = r.engine.session(ctx, t); err != nil {
		return f, err
	}
	if err = c.fill(ctx, documents); err == nil {
		err = c.finish(ctx, r.engine.settle())
	}
	err = errors.Join(err, c.session.close())
	if err != nil {
		return f, err
	}
	return r.engine.footprint(ctx, t, size)
}

func (r *scaleRun) spreading(size int) spreading { return spreading{size, r.Subset, r.Few} }

// measureAll starts the load process and the services and asks them.
func (r *scaleRun) measureAll(ctx context.Context, p *scalePart) (err error) {
	var subsets []subsetSetup
	for i, size := range r.sizes {
		subsets = append(subsets, subsetSetup{r.spreading(size), r.databases[i]})
	}
	if r.clients, err = startClients(ctx, setup{Subsets: subsets}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.clients.stop()) }()
	r.say("%s: starts", r.engine.title())
	if p.starts, err = r.measureStarts(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.stopServices()) }()
	if err := r.startServices(ctx); err != nil {
		return err
	}
	p.figures, err = r.measureFigures()
	return err
}

func (r *scaleRun) startOne(ctx context.Context, i int) (*service, error) {
	t := r.databases[i]
	ready := filepath.Join(r.dir, t.Name+".ready.json")
	return startServing(ctx, r.binary, ready, append(t.flags(), "--admin-addr", "127.0.0.1:0")...)
}

func (r *scaleRun) startServices(ctx context.Context) error {
	for i := range r.databases {
		s, err := r.startOne(ctx, i)
		if err != nil {
			return err
		}
		r.services = append(r.services, s)
	}
	return nil
}

func (r *scaleRun) stopServices() (err error) {
	for _, s := range r.services {
		err = errors.Join(err, s.stop())
	}
	r.services = nil
	return err
}

// measureStarts measures, by turns, how soon a fresh process answers.
func (r *scaleRun) measureStarts(ctx context.Context) ([]values, error) {
	starts := make([]values, len(r.sizes))
	for round := range r.Rounds {
		for i, size := range r.sizes {
			took, err := r.measureStart(ctx, i, r.spreading(size).read(round))
			if err != nil {
				return starts, err
			}
			starts[i] = append(starts[i], float64(took)/float64(time.Millisecond))
		}
	}
	return starts, nil
}

func (r *scaleRun) measureStart(ctx context.Context, i, number int) (took time.Duration, err error) {
	began := time.Now()
	s, err := r.startOne(ctx, i)
	if err != nil {
		return 0, err
	}
	err = askFirst(ctx, s.address, number)
	took = time.Since(began)
	return took, errors.Join(err, s.stop())
}

// checkAll runs `entrepot check` on the databases that are not too large, as
// the rounds have left them, and answers their sizes.
func (r *scaleRun) checkAll(ctx context.Context) (sizes []int, err error) {
	for i, t := range r.databases {
		if r.sizes[i] > r.check {
			continue
		}
		r.say("%s: checking %d orders", r.engine.title(), r.sizes[i])
		cmd := exec.CommandContext(ctx, r.binary, append([]string{"check"}, t.flags()...)...)
		cmd.Env = withoutSettings(os.Environ())
		if out, err := cmd.CombinedOutput(); err != nil {
			return sizes, fmt.Errorf("check %d orders: %w\n%s", r.sizes[i], err, out)
		}
		sizes = append(sizes, r.sizes[i])
	}
	return sizes, nil
}
