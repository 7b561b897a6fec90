package order

import (
	"context"
	"fmt"
	"slices"
	"time"

	"entrepot/internal/fault"
)

// HeadQuery selects orders of one store for an operator. Zero values do not
// restrict.
type HeadQuery struct {
	Store           StoreNumber
	After           Number // numbers above it
	Statuses        []Status
	PlacedFrom      time.Time // placed then or later
	PlacedBefore    time.Time // placed before then
	ReferenceID     string
	MerchantOrderID string
	Unmerchanted    bool  // only those without a merchant order id
	Test            *bool // only test orders, or only live ones
	Newest          int   // no more than so many, those with the highest numbers
	First           int   // no more than so many, those with the lowest numbers; not together with Newest
}

// CartQuery selects carts. Zero values do not restrict.
type CartQuery struct {
	ID    CartID
	Store StoreNumber
	Spent bool // those that became orders, too
	Limit int  // no more than so many, those that lapse last
}

// CartHead is what is known of a cart without opening it.
type CartHead struct {
	ID        CartID
	Store     StoreNumber
	CreatedAt time.Time
	ExpiresAt time.Time
	Became    Number // the order that it became; zero while it waits
	Bytes     int64  // of its contents
}

// headPage bounds how long a list holds a snapshot, however slow its reader is.
const headPage = 1000

// Heads calls yield for the selected orders in the order of their numbers. An
// error of yield ends it and is returned. Those of a query with Newest are of
// one state; a longer list is read page by page, and an order that changes
// meanwhile is seen before or after its change.
func (s *Service) Heads(ctx context.Context, q HeadQuery, yield func(*Head) error) error {
	for paged := q.Newest == 0; ; {
		if paged {
			q.First = headPage
		}
		heads, err := s.heads(ctx, q)
		if err != nil {
			return fmt.Errorf("list the orders of store %d: %w", q.Store, err)
		}
		for i := range heads {
			if err := yield(&heads[i]); err != nil {
				return err
			}
		}
		if !paged || len(heads) < headPage {
			return nil
		}
		q.After = heads[len(heads)-1].Number
	}
}

func (s *Service) heads(ctx context.Context, q HeadQuery) (heads []Head, err error) {
	err = s.storage.View(ctx, func(v View) error {
		if _, err := v.Store(q.Store); err != nil {
			return err
		}
		heads, err = v.Heads(q)
		return err
	})
	return heads, err
}

// Head loads the changing part of one of the store's orders; NotFound.
func (r Reader) Head(n Number) (Head, error) { return r.view.Head(ID{r.store, n}) }

// Order loads one of the store's orders, opened; NotFound.
func (r Reader) Order(n Number) (Order, error) {
	stored, err := r.Detail(n)
	if err != nil {
		return Order{}, err
	}
	details, err := r.service.codec.DecodeDetails(stored.Document)
	if err != nil {
		return Order{}, fmt.Errorf("open order %s: %w", stored.Head.ID, err)
	}
	return Order{Head: stored.Head, Details: *details, NoteList: stored.Notes}, nil
}

// CartUsage says what the store holds in waiting carts.
func (r Reader) CartUsage() (CartUsage, error) {
	ofStore, _, err := r.view.CartUsage(r.store, nil)
	return ofStore, err
}

// Transition is Move, and tells what changed.
func (s *Service) Transition(ctx context.Context, id ID, move Move, why Why) (Change, error) {
	return s.move(ctx, id, move, "", why)
}

// SecretChoice picks one of a store's secrets: Is, or when that is empty the
// older one, or the newer one.
type SecretChoice struct {
	Is    string
	Newer bool
	Last  bool // may be the only one: the store then answers nobody until it gets another
}

// RemoveSecret ends a secret of the store and says when it had been set. The
// faults are NotFound, Invalid, and Conflict when it is the only one.
func (s *Service) RemoveSecret(ctx context.Context, number StoreNumber, choice SecretChoice) (removed SecretHash, err error) {
	err = s.storage.InTx(ctx, func(tx Tx) error {
		store, err := tx.Store(number)
		if err != nil {
			return err
		}
		at, err := choice.find(store.Secrets, s.storage.SecretKey().HashSecret(number, choice.Is))
		if err != nil {
			return err
		}
		removed = store.Secrets[at]
		return tx.SetSecrets(number, slices.Delete(slices.Clone(store.Secrets), at, at+1))
	})
	return removed, err
}

func (c SecretChoice) find(secrets []SecretHash, hash [32]byte) (at int, err error) {
	switch {
	case c.Is != "":
		at = slices.IndexFunc(secrets, func(s SecretHash) bool { return s.Hash == hash })
	case c.Newer:
		at = len(secrets) - 1
	}
	switch {
	case len(secrets) == 0:
		return 0, fault.New(fault.Invalid, "the store has no secret")
	case at < 0:
		return 0, fault.New(fault.Invalid, "the secret is none of the store's")
	case len(secrets) == 1 && !c.Last:
		return 0, fault.New(fault.Conflict, "it is the store's only secret")
	}
	return at, nil
}

// Carts loads the selected carts; those that lapse last come last.
func (s *Service) Carts(ctx context.Context, q CartQuery) (carts []CartHead, err error) {
	err = s.storage.View(ctx, func(v View) error {
		carts, err = v.Carts(q)
		return err
	})
	return carts, err
}

// Lapsed reports whether the cart is too old to become an order.
func (s *Service) Lapsed(c CartHead) bool { return c.Became == 0 && !c.ExpiresAt.After(s.now()) }

// ExpireCarts makes waiting carts of the query lapse at once, says how many,
// and drops them. Nothing becomes of a cart that is an order.
func (s *Service) ExpireCarts(ctx context.Context, q CartQuery) (expired int, err error) {
	for {
		var n int
		err := s.storage.InTx(ctx, func(tx Tx) (err error) {
			n, err = tx.ExpireCarts(q, s.now(), purgeBatch)
			return err
		})
		expired += n
		if err != nil {
			return expired, fmt.Errorf("expire carts: %w", err)
		}
		if n < purgeBatch {
			_, err = s.PurgeCarts(ctx)
			return expired, err
		}
	}
}
