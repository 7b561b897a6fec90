package merchantsync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"time"

	"entrepot/client"
)

// API is the part of *client.Client that the daemon uses.
type API interface {
	OrderNumbers(context.Context, client.OrderNumbersQuery) iter.Seq2[client.OrderNumber, error]
	Order(context.Context, client.OrderID) (*client.Order, error)
	UpdateMerchantOrderID(ctx context.Context, id client.OrderID, merchantOrderID string) error
	UpdateStatus(context.Context, client.OrderID, client.Status) error
	SetTracking(ctx context.Context, id client.OrderID, numbers ...string) error
}

// Options change how a Daemon works. Only Store is required.
type Options struct {
	Store int64

	Since    time.Time     // first day of the first list; zero for all that there is
	SkipTest bool          // leave test orders out
	Fetches  int           // details asked for at once; 8 when zero
	Batch    int           // orders in a transaction; 200 when zero
	Overlap  int           // orders below the cursor that are listed again; 100 when zero
	Net      time.Duration // how far back orders without the shop's id are listed; 14 days when zero
	NetEvery time.Duration // how often; an hour when zero

	FollowHeld Waits // of held orders; 5 min to 6 h when zero
	FollowOpen Waits // of others that may still move; 1 h to 24 h when zero
	// FollowFor is how long an order that is ready is followed after its
	// last change of status; 60 days when zero. Held ones are followed on.
	FollowFor time.Duration
	Retry     Waits // of what failed; 1 min to 1 h when zero

	Log      *slog.Logger   // one line per order and per run; nil for none
	Progress func(Progress) // of a long first list; nil for none

	// For tests: Clock defaults to time.Now, Sleep waits or returns when the
	// context ends, Jitter is in [0, 1).
	Clock  func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func() float64
}

// Progress is how far the orders of a list are in the tables.
type Progress struct{ Done, Total int64 }

// Daemon syncs one store. ImportNow may be called while a pass is under way;
// there is one pass at a time.
type Daemon struct {
	api     API
	ledger  Ledger
	o       Options
	lastNet time.Time // when the net was cast
	unseen  time.Time // since when no net was; zero when it was since the cursor moved
}

// New is a daemon that fills the ledger from the API.
func New(api API, ledger Ledger, o Options) *Daemon {
	return &Daemon{api: api, ledger: ledger, o: o.withDefaults()}
}

const day = 24 * time.Hour

func (o Options) withDefaults() Options {
	o.Fetches = cmp.Or(o.Fetches, 8)
	o.Batch = cmp.Or(o.Batch, 200)
	o.Overlap = cmp.Or(o.Overlap, 100)
	o.Net = cmp.Or(o.Net, 14*day)
	o.NetEvery = cmp.Or(o.NetEvery, time.Hour)
	o.FollowHeld = o.FollowHeld.or(5*time.Minute, 6*time.Hour)
	o.FollowOpen = o.FollowOpen.or(time.Hour, day)
	o.FollowFor = cmp.Or(o.FollowFor, 60*day)
	o.Retry = o.Retry.or(time.Minute, time.Hour)
	return o.withWorld()
}

func (o Options) withWorld() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return o
}

// Pass does what a scheduled job does, once: it brings in what is new, reports
// back, retries what failed, and looks after orders that may still move. What
// fails does not keep the rest from being done, unless nothing can be: a wrong
// secret, a lost place, the end of ctx.
func (d *Daemon) Pass(ctx context.Context) (Run, error) {
	run := &Run{Began: d.o.Clock()}
	steps := []func(context.Context, *Run) error{d.discover, d.report, d.retry, d.castNet, d.follow}
	var failed []error
	for _, step := range steps {
		err := step(ctx, run)
		failed = append(failed, err)
		if err != nil && (hopeless(err) || ctx.Err() != nil) {
			break
		}
	}
	err := errors.Join(failed...)
	return *run, errors.Join(err, d.record(ctx, run, err))
}

// hopeless reports whether no other request or write can go better.
func hopeless(err error) bool {
	if _, wrong := errors.AsType[*client.InvalidCredentialsError](err); wrong {
		return true
	}
	_, loading := errors.AsType[*client.StoreLoadingError](err)
	return loading || errors.Is(err, ErrInUse)
}

// record keeps what the run did, even when ctx has ended meanwhile.
func (d *Daemon) record(ctx context.Context, run *Run, failed error) error {
	run.Ended = d.o.Clock()
	if failed != nil {
		run.Error = failed.Error()
	}
	if errors.Is(failed, ErrInUse) {
		return nil
	}
	err := d.ledger.InTx(context.WithoutCancel(ctx), func(tx Tx) error {
		cursor, err := tx.Cursor()
		if err != nil {
			return err
		}
		run.Cursor = cursor.Number
		return tx.RecordRun(*run)
	})
	d.o.Log.Info("run", "listed", run.Listed, "imported", run.Imported, "changed", run.Changed, "failed", run.Failed,
		"reported", run.Reported, "refused", run.Refused, "cursor", run.Cursor, "took", run.Ended.Sub(run.Began), "error", run.Error)
	return wrap("record the run", err)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
