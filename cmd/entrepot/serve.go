package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"entrepot/internal/api"
	"entrepot/internal/storage/sqlite"
)

// serveFlags are what demo and serve share.
type serveFlags struct {
	Addr      string `help:"Address to listen on; port 0 picks a free one." default:"${addr}" placeholder:"HOST:PORT"`
	ReadyFile string `help:"File that appears, whole, once the service answers: JSON with url and pid." placeholder:"FILE" type:"path"`
}

// clearReadyFile removes what a service that was killed has left behind,
// before anybody takes it for this one's.
func (f serveFlags) clearReadyFile() error {
	if err := os.Remove(f.ReadyFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove an old ready file: %w", err)
	}
	return nil
}

// defaultAddr is the loopback: what listens elsewhere is asked for.
const defaultAddr = "127.0.0.1:8999"

// serveSettings are what the service can be told, by flag, environment or
// file. `entrepot config` shows them.
type serveSettings struct {
	serveFlags
	dataFlag
	TrustedProxies []network     `help:"Networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8." placeholder:"CIDR"`
	CartRate       float64       `help:"Carts a second that an address may send a store without its secret." default:"30"`
	TLSCert        string        `help:"File of the certificate and what leads to its issuer, PEM; serves HTTPS. Loaded anew when it changes, and on SIGHUP." placeholder:"FILE" type:"path"`
	TLSKey         string        `help:"File of the certificate's private key, PEM." placeholder:"FILE" type:"path"`
	AdminAddr      string        `help:"Address for health, metrics and profiles, without credentials; none unless given." placeholder:"HOST:PORT"`
	Console        bool          `help:"Serve a page at /console on which to try the API, with its reference."`
	LogFormat      string        `help:"json or text." enum:"json,text" default:"json"`
	LogLevel       string        `help:"The least that is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	MaxConnections int           `help:"Connections that may be open at once; further ones wait." default:"1024"`
	StopTimeout    time.Duration `help:"How long a stop waits for clients to finish." default:"20s"`
	DBPatience     time.Duration `name:"db-patience" help:"How long a request waits for a PostgreSQL database that is away." default:"1500ms"`
}

// Validate looks at what the types let pass, and at what goes together.
func (s *serveSettings) Validate() error {
	err := s.checkAddr()
	if err == nil && s.AdminAddr != "" {
		err = checkAddr("--admin-addr", s.AdminAddr)
	}
	switch {
	case err != nil:
		return err
	case s.Data == "" && !s.shared():
		return errNoFolder
	case !(s.CartRate > 0) || math.IsInf(s.CartRate, 0): // NaN is not more than anything
		return fmt.Errorf("--cart-rate is %v; expected more than zero", s.CartRate)
	case (s.TLSCert == "") != (s.TLSKey == ""):
		return withHint(errors.New("--tls-cert and --tls-key go together"), "give both to serve HTTPS, or neither to serve HTTP")
	case s.AdminAddr != "" && s.AdminAddr == s.Addr && !picksPort(s.Addr):
		return withHint(fmt.Errorf("--admin-addr is the API's address, %s", s.Addr), "it has no credentials: choose a port of its own, on the loopback")
	case s.MaxConnections < 1:
		return fmt.Errorf("--max-connections is %d; expected one or more", s.MaxConnections)
	case s.DBPatience <= 0:
		return fmt.Errorf("--db-patience is %s; expected more than zero", s.DBPatience)
	case s.StopTimeout <= 0:
		return fmt.Errorf("--stop-timeout is %s; expected more than zero", s.StopTimeout)
	}
	return nil
}

func (f serveFlags) checkAddr() error { return checkAddr("--addr", f.Addr) }

// checkAddr wants a port: an address without one would be any, and an empty
// one every address of the machine.
func checkAddr(flag, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil && port != "" {
		_, err = net.DefaultResolver.LookupPort(context.Background(), "tcp", port)
	}
	if err != nil || port == "" {
		return fmt.Errorf("%s is %q; expected HOST:PORT, such as %s", flag, addr, defaultAddr)
	}
	return nil
}

// network is a network on the command line, or in the file.
type network struct{ netip.Prefix }

// UnmarshalText reads 10.0.0.0/8.
func (n *network) UnmarshalText(text []byte) (err error) {
	if n.Prefix, err = netip.ParsePrefix(strings.TrimSpace(string(text))); err != nil {
		return fmt.Errorf("%q is no network; expected one like 10.0.0.0/8, or 10.0.0.1/32 for one address", text)
	}
	return nil
}

func prefixes(networks []network) []netip.Prefix {
	list := make([]netip.Prefix, len(networks))
	for i, n := range networks {
		list[i] = n.Prefix
	}
	return list
}

func picksPort(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	return err == nil && port == "0"
}

type serveCommand struct{ serveSettings }

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, con console) (err error) {
	log := c.logger(con)
	unlock, err := c.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := c.clearReadyFile(); err != nil {
		return err
	}
	s := server{
		log: log, readyFile: c.ReadyFile, stopTimeout: c.StopTimeout, gate: newGate(c.MaxConnections),
		console: c.Console,
		api:     api.Config{TrustedProxies: prefixes(c.TrustedProxies), CartRate: c.CartRate},
	}
	storage, err := c.open(ctx, &s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	if s.service == nil {
		s.service = newService(storage)
	}
	return c.serve(ctx, s, storage)
}

// lock keeps others from serving the same folder. Any number of nodes serve a
// shared database.
func (c *serveCommand) lock() (unlock func() error, err error) {
	if c.shared() {
		return func() error { return nil }, nil
	}
	return lockForServing(c.dataFlag)
}

// open opens the database, counted by the recorder if there is one.
func (c *serveCommand) open(ctx context.Context, s *server) (database, error) {
	if c.shared() {
		return c.openShared(ctx, s)
	}
	s.api.SpoolDir = c.Data
	var storage *sqlite.Storage
	options := sqlite.Options{}
	if c.AdminAddr != "" {
		var err error
		if s.recorder, err = newRecorder(version, func() int { return storage.Waiting() }, s.gate); err != nil {
			return nil, err
		}
		s.api.Observer, options.Observer = s.recorder, s.recorder
	}
	var err error
	storage, err = openStorageWith(ctx, c.dataFlag, true, options)
	return storage, err
}

// serve opens the sockets and runs the server on them.
func (c *serveCommand) serve(ctx context.Context, s server, database pinger) (err error) {
	if err := checkFiles(s.log, c.MaxConnections); err != nil {
		return err
	}
	if c.TLSCert != "" {
		if s.tls, err = loadCertificates(c.TLSCert, c.TLSKey, s.log, s.recorder); err != nil {
			return err
		}
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	s.hangups = hangups
	listener, err := listen(ctx, c.Addr)
	if err != nil {
		return err
	}
	if s.admin, err = listenAdmin(ctx, c.AdminAddr, database, &s); err != nil {
		return errors.Join(err, listener.Close())
	}
	s.log.Info("serving", "url", s.url(listener.Addr()), "data", c.where(), "version", version)
	return s.run(ctx, listener)
}

func (c *serveCommand) logger(con console) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		panic(err) // the flag admits no other words
	}
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(con.Err, options))
	}
	return slog.New(slog.NewJSONHandler(con.Err, options))
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	return listenFor(ctx, "--addr", addr)
}

// listenFor opens the socket of a flag, and says what to do when it cannot.
func listenFor(ctx context.Context, flag, addr string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, withHint(err, fmt.Sprintf("something listens there already; choose another with %s, or let %s 127.0.0.1:0 pick one", flag, flag))
	case errors.Is(err, syscall.EACCES):
		return nil, withHint(err, fmt.Sprintf("ports below 1024 need a right (CAP_NET_BIND_SERVICE); choose another with %s", flag))
	}
	return listener, err
}

// recorder counts, for Prometheus.
type recorder interface {
	api.Observer
	Wrote(changes int, took time.Duration, err error)
	Counted(statuses []string, counts map[string]int64, at time.Time)
	Reloaded(expires time.Time, err error)
	Handler() http.Handler
}
