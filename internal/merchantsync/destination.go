package merchantsync

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"entrepot/client"
)

// A Feed brings the ledger's changes to one destination. Its methods are not
// for several goroutines at once.
type Feed interface {
	// Name is what the ledger calls the destination. It must stay the same.
	Name() string
	// Pass brings what is new and what is due again, until there is no more of
	// either. It ends early with ctx, after what has begun.
	Pass(ctx context.Context) (Fed, error)
}

// Fed counts what a pass did.
type Fed struct {
	Taken   int64 // changes that the destination has now
	LeftOut int64 // changes of test orders that it is not to have
	Failed  int64 // attempts that will be made again soon
	Refused int64 // attempts that will be made again after a long while
	Paused  bool  // the destination seems to be down: nothing more was tried for now
}

// A Journal is a destination that holds every change in its order, such as a
// file. It tells itself how far it is, so that a crash between its write and
// the ledger's leaves no change out and brings none twice.
type Journal interface {
	// Open takes the journal for this process; ErrJournalBusy when another has
	// it. What was written up to position is known to be on disk; what follows
	// may be the remains of a crash, which the first Append replaces.
	Open(position int64) (OpenJournal, error)
}

// OpenJournal is a journal that nobody else writes to.
type OpenJournal interface {
	// Last is the last change that is whole in it; zero when it is empty.
	Last() JournalMark
	// Append adds changes. They are on disk when it returns nil; otherwise
	// none of them is in the journal, as far as that could be brought about.
	// It is ErrJournalMoved when the journal is not where it was any more.
	Append([]Change) error
	Close() error
}

// JournalMark tells of a change in a journal.
type JournalMark struct {
	Seq     int64
	OrderID client.OrderID
}

// Errors of journals.
var (
	ErrJournalBusy  = errors.New("another process writes to it")
	ErrJournalMoved = errors.New("it was moved, removed or changed by somebody else meanwhile")
)

// JournalError says that a journal is not what the ledger says it is. Nothing
// was written, and nothing will be until a person has looked.
type JournalError struct{ Problem, Hint string }

func (e *JournalError) Error() string { return e.Problem }

// A Receiver is a destination that takes changes one at a time, and may answer
// with the shop's own id for the order. It gets a change again when it is not
// known whether it took it, and must be safe for several goroutines.
type Receiver interface {
	// Deliver hands a change over. When it returns nil the change was taken.
	// A *NotTakenError says more about why it was not.
	Deliver(context.Context, Change) (merchantOrderID string, err error)
}

// NotTakenError says why a receiver did not take a change.
type NotTakenError struct {
	Reason  string        // for people; may repeat what the receiver said
	Refused bool          // it will hardly take it the next time
	After   time.Duration // it asked not to be tried again before that; zero when it did not
}

func (e *NotTakenError) Error() string { return e.Reason }

// FeedOptions are common to all feeds. Ledger and Name are required.
type FeedOptions struct {
	Ledger   Ledger
	Name     string
	SkipTest bool // leave changes of test orders out
	Log      *slog.Logger

	// For tests: Clock defaults to time.Now, Jitter is in [0, 1).
	Clock  func() time.Time
	Jitter func() float64
}

func (o FeedOptions) withDefaults() FeedOptions {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	o.Log = o.Log.With("destination", o.Name)
	return o
}

// wanted reports whether the destination is to have the change.
func (o *FeedOptions) wanted(c *Change) bool { return !c.Test || !o.SkipTest }

// RunFeed passes until ctx ends: whenever wake is signalled, and at least every
// so often, for what is due again. A pass that fails is followed by the next
// after a growing wait; a lost place ends it.
func RunFeed(ctx context.Context, f Feed, wake <-chan struct{}, every time.Duration, failed func(error)) error {
	waits, failures := Waits{every, 5 * time.Minute}.or(time.Second, time.Minute), 0
	for {
		_, err := f.Pass(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrInUse):
			return err
		case err != nil:
			failures++
			failed(err)
			if sleep(ctx, waits.After(failures, 0)) != nil {
				return nil
			}
			continue
		}
		failures = 0
		if awaitWake(ctx, wake, every) != nil {
			return nil
		}
	}
}

func awaitWake(ctx context.Context, wake <-chan struct{}, every time.Duration) error {
	timer := time.NewTimer(every)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wake:
	case <-timer.C:
	}
	return nil
}
