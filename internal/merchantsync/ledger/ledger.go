// Package ledger keeps orders in the shop's own database: SQLite, or
// PostgreSQL. Its tables stand beside the shop's; their names begin with
// entrepot_, and docs/sync-tables.md says what is in them.
//
// Both engines share the statements. What differs (types, placeholders, how
// many rows go in at once) is behind conn.
//
// Times are kept to the millisecond, between the years 1 and 9999. A text is
// kept without NUL, which PostgreSQL has no place for, and as valid UTF-8.
package ledger

import (
	"context"
	"errors"
	"strings"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/merchantsync"
	"entrepot/internal/pgdb"
	"entrepot/internal/sqlitedb"
)

// Options say what database to open.
type Options struct {
	// Database is a file of SQLite (orders.db, sqlite:orders.db), or a
	// database of PostgreSQL (postgres://user@host:5432/shop). Both may be the
	// shop's own.
	Database     string
	PasswordFile string // for PostgreSQL; empty when none is asked for
	Namespace    string // the PostgreSQL schema of the tables; empty means public
	Store        int64

	Synchronous sqlitedb.Synchronous // for SQLite; empty means that a commit waits for the disk
	Clock       func() time.Time     // nil means time.Now
}

const (
	tablePrefix = "entrepot_"
	application = "entrepot sync"
)

// Ledger implements merchantsync.Ledger.
type Ledger struct {
	*Viewer
	place *place
}

var _ merchantsync.Ledger = (*Ledger)(nil)

// Open opens a database, makes the tables or brings them up to date, and takes
// the store's place. It is merchantsync.ErrInUse when another daemon has it.
// The fault Invalid says that Database is none; Unavailable that it cannot be
// reached, Unsupported that its tables are of a newer program.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	e, err := o.open(ctx)
	if err != nil {
		return nil, err
	}
	v := &Viewer{engine: e, store: o.Store}
	p, err := takePlace(ctx, v, o.Clock)
	if err != nil {
		return nil, errors.Join(err, e.close())
	}
	return &Ledger{Viewer: v, place: p}, nil
}

// InTx implements merchantsync.Ledger. The error says so when a connection was
// lost during COMMIT, and its outcome could not be found out.
func (l *Ledger) InTx(ctx context.Context, fn func(merchantsync.Tx) error) error {
	if err := l.place.keep(ctx); err != nil {
		return err
	}
	var mark int64
	err := l.engine.write(ctx, func(c conn) (err error) {
		if mark, err = l.place.confirm(c); err != nil {
			return err
		}
		return fn(tx{view{c, l.store}, l.place.clock})
	})
	if _, unknown := errors.AsType[*pgdb.OutcomeUnknownError](err); unknown {
		return l.place.settle(ctx, mark, err)
	}
	return err
}

// Close implements merchantsync.Ledger.
func (l *Ledger) Close() error {
	return errors.Join(l.place.leave(), l.Viewer.Close())
}

// Viewer reads what a daemon keeps.
type Viewer struct {
	engine engine
	store  int64
}

// OpenView opens tables for reading only; it neither makes nor migrates them.
// The fault NotFound says that there are none yet; the others are those of
// Open.
func OpenView(ctx context.Context, o Options) (*Viewer, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	e, err := o.openView(ctx)
	if err != nil {
		return nil, err
	}
	return &Viewer{engine: e, store: o.Store}, nil
}

// View implements merchantsync.Ledger.
func (v *Viewer) View(ctx context.Context, fn func(merchantsync.View) error) error {
	return v.engine.read(ctx, func(c conn) error { return fn(view{c, v.store}) })
}

// Close ends it.
func (v *Viewer) Close() error { return v.engine.close() }

// checked refuses what is no database before anything is opened or made.
func (o Options) checked() (Options, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	scheme, rest, full := strings.Cut(o.Database, ":")
	switch {
	case o.Store <= 0:
		return o, fault.Field("store", "is a number above zero")
	case o.Database == "":
		return o, fault.Field("database", "names no database")
	case full && scheme == "sqlite":
		o.Database = strings.TrimPrefix(rest, "//")
	case o.postgres():
		return o, o.pgdb().Check()
	case full && strings.HasPrefix(rest, "//"):
		return o, fault.Field("database", "is a file of SQLite, or begins with postgres://")
	}
	return o, nil
}

func (o Options) postgres() bool {
	return strings.HasPrefix(o.Database, "postgres://") || strings.HasPrefix(o.Database, "postgresql://")
}

func (o Options) open(ctx context.Context) (engine, error) {
	if o.postgres() {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

func (o Options) openView(ctx context.Context) (engine, error) {
	if o.postgres() {
		return viewPostgres(ctx, o)
	}
	return viewSQLite(ctx, o)
}

// noTables is for readers who come before the first daemon.
func noTables() error {
	return fault.New(fault.NotFound, "the database has no tables of entrepot sync yet; it makes them when it first runs")
}

// behind is for readers who are ahead of the daemon.
func behind() error {
	return fault.New(fault.Unsupported, "the tables are of an older entrepot sync; it brings them up to date when it next runs")
}
