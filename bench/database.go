package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"entrepot/internal/demo"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

// databaseFile is where serve looks in its folder.
const databaseFile = "entrepot.db"

// workplace is a folder with the databases of earlier runs, locked.
type workplace struct {
	dir    string
	unlock func() error
}

func openWorkplace(dir string) (*workplace, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the databases: %w", err)
	}
	unlock, err := sqlitedb.TryLock(filepath.Join(dir, "lock"))
	if errors.Is(err, sqlitedb.ErrLocked) {
		return nil, fmt.Errorf("another bench runs in %s", dir)
	}
	return &workplace{dir, unlock}, err
}

// key tells databases apart: what was asked for, and the schema. Whoever
// changes what is written raises the number in front.
func (s scale) key() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(sqlite.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(sqlite.Migrations(), path)
		hash.Write(body)
		return err
	})
	return fmt.Sprintf("1-%d-%dx%d-%dx%d-%x", s.Orders, s.Small.PerDay, s.Small.Days, s.Large.PerDay, s.Large.Days, hash.Sum(nil)[:4]), err
}

// database is the folder of the filled database, which is made if it is not
// there. Only copies of it are served.
func (w *workplace) database(ctx context.Context, s scale, say func(string, ...any)) (dir string, err error) {
	key, err := s.key()
	if err != nil {
		return "", fmt.Errorf("read the migrations: %w", err)
	}
	dir = filepath.Join(w.dir, key)
	if _, err := os.Stat(dir); err == nil {
		say("the database of an earlier run serves again: %s", dir)
		return dir, nil
	}
	building := dir + ".building"
	if err := os.RemoveAll(building); err != nil {
		return "", fmt.Errorf("clear away an unfinished database: %w", err)
	}
	say("making a database in %s", dir)
	if err := build(ctx, filepath.Join(building, databaseFile), s, say); err != nil {
		return "", err
	}
	return dir, os.Rename(building, dir)
}

func build(ctx context.Context, path string, s scale, say func(string, ...any)) (err error) {
	storage, err := sqlite.Open(ctx, path, sqlite.Options{Synchronous: sqlitedb.SyncNormal})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	if err := populate(ctx, storage, s, say); err != nil {
		return err
	}
	for _, c := range []calendar{s.Small, s.Large} {
		say("  store %d: %d small orders", c.Store, c.orders())
		if err := fill(ctx, storage, c); err != nil {
			return fmt.Errorf("fill store %d: %w", c.Store, err)
		}
	}
	return nil
}

// populate makes the orders of the demo, and drops their carts.
func populate(ctx context.Context, storage order.Storage, s scale, say func(string, ...any)) error {
	say("  store %d: %d orders of the demo", lookups, s.Orders)
	err := demo.Populate(ctx, storage, demo.Options{
		Store: lookups, Name: "Lookups", Secret: secret, Orders: s.Orders, Seed: seed, Now: today,
	})
	if err != nil {
		return fmt.Errorf("make the demo's orders: %w", err)
	}
	later := today.Add(2 * order.DefaultCartLifetime)
	_, err = newService(storage, later).PurgeCarts(ctx)
	return err
}

func newService(storage order.Storage, now time.Time) *order.Service {
	return order.NewService(order.Config{
		Storage: storage, Codec: wire.Codec{}, Clock: func() time.Time { return now },
	})
}

// copyTo puts a copy of the database into a folder of its own, on disk, so that
// every run begins with the same orders and no old writes are under way.
func copyTo(folder, database string) (err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make a folder for a copy: %w", err)
	}
	from, err := os.Open(filepath.Join(database, databaseFile))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer from.Close()
	to, err := os.OpenFile(filepath.Join(folder, databaseFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	if _, err = io.Copy(to, from); err == nil {
		err = to.Sync()
	}
	if err = errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	return nil
}
