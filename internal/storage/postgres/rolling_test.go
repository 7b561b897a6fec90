package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/wire"
)

// programs are the migrations of the released program, of the next one, which
// brings a column, a table and an index, and of the one after, which relies on
// them.
type programs struct {
	released, next, after fstest.MapFS
	latest                int // schema of the released one
}

func readPrograms(t *testing.T) (p programs) {
	t.Helper()
	p.released = fstest.MapFS{}
	add(t, p.released, postgres.Migrations(), func(name, body string) (string, string) { p.latest++; return name, body })
	p.after, p.next = fstest.MapFS{}, fstest.MapFS{}
	for name, file := range p.released {
		p.after[name], p.next[name] = file, file
	}
	next := p.latest
	add(t, p.after, testdata(t, "next"), func(name, body string) (string, string) {
		next++
		replace := strings.NewReplacer("$version", strconv.Itoa(next), "$next", strconv.Itoa(p.latest+2))
		return fmt.Sprintf("%05d_%s", next, name), replace.Replace(body)
	})
	for name, file := range p.after {
		if version, err := strconv.Atoi(name[:5]); err == nil && version <= p.latest+2 {
			p.next[name] = file
		}
	}
	return p
}

func testdata(t *testing.T, folder string) fs.FS {
	t.Helper()
	sub, err := fs.Sub(os.DirFS("testdata"), folder)
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

func add(t *testing.T, to fstest.MapFS, from fs.FS, as func(name, body string) (string, string)) {
	t.Helper()
	names, err := fs.Glob(from, "*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	slices.Sort(names)
	for _, name := range names {
		body, err := fs.ReadFile(from, name)
		if err != nil {
			t.Fatal(err)
		}
		name, text := as(name, string(body))
		to[name] = &fstest.MapFile{Data: []byte(text)}
	}
}

// rolling is a database with three nodes under load.
type rolling struct {
	programs
	t     *testing.T
	o     postgres.Options
	fleet fleet
	load  *load
}

// phase is how many orders are placed before the next thing happens.
const phase = 8

func (r *rolling) open(migrations fs.FS) *postgres.Storage {
	r.t.Helper()
	s, err := postgres.OpenProgram(r.t.Context(), r.o, migrations)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func (r *rolling) startReleased(n *node) { n.start(r.t, r.open(r.released)) }

func (r *rolling) startNext(migrations fs.FS) func(*node) {
	return func(n *node) { n.start(r.t, postgres.Next{Storage: r.open(migrations)}) }
}

// migrate runs what a program brings, on two machines at once.
func (r *rolling) migrate(migrations fs.FS, o postgres.Options) {
	r.t.Helper()
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if err := postgres.MigrateProgram(r.t.Context(), o, migrations); err != nil {
				r.t.Error(err)
			}
		})
	}
	group.Wait()
	r.load.more(r.t, phase)
}

// roll replaces the nodes one by one.
func (r *rolling) roll(start func(*node)) {
	r.t.Helper()
	for i := range r.fleet {
		r.fleet.replace(r.t, i, start)
		r.load.more(r.t, phase)
	}
}

// retries hands on that something is tried again, and why.
type retries struct{ again chan error }

func newRetries() retries { return retries{make(chan error, 1000)} }

func (r retries) Wrote(time.Duration, error) {}
func (r retries) Retried(err error)          { r.again <- err }

// TestRolling migrates a database and replaces its nodes one by one, while
// shops and shoppers are served: no request fails, and nothing is lost. The
// program before and the program after work side by side.
func TestRolling(t *testing.T) {
	r := &rolling{programs: readPrograms(t), t: t, o: database(t), fleet: newFleet(3)}
	storage := openOn(t, r.o)
	service := order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}})
	if _, err := service.AddStore(t.Context(), order.NewStoreRequest{Number: 999, Test: true, Secret: fleetSecret}); err != nil {
		t.Fatal(err)
	}
	for _, n := range r.fleet {
		r.startReleased(n)
	}
	r.load = startLoad(t, r.fleet, 3)
	r.load.more(t, phase)

	r.expandBehind(storage)
	r.fleet.replace(t, 0, r.startReleased) // a node of the program before may start again
	r.load.more(t, phase)
	r.roll(r.startNext(r.next))

	r.migrate(r.after, r.o)
	refused(t, r)
	r.fleet.replace(t, 1, r.startNext(r.next)) // the next program goes on
	r.load.more(t, phase)
	r.roll(r.startNext(r.after))
	r.load.stop(t)
	r.wantAll(storage)
}

// expandBehind migrates while a node reads the orders for longer than the
// migration waits, as an export may.
func (r *rolling) expandBehind(storage order.Storage) {
	r.t.Helper()
	tried := newRetries()
	o := r.o
	o.Observer = tried
	err := storage.View(r.t.Context(), func(v order.View) error {
		if _, err := v.Head(order.ID{Store: 999, Number: 1}); err != nil {
			return err
		}
		var migrating sync.WaitGroup
		migrating.Go(func() {
			if err := postgres.MigrateProgram(r.t.Context(), o, r.next); err != nil {
				r.t.Error(err)
			}
		})
		r.t.Cleanup(migrating.Wait)
		select {
		case err := <-tried.again:
			if e, ok := errors.AsType[*pgconn.PgError](err); !ok || e.Code != "55P03" {
				r.t.Errorf("the migration is tried again because of %v, and not of a lock", err)
			}
		case <-r.load.broken:
		}
		r.load.more(r.t, phase) // nobody waits for the reader
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.migrate(r.next, r.o)
}

// refused starts a node of the program before where it would do harm.
func refused(t *testing.T, r *rolling) {
	t.Helper()
	_, err := postgres.OpenProgram(t.Context(), r.o, r.released)
	says := fmt.Sprintf("the database has schema %d, which a program of schema %d or newer may use; this one has schema %d", r.latest+4, r.latest+2, r.latest)
	if !fault.Is(err, fault.Unsupported) || !strings.Contains(err.Error(), says) || errors.Is(err, pgdb.ErrBehind) {
		t.Errorf("the program before: %v; want %s", err, says)
	}
	err = postgres.MigrateProgram(t.Context(), r.o, r.released)
	if !fault.Is(err, fault.Unsupported) || !strings.Contains(err.Error(), says) {
		t.Errorf("migrating with the program before: %v", err)
	}
}

// wantAll looks at the database: numbers without a gap, and the new column
// filled in by both programs.
func (r *rolling) wantAll(storage *postgres.Storage) {
	r.t.Helper()
	numbers := placed(r.t, storage)
	total := 0
	for _, n := range numbers {
		total += n
	}
	if total != len(r.load.details) {
		r.t.Errorf("%d orders are there, and %d were placed", total, len(r.load.details))
	}
	channels := map[string]int{}
	rows, err := postgres.Session(r.t, r.o).Query(context.Background(), "SELECT channel, count(*) FROM orders GROUP BY channel")
	if err != nil {
		r.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var channel string
		var n int
		if err := rows.Scan(&channel, &n); err != nil {
			r.t.Fatal(err)
		}
		channels[channel] = n
	}
	if channels["web"] == 0 || channels["till"] == 0 || channels["web"]+channels["till"] != total {
		r.t.Errorf("the programs wrote %v", channels)
	}
	service := order.NewService(order.Config{Storage: storage, Codec: wire.Codec{}, NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) }})
	_, err = service.Check(r.t.Context(), order.Checking{Problem: func(p order.Problem) { r.t.Errorf("check: %s: %s", p.Order, p.Text) }})
	if err != nil {
		r.t.Error(err)
	}
}
