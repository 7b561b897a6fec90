package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/uuid"

	"entrepot/internal/api"
	pages "entrepot/internal/console"
	"entrepot/internal/demo"
	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
	"entrepot/internal/storage/sqlite"
)

const (
	demoStore  = 999
	demoOrders = 3000
	demoSeed   = 1
)

type demoCommand struct {
	serveFlags
	AdminAddr string  `help:"Address for the sandbox's levers, health and metrics, without credentials; any that is free where the usual one is taken." default:"127.0.0.1:9999" placeholder:"HOST:PORT"`
	Data      string  `help:"Folder of the database; made where there is none, found again at the next start." default:"entrepot-demo" placeholder:"DIR" type:"path"`
	Orders    *int    `help:"How many orders to make (3000 unless said)." placeholder:"N"`
	Seed      *uint64 `help:"What the orders are drawn from; the same seed makes the same orders." placeholder:"N"`
}

// demoFile is what a demo's folder remembers beside its database.
type demoFile struct {
	Store  int64  `json:"store"`
	Secret string `json:"secret"`
	Orders int    `json:"orders"`
	Seed   uint64 `json:"seed"`
}

// Validate refuses fewer orders than none.
func (c *demoCommand) Validate() error {
	err := c.checkAddr()
	if err == nil && c.AdminAddr != "" { // an empty one switches it off
		err = checkAddr("--admin-addr", c.AdminAddr)
	}
	if err != nil {
		return err
	}
	if c.Orders != nil && *c.Orders < 0 {
		return fmt.Errorf("--orders is %d; expected zero or more", *c.Orders)
	}
	return nil
}

// Run makes the demo's database where there is none, and serves it.
func (c *demoCommand) Run(ctx context.Context, con console) (err error) {
	unlock, err := lockForServing(dataFlag{Data: c.Data})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := c.clearReadyFile(); err != nil {
		return err
	}
	listener, err := c.listen(ctx)
	if err != nil {
		return err
	}
	remembered, err := c.prepare(ctx, con)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	gate := newGate(defaultMaxConnections)
	var storage *sqlite.Storage
	recorder, err := newRecorder(version, func() int { return storage.Waiting() }, gate)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	storage, err = openStorageWith(ctx, dataFlag{Data: c.Data}, false, sqlite.Options{Observer: recorder})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	service := newService(storage)
	movable, err := newestMovable(ctx, service)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	s := server{
		service: service, log: slog.New(slog.NewTextHandler(con.Err, nil)),
		api: api.Config{SpoolDir: c.Data, Observer: recorder}, readyFile: c.ReadyFile,
		recorder: recorder, gate: gate, playground: demoPlayground(remembered.Store),
		ready:   readiness{Store: remembered.Store, Secret: remembered.Secret},
		console: true, demo: &pages.Demo{Store: order.StoreNumber(remembered.Store), Secret: remembered.Secret},
	}
	if s.admin, err = c.listenAdmin(ctx, storage, &s); err != nil {
		return errors.Join(err, listener.Close())
	}
	s.onReady = func(url string) { welcome(con, url, s.ready.Admin, c, remembered, movable) }
	return s.run(ctx, listener)
}

// listen takes the usual address, or any that is free when nobody asked for
// one: the first minute should not end at a used port.
func (c *demoCommand) listen(ctx context.Context) (net.Listener, error) {
	listener, err := listen(ctx, c.Addr)
	if errors.Is(err, syscall.EADDRINUSE) && c.Addr == defaultAddr {
		return listen(ctx, "127.0.0.1:0")
	}
	return listener, err
}

// defaultAdminAddr is where the demo's levers are while nobody asks for another.
const defaultAdminAddr = "127.0.0.1:9999"

func (c *demoCommand) listenAdmin(ctx context.Context, database pinger, s *server) (*adminServer, error) {
	a, err := listenAdmin(ctx, c.AdminAddr, database, s)
	if errors.Is(err, syscall.EADDRINUSE) && c.AdminAddr == defaultAdminAddr {
		return listenAdmin(ctx, "127.0.0.1:0", database, s)
	}
	return a, err
}

func (c *demoCommand) prepare(ctx context.Context, con console) (demoFile, error) {
	path := filepath.Join(c.Data, "demo.json")
	body, err := os.ReadFile(path) //nolint:gosec // in the folder that the operator names
	_, missing := os.Stat(dataFlag{Data: c.Data}.path())
	if errors.Is(errors.Join(err, missing), os.ErrNotExist) {
		return c.populate(ctx, con, path)
	}
	var d demoFile
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	if err != nil {
		return d, withHint(fmt.Errorf("read the demo's own file: %w", err), "delete the folder "+c.Data+" to have it made anew")
	}
	if (c.Orders != nil && *c.Orders != d.Orders) || (c.Seed != nil && *c.Seed != d.Seed) {
		return d, withHint(fmt.Errorf("%s holds a demo of %d orders from seed %d", c.Data, d.Orders, d.Seed),
			"leave --orders and --seed away, choose another --data folder, or delete this one")
	}
	return d, c.keepSecret(d)
}

// secretFile is where the demo's secret is for those who take a file, so that
// no command line needs it.
func (c *demoCommand) secretFile() string { return filepath.Join(c.Data, "secret.txt") }

func (c *demoCommand) keepSecret(d demoFile) error {
	return writeWhole(c.secretFile(), []byte(d.Secret+"\n"))
}

// populate makes the database under another name, so that a start that was
// cut short leaves nothing half-made; its own name comes last.
func (c *demoCommand) populate(ctx context.Context, con console, path string) (demoFile, error) {
	d := demoFile{Store: demoStore, Secret: uuid.NewString(), Orders: demoOrders, Seed: demoSeed}
	set(&d.Orders, c.Orders)
	set(&d.Seed, c.Seed)
	database := dataFlag{Data: c.Data}.path()
	if _, err := os.Stat(database); err == nil {
		return d, withHint(fmt.Errorf("%s holds a database that is no demo's", c.Data), "choose another --data folder")
	}
	building := filepath.Join(c.Data, "building.db")
	for _, leftover := range []string{building, building + "-wal", building + "-shm"} {
		if err := os.Remove(leftover); err != nil && !errors.Is(err, os.ErrNotExist) {
			return d, fmt.Errorf("clear away an unfinished demo: %w", err)
		}
	}
	_, _ = fmt.Fprintf(con.Err, "entrepot: making %d orders in %s ...\n", d.Orders, c.Data)
	if err := fill(ctx, building, d); err != nil {
		return d, err
	}
	body, err := json.Marshal(d)
	if err != nil {
		return d, fmt.Errorf("describe the demo: %w", err)
	}
	if err := writeWhole(path, append(body, '\n')); err != nil {
		return d, err
	}
	if err := os.Rename(building, database); err != nil {
		return d, fmt.Errorf("put the demo's database in place: %w", err)
	}
	return d, c.keepSecret(d)
}

func fill(ctx context.Context, path string, d demoFile) (err error) {
	// Nobody waits for a half-made demo to be durable; what is done is synced
	// when it is put in place.
	storage, err := sqlite.Open(ctx, path, sqlite.Options{Synchronous: sqlitedb.SyncNormal})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	err = demo.Populate(ctx, storage, demo.Options{
		Store: order.StoreNumber(d.Store), Name: "Demo shop", Secret: d.Secret,
		Orders: d.Orders, Seed: d.Seed, Now: time.Now(),
	})
	if err == nil {
		_, err = newService(storage).PurgeCarts(ctx) // of the months that have passed
	}
	return err
}
