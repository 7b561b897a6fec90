package merchantsync

import (
	"context"
	"errors"
	"fmt"
)

// JournalFeed brings changes to a journal, each once and in their order.
type JournalFeed struct {
	o       FeedOptions
	journal Journal
	looked  bool // at the journal, since the start
}

// NewJournalFeed feeds a journal.
func NewJournalFeed(j Journal, o FeedOptions) *JournalFeed {
	return &JournalFeed{o: o.withDefaults(), journal: j}
}

// Name is the destination's.
func (f *JournalFeed) Name() string { return f.o.Name }

const (
	journalBatch = 200 // changes in one write
	journalMoves = 5   // how often a journal may move within a pass
)

// Pass writes what is new. It looks at the journal at least the first time.
func (f *JournalFeed) Pass(ctx context.Context) (fed Fed, err error) {
	for range journalMoves {
		if err = f.session(ctx, &fed); !errors.Is(err, ErrJournalMoved) {
			break
		}
	}
	return fed, wrap("write "+f.o.Name, err)
}

// session writes while the journal stays where it is.
func (f *JournalFeed) session(ctx context.Context, fed *Fed) (err error) {
	position, changes, err := f.next(ctx)
	if err != nil || (len(changes) == 0 && f.looked) {
		return err
	}
	journal, err := f.journal.Open(position)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, journal.Close()) }()
	if err := f.agree(ctx, journal.Last(), position); err != nil {
		return err
	}
	f.looked = true
	return f.write(ctx, journal, fed)
}

func (f *JournalFeed) write(ctx context.Context, journal OpenJournal, fed *Fed) error {
	for ctx.Err() == nil {
		_, changes, err := f.next(ctx)
		if err != nil || len(changes) == 0 {
			return err
		}
		wanted := f.filter(changes)
		if len(wanted) > 0 {
			if err := journal.Append(wanted); err != nil {
				return err
			}
		}
		if err := f.setPosition(ctx, changes[len(changes)-1].Seq); err != nil {
			return err
		}
		fed.Taken += int64(len(wanted))
		fed.LeftOut += int64(len(changes) - len(wanted))
	}
	return ctx.Err()
}

// next are the changes after the position.
func (f *JournalFeed) next(ctx context.Context) (position int64, changes []Change, err error) {
	err = f.o.Ledger.View(ctx, func(v View) error {
		if position, err = v.Position(f.o.Name); err != nil {
			return err
		}
		changes, err = v.Changes(position, journalBatch)
		return err
	})
	return position, changes, wrap("read the changes", err)
}

func (f *JournalFeed) filter(changes []Change) (wanted []Change) {
	for i := range changes {
		if f.o.wanted(&changes[i]) {
			wanted = append(wanted, changes[i])
		}
	}
	return wanted
}

// setPosition is not held up by the end of ctx: what is written is written.
func (f *JournalFeed) setPosition(ctx context.Context, seq int64) error {
	return wrap("move the position", f.o.Ledger.InTx(context.WithoutCancel(ctx), func(tx Tx) error {
		return tx.SetPosition(f.o.Name, seq)
	}))
}

// agree holds the journal against the ledger. It may be ahead, by what was
// written before a crash; the position follows. An empty one is a new one: it
// begins after what was written to the one before.
func (f *JournalFeed) agree(ctx context.Context, last JournalMark, position int64) error {
	switch {
	case last.Seq == 0:
		if position > 0 {
			f.o.Log.Info("a new file begins", "after", position)
		}
		return nil
	case last.Seq < position:
		return f.missing(ctx, last, position)
	}
	if err := f.same(ctx, last); err != nil || last.Seq == position {
		return err
	}
	f.o.Log.Info("the file is ahead of the tables, as after a crash", "file", last.Seq, "tables", position)
	return f.setPosition(ctx, last.Seq)
}

// same sees that the ledger knows the journal's last change.
func (f *JournalFeed) same(ctx context.Context, last JournalMark) error {
	changes, err := f.after(ctx, last.Seq-1, 1)
	if err != nil {
		return err
	}
	if len(changes) == 1 && changes[0].Seq == last.Seq && changes[0].OrderID == last.OrderID {
		return nil
	}
	return &JournalError{
		fmt.Sprintf("%s ends with change %d, of order %s, of which the tables know nothing: it was written from other tables", f.o.Name, last.Seq, last.OrderID),
		"were the tables restored or made anew? Move the file away to begin a new one",
	}
}

// missing tells a journal that lost its end from one whose end was not to be
// written: changes of test orders.
func (f *JournalFeed) missing(ctx context.Context, last JournalMark, position int64) error {
	for after := last.Seq; after < position; {
		changes, err := f.after(ctx, after, journalBatch)
		if err != nil {
			return err
		}
		for i := range changes {
			if changes[i].Seq <= position && f.o.wanted(&changes[i]) {
				return f.cut(last, position)
			}
		}
		if len(changes) == 0 {
			break
		}
		after = changes[len(changes)-1].Seq
	}
	return f.same(ctx, last)
}

func (f *JournalFeed) cut(last JournalMark, position int64) error {
	return &JournalError{
		fmt.Sprintf("%s ends with change %d, but was written up to %d: it was cut, or replaced by an older copy", f.o.Name, last.Seq, position),
		fmt.Sprintf("put it back as it was, or move it away: a new file then goes on after %d", position),
	}
}

func (f *JournalFeed) after(ctx context.Context, seq int64, limit int) (changes []Change, err error) {
	err = f.o.Ledger.View(ctx, func(v View) error {
		changes, err = v.Changes(seq, limit)
		return err
	})
	return changes, wrap("read the changes", err)
}
