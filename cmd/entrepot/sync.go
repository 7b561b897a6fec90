package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"

	"entrepot/client"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

// syncCommands are the merchant's half. They know the service by its URL only.
type syncCommands struct {
	Once   syncOnceCommand   `cmd:"" help:"Bring what is new into the shop's tables, and report back; for cron."`
	Run    syncRunCommand    `cmd:"" help:"Do so again and again; can answer the shop's success page."`
	Status syncStatusCommand `cmd:"" help:"Show how far the tables are, and what is stuck."`
	Verify syncVerifyCommand `cmd:"" help:"Compare the tables with the service, and list what differs."`
	Report syncReportCommand `cmd:"" help:"Add what a CSV file says of orders to what is to be reported."`
}

// ledgerFlags say where the shop's tables are.
type ledgerFlags struct {
	Store          number `help:"The store." required:"" placeholder:"N"`
	DB             string `name:"db" help:"The shop's database: a file for SQLite, or postgres://USER@HOST/NAME." default:"orders.db" env:"ENTREPOT_SYNC_DB"`
	DBPasswordFile string `name:"db-password-file" help:"File that holds the password of the PostgreSQL user." placeholder:"FILE" type:"existingfile" env:"ENTREPOT_SYNC_DB_PASSWORD_FILE"`
}

// number is one above zero.
type number int64

// UnmarshalText reads it.
func (n *number) UnmarshalText(text []byte) error {
	value, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || value < 1 {
		return fmt.Errorf("%q is no number above zero", text)
	}
	*n = number(value)
	return nil
}

func (f ledgerFlags) options() ledger.Options {
	return ledger.Options{Database: f.DB, PasswordFile: f.DBPasswordFile, Store: int64(f.Store)}
}

// syncFlags are what all that ask the service share.
type syncFlags struct {
	apiFlags
	ledgerFlags
	SkipTestOrders bool `help:"Leave test orders out of the tables; otherwise they are marked."`
	Fetches        int  `help:"Orders that are asked for at once." default:"8"`
}

// Validate looks at numbers.
func (f *syncFlags) Validate() error {
	if f.Fetches < 1 || f.Fetches > 64 {
		return fmt.Errorf("--fetches is %d; expected 1 to 64", f.Fetches)
	}
	return nil
}

// syncing is what a command that fills the tables works with.
type syncing struct {
	api    *renewable
	daemon *merchantsync.Daemon
	ledger merchantsync.Ledger
	log    *slog.Logger
	store  int64
}

// withSyncing opens the tables and takes their place for this store.
func (f *syncFlags) withSyncing(ctx context.Context, con console, o merchantsync.Options, observe func(client.Attempt), fn func(syncing) error) error {
	err := f.open(ctx, o, observe, fn)
	return several(ctx, con.Err, err, f.explain)
}

func (f *syncFlags) open(ctx context.Context, o merchantsync.Options, observe func(client.Attempt), fn func(syncing) error) (err error) {
	api, err := f.api(observe)
	if err != nil {
		return err
	}
	tables, err := ledger.Open(ctx, f.options())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tables.Close()) }()
	return fn(f.syncing(api, tables, o))
}

func (f *syncFlags) syncing(api *renewable, tables merchantsync.Ledger, o merchantsync.Options) syncing {
	o.Store, o.SkipTest, o.Fetches = int64(f.Store), f.SkipTestOrders, f.Fetches
	return syncing{api, merchantsync.New(api, tables, o), tables, orDiscard(o.Log), o.Store}
}

func orDiscard(log *slog.Logger) *slog.Logger {
	if log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return log
}

// view runs fn on the tables without taking their place.
func (f ledgerFlags) view(ctx context.Context, fn func(merchantsync.View) error) (err error) {
	tables, err := ledger.OpenView(ctx, f.options())
	if err != nil {
		return f.explainTables(err)
	}
	defer func() { err = errors.Join(err, tables.Close()) }()
	return f.explainTables(tables.View(ctx, fn))
}

// logFlags say how the log is written.
type logFlags struct {
	LogFormat string `help:"json or text." enum:"json,text" default:"json"`
	LogLevel  string `help:"The least that is logged: debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
}

func (f logFlags) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(f.LogLevel)) // kong lets nothing else pass
	o := &slog.HandlerOptions{Level: level}
	if f.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}
