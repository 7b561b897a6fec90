package main

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// turn is a kind of load that takes turns with others.
type turn struct {
	name string
	warm int // requests before the first round
	job  job
	pid  int // of the service
}

// turns is what one of them did, round by round.
type turns struct {
	series
	database values // microseconds of the database server's processor time for an answer
}

// both is the processor time of service and database server together.
func (t turns) both() values {
	sum := make(values, len(t.server))
	for i := range sum {
		sum[i] = t.server[i] + t.database[i]
	}
	return sum
}

// scaleFigure is the outcome. The first side is what the others are compared
// with.
type scaleFigure struct {
	title, about string
	of           string // what the sides are
	answer       int64  // bytes, on average
	sides        []turns
	flat         bool // the goal is that all sides cost the same
}

// measureFigures measures each kind of request, those that add orders last.
func (r *scaleRun) measureFigures() (figures []scaleFigure, err error) {
	kinds := []struct {
		scaleFigure
		kind kind
		warm int
	}{
		{scaleFigure{title: "orderDetail", flat: true, about: fmt.Sprintf("random orders of %s", thousands(r.Subset))}, askSubset, r.Subset},
		{scaleFigure{title: "orderNumbers by sinceOrderId, 10 orders", about: fmt.Sprintf("what came after one of the last %d orders", 2*newest-1)}, askNewest, r.Subset},
		{scaleFigure{title: "orderNumbers by date, 1,000 orders", about: fmt.Sprintf("the orders of a random day of %d", days)}, askDay, 5 * days},
		{scaleFigure{title: "orderNumbers by missingMerchantOrderId", about: fmt.Sprintf("the %d orders without one since the first order", r.Few)}, askMissing, 5 * days},
		{scaleFigure{title: "updateVendorOrderStatus", flat: true, about: fmt.Sprintf("random orders of %s, each moved to another status, durable, the history written", thousands(r.Subset))}, askMove, r.Subset},
		{scaleFigure{title: "Placing an order", about: "a cart is kept and becomes an order, in one durable transaction (`POST /sandbox/orders`, which takes the orders of test stores)"}, askPlace, 5 * days},
	}
	for _, k := range kinds {
		k.of = "orders"
		f, err := r.bySize(k.scaleFigure, k.kind, k.warm)
		if err != nil {
			return figures, err
		}
		figures = append(figures, f)
	}
	f, err := r.byStores()
	return append(figures, f), err
}

// bySize asks each database in turn.
func (r *scaleRun) bySize(f scaleFigure, k kind, warm int) (scaleFigure, error) {
	var sides []turn
	for i, size := range r.sizes {
		s := r.services[i]
		j := job{Address: s.address, Kind: k, Connections: connections, Subset: i}
		if k == askPlace {
			j.Address = s.admin
		}
		sides = append(sides, turn{thousands(size), warm, j, s.pid()})
	}
	return r.inTurn(f, sides)
}

// byStores shows what a store's counter lets through.
func (r *scaleRun) byStores() (scaleFigure, error) {
	f := scaleFigure{
		title: "Placing: one store, and many", of: "callers and stores",
		about: fmt.Sprintf("the same with %s orders in another store; a store's numbers come from one row, which every placement locks until it is on disk", thousands(r.sizes[0])),
	}
	s := r.services[0]
	j := job{Address: s.admin, Kind: askPlace}
	side := func(callers, stores int) turn {
		j.Connections, j.Shops = callers, stores
		return turn{fmt.Sprintf("%d → %d", callers, stores), 5 * days, j, s.pid()}
	}
	return r.inTurn(f, []turn{side(1, 1), side(connections, 1), side(connections, r.Shops)})
}

// inTurn runs the rounds, A B C A B C.
func (r *scaleRun) inTurn(f scaleFigure, sides []turn) (scaleFigure, error) {
	r.say("%s: %s", r.engine.title(), f.title)
	f.sides = make([]turns, len(sides))
	for i, s := range sides {
		f.sides[i].name = s.name
		s.job.Connections, s.job.Requests = 1, s.warm
		o, err := r.do(s.job)
		if err != nil {
			return f, fmt.Errorf("%s, %s, warming up: %w", f.title, s.name, err)
		}
		f.answer = o.Bytes / o.Answered
	}
	for range r.Rounds {
		for i, s := range sides {
			if err := r.longEnough(s, &f.sides[i]); err != nil {
				return f, fmt.Errorf("%s, %s: %w", f.title, s.name, err)
			}
		}
	}
	for _, s := range f.sides {
		r.say("  %s: %.0f/s, %.0f µs", s.name, s.rate.median(), s.both().median())
	}
	return f, nil
}

var errNothing = errors.New("nothing was answered")

// longEnough takes a round, and takes it again and longer when nothing was
// answered: the short rounds of a test must do on a machine that is busy.
func (r *scaleRun) longEnough(s turn, to *turns) (err error) {
	for try := range 8 {
		s.job.Ramp, s.job.Counted = r.Ramp, r.Counted<<try
		if err = r.round(s, to); !errors.Is(err, errNothing) {
			return err
		}
	}
	return err
}

func (r *scaleRun) round(s turn, to *turns) error {
	service, database, err := r.spent(s.pid)
	if err != nil {
		return err
	}
	o, err := r.do(s.job)
	if err != nil {
		return err
	}
	serviceAfter, databaseAfter, err := r.spent(s.pid)
	if err != nil {
		return err
	}
	if o.Counted == 0 {
		return fmt.Errorf("%w in %s", errNothing, s.job.Counted)
	}
	each := func(spent time.Duration) float64 { return float64(spent/time.Microsecond) / float64(o.Answered) }
	to.rate = append(to.rate, float64(o.Counted)/s.job.Counted.Seconds())
	to.server = append(to.server, each(serviceAfter-service))
	to.database = append(to.database, each(databaseAfter-database))
	to.client = append(to.client, 100*float64(o.CPU)/float64(o.Elapsed))
	return nil
}

func (r *scaleRun) do(j job) (outcome, error) {
	r.jobs++
	j.Seed = r.jobs
	o, err := r.clients.do(j)
	r.checked += o.Checked
	return o, err
}

// spent is the processor time of the service and of the database's server.
func (r *scaleRun) spent(pid int) (service, database time.Duration, err error) {
	if service, err = cpuOf(pid); err != nil {
		return 0, 0, err
	}
	database, err = cpuOfFamily(r.engine.processes())
	return service, database, err
}

// cpuOfFamily is that of a process and its children; of those that have ended
// it has kept the time.
func cpuOfFamily(pids []int) (total time.Duration, err error) {
	for i, pid := range pids {
		of := cpuOf
		if i == 0 {
			of = cpuWithEnded
		}
		spent, err := of(pid)
		if errors.Is(err, fs.ErrNotExist) && i > 0 {
			continue // it has just ended
		}
		if err != nil {
			return 0, err
		}
		total += spent
	}
	return total, nil
}
