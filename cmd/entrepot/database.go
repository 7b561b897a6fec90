package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

// dataFlag says where the database is.
type dataFlag struct {
	Data           string `help:"Folder of the database." default:"entrepot-data" placeholder:"DIR" type:"path"`
	DB             string `name:"db" help:"PostgreSQL database to use in place of the folder's: postgres://USER@HOST/NAME." placeholder:"URL"`
	DBPasswordFile string `name:"db-password-file" help:"File that holds the password of the PostgreSQL user; read anew for each connection." placeholder:"FILE"`
}

// shared reports whether the database is a PostgreSQL one.
func (d dataFlag) shared() bool { return d.DB != "" }

const databaseFile = "entrepot.db"

// synchronous is empty, which means FULL: success is on disk. Only the test
// that has to see this promise broken sets it, by the linker.
var synchronous string

func (d dataFlag) path() string { return filepath.Join(d.Data, databaseFile) }

// database is a storage with what running it takes.
type database interface {
	order.Storage
	pinger
	Close() error
}

// openDatabase opens the database that the flags name. Where create says so it
// makes the file of one that is none yet; a PostgreSQL one is `migrate`'s to
// make.
func openDatabase(ctx context.Context, d dataFlag, create bool) (database, error) {
	if d.shared() {
		return openPostgres(ctx, d, d.postgresOptions())
	}
	return openStorage(ctx, d, create)
}

// openStorage opens the database of a folder, and makes it where create says
// so.
func openStorage(ctx context.Context, d dataFlag, create bool) (*sqlite.Storage, error) {
	return openStorageWith(ctx, d, create, sqlite.Options{})
}

func openStorageWith(ctx context.Context, d dataFlag, create bool, o sqlite.Options) (*sqlite.Storage, error) {
	if d.Data == "" {
		return nil, errNoFolder
	}
	if _, err := os.Stat(d.path()); errors.Is(err, os.ErrNotExist) && !create {
		return nil, withHint(fmt.Errorf("there is no database in %s", d.Data),
			"give its folder with --data, or make one with `entrepot store add`")
	}
	o.Synchronous = sqlitedb.Synchronous(synchronous)
	storage, err := sqlite.Open(ctx, d.path(), o)
	switch {
	case fault.Is(err, fault.Unsupported):
		return nil, withHint(err, "use the entrepot that made it or a newer one, or another --data folder; the file has not been changed")
	case errors.Is(err, os.ErrPermission):
		return nil, notYours(err)
	}
	return storage, err
}

// notYours is the slip of whoever is not the service's user.
func notYours(err error) error {
	return withHint(err, "run it as the user that the service runs as, such as `sudo -u entrepot entrepot ...`")
}

var errNoFolder = errors.New("--data is empty; expected a folder")

func newService(storage order.Storage) *order.Service {
	return order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{},
		NewCartID: func() order.CartID { return order.CartID(uuid.NewString()) },
	})
}

// withService runs fn on the service of a database.
func withService(ctx context.Context, d dataFlag, create bool, fn func(*order.Service) error) (err error) {
	storage, err := openDatabase(ctx, d, create)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	return d.explain(fn(newService(storage)))
}

// lockForServing makes sure that one process serves a folder. Commands beside
// it do not take the lock.
func lockForServing(d dataFlag) (unlock func() error, err error) {
	if d.Data == "" {
		return nil, errNoFolder
	}
	if err := os.MkdirAll(d.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the database: %w", err)
	}
	unlock, err = sqlitedb.TryLock(filepath.Join(d.Data, "serve.lock"))
	switch {
	case errors.Is(err, sqlitedb.ErrLocked):
		return nil, withHint(fmt.Errorf("another entrepot serves %s already", d.Data), "stop it first, or choose another folder with --data")
	case errors.Is(err, os.ErrPermission):
		return nil, notYours(err)
	}
	return unlock, err
}
