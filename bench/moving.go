package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// mover measures how orders are moved in, out, and aside: each command as a
// process, and beside it the simplest thing with the same bytes.
type mover struct {
	*runner // of the database that is moved, with clients of its own
	self    string
	rounds  int
	moves   []*move
	files   map[string]int64 // their sizes
}

// move is a command and what it is compared with.
type move struct {
	title, about string
	goal         float64 // seconds; zero when there is none
	ours, bare   cost

	before func() error                         // in each round, unmeasured
	run    func(context.Context) (timed, error) // entrepot
	beside []string                             // of doBare
}

// moving is what the mover found.
type moving struct {
	orders int
	rounds int
	files  map[string]int64
	moves  []*move
	took   time.Duration
}

// scaleOfMoves is the database that is moved: a store of the demo, and one whose
// orders are moved from status to status while a backup is made.
func (s scale) scaleOfMoves() scale {
	return scale{Orders: s.Moved, Small: calendar{Store: 10, PerDay: 10, Days: 10}, Large: calendar{Store: 1000, PerDay: 100, Days: 10}}
}

// goalImport is how long the import of 100,000 orders may take.
const goalImport = 15.0

// measureMoves takes the commands by turns, round by round.
func (r *runner) measureMoves(ctx context.Context, w *workplace) (found moving, err error) {
	r.say("moving %s orders", thousands(r.scale.Moved))
	began := time.Now()
	m, err := r.newMover(ctx, w)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, m.clients.stop()) }()
	for range m.rounds {
		for _, mv := range m.moves {
			if err := m.round(ctx, mv); err != nil {
				return found, fmt.Errorf("%s: %w", mv.title, err)
			}
		}
	}
	err = m.proveMoves(ctx)
	r.checked += m.checked
	return moving{m.scale.Orders, m.rounds, m.files, m.moves, time.Since(began)}, err
}

func (r *runner) newMover(ctx context.Context, w *workplace) (*mover, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program itself: %w", err)
	}
	dir := filepath.Join(r.dir, "moving")
	m := &mover{
		runner: &runner{scale: r.scale.scaleOfMoves(), dir: dir, folder: filepath.Join(dir, "data"), binary: r.binary, say: r.say},
		self:   self, rounds: r.scale.MovedRounds, files: map[string]int64{},
	}
	database, err := w.database(ctx, m.scale, r.say)
	if err != nil {
		return nil, err
	}
	if err := copyTo(m.folder, database); err != nil {
		return nil, err
	}
	if err := m.makeFiles(ctx); err != nil {
		return nil, err
	}
	m.moves = m.allMoves()
	onlyUpdates := m.scale
	onlyUpdates.Orders = 0
	m.clients, err = startClients(ctx, setup{Scale: onlyUpdates, Folder: m.folder})
	return m, err
}

func (m *mover) path(name string) string { return filepath.Join(m.dir, name) }

func (m *mover) round(ctx context.Context, mv *move) error {
	if mv.before != nil {
		if err := mv.before(); err != nil {
			return err
		}
	}
	m.settle()
	ours, err := mv.run(ctx)
	if err != nil {
		return err
	}
	if err := removeAll(m.path("bare")); err != nil {
		return err
	}
	m.settle()
	bare, err := runTimed(ctx, append([]string{m.self, roleBare}, mv.beside...)...)
	if err != nil {
		return err
	}
	mv.ours.add(ours)
	mv.bare.add(bare)
	m.say("  %s: %.1f s, %.0f MiB; beside it %.1f s", mv.title, ours.Wall.Seconds(), mib(ours.Peak), bare.Wall.Seconds())
	return nil
}

// settle waits until what was written before is on disk, so that nobody's time
// is spent on it. A quick look does without: all of the machine would wait.
func (m *mover) settle() {
	if m.scale.Orders == full.Moved {
		syscall.Sync()
	}
}

func removeAll(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.RemoveAll(path + suffix); err != nil {
			return fmt.Errorf("clear away an earlier round: %w", err)
		}
	}
	return nil
}

func (m *mover) entrepot(ctx context.Context, args ...string) (timed, error) {
	return runTimed(ctx, append([]string{m.binary}, args...)...)
}

func (m *mover) allMoves() []*move {
	bare := m.path("bare")
	export := func(format, file string) *move {
		return &move{
			title: "export, " + format, about: "write as many bytes to disk", beside: []string{bareCopy, m.path(file), bare},
			run: func(ctx context.Context) (timed, error) {
				return m.entrepot(ctx, "order", "export", "--data", m.folder, "--store", lookups.String(), "--format", format, "--output", m.path("exported"))
			},
		}
	}
	moves := []*move{export("jsonl", ownFile), export("csv", tableFile)}
	moves = append(moves, m.importOf("import of plain answers", plainFile), m.importOf("import of our export", ownFile))
	return append(moves, m.backup(), m.restore(), m.check())
}

func (m *mover) importOf(title, file string) *move {
	folder := m.path("imported-" + file)
	return &move{
		title: title, about: "insert the lines into a table", beside: []string{bareInsert, m.path(file), m.path("bare")}, goal: goalImport,
		before: func() error { return m.newStore(folder) },
		run: func(ctx context.Context) (timed, error) {
			t, err := m.entrepot(ctx, "order", "import", "--data", folder, m.path(file))
			if want := fmt.Sprintf("entrepot: %d imported, 0 there already, 0 rejected\n", m.scale.Orders); err == nil && !strings.Contains(t.Err, want) {
				err = fmt.Errorf("%w: the import said %q", errWrong, t.Err)
			}
			return t, err
		},
	}
}

func (m *mover) newStore(folder string) error {
	if err := removeAll(folder); err != nil {
		return err
	}
	_, err := m.entrepot(context.Background(), "store", "add", "--data", folder, "--number", lookups.String(), "--loading")
	return err
}

func (m *mover) database() string { return filepath.Join(m.folder, databaseFile) }

func (m *mover) backup() *move {
	return &move{
		title: "backup, while serving", about: "copy the file", beside: []string{bareCopy, m.database(), m.path("bare")},
		run: func(ctx context.Context) (t timed, err error) {
			err = m.whileUpdating(ctx, func() (err error) {
				t, err = m.entrepot(ctx, "backup", "--data", m.folder, "--force", m.path("backup.db"))
				return err
			})
			return t, err
		},
	}
}

func (m *mover) restore() *move {
	folder := m.path("restored")
	return &move{
		title: "restore", about: "copy the file", beside: []string{bareCopy, m.path("backup.db"), m.path("bare")},
		before: func() error { return removeAll(folder) },
		run: func(ctx context.Context) (timed, error) {
			return m.entrepot(ctx, "restore", "--data", folder, m.path("backup.db"))
		},
	}
}

// check looks at what was restored.
func (m *mover) check() *move {
	restored := m.path("restored")
	return &move{
		title: "check", about: "SQLite's own check of the file", beside: []string{bareVerify, filepath.Join(restored, databaseFile)},
		run: func(ctx context.Context) (timed, error) {
			t, err := m.entrepot(ctx, "check", "--json", "--data", restored)
			if err == nil {
				err = m.wantSound(t.Out)
			}
			return t, err
		},
	}
}

func (m *mover) wantSound(said string) error {
	var seen struct{ Orders, Problems int }
	if err := json.Unmarshal([]byte(said), &seen); err != nil {
		return fmt.Errorf("read what check said: %w", err)
	}
	if all := m.scale.Orders + m.scale.Small.orders() + m.scale.Large.orders(); seen.Orders != all || seen.Problems != 0 {
		return fmt.Errorf("%w: check said %s, and there are %d orders", errWrong, said, all)
	}
	return nil
}

// updaters is how many clients move orders while a backup is made.
const updaters = 4

// whileUpdating serves the database, and has clients update orders for as long
// as the work goes on.
func (m *mover) whileUpdating(ctx context.Context, work func() error) (err error) {
	if m.service, err = startService(ctx, m.binary, m.folder); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.service.stop()) }()
	done := make(chan error, 1)
	go func() { done <- work() }()
	for {
		j := m.job(askUpdate)
		j.Connections, j.Counted = updaters, 100*time.Millisecond
		_, failed := m.do(j)
		select {
		case err := <-done:
			return errors.Join(err, failed)
		default:
		}
		if failed != nil {
			return errors.Join(failed, <-done)
		}
	}
}
