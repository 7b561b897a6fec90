package pgdb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/fault"
)

// The classes set our advisory locks apart from each other, and from those of
// others in the same database as far as numbers can.
const (
	classMigrating = 1701737584 // "entp"
	classNamed     = classMigrating + 1
)

func tryLock(ctx context.Context, conn *pgx.Conn, class int32, name string) (got bool, err error) {
	err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, hashtext($2))", class, name).Scan(&got)
	return got, err
}

// ErrLocked says that another process holds the lock.
var ErrLocked = fault.New(fault.Unavailable, "another process holds the lock")

// A Lock is held until Release, or until its connection is lost.
type Lock struct{ conn *pgx.Conn }

// TryLock takes the lock of that name in a database, on a connection of its
// own, or is ErrLocked. The server lets go of it when the holder's machine is
// away for longer than it takes to notice.
func TryLock(ctx context.Context, o Options, name string) (*Lock, error) {
	o = o.withDefaults()
	conn, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	got, err := tryLock(ctx, conn, classNamed, name)
	if err == nil && got {
		return &Lock{conn}, nil
	}
	closeConn(conn)
	if err != nil {
		return nil, fmt.Errorf("take the lock %s: %w", name, classify(err))
	}
	return nil, ErrLocked
}

// Check is nil while the lock is held. It must not be called twice at once.
func (l *Lock) Check(ctx context.Context) error {
	if err := l.conn.Ping(ctx); err != nil {
		return fmt.Errorf("look whether the lock is still held: %w", classify(err))
	}
	return nil
}

// Release lets go of the lock.
func (l *Lock) Release() { closeConn(l.conn) }
