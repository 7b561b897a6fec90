package order

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"entrepot/internal/fault"
)

// Record is all that is kept of an order, on its way out of one database and
// into another.
type Record struct {
	Stored
	History []Change // empty when it comes from a server that tells none
}

// Verdict says what became of one record of an import: it was added, or there
// was the same order already, or it is refused. The fault of a refusal names
// the key in its Field.
type Verdict struct {
	Present bool
	Refused error
}

func errLoading(n StoreNumber) error {
	return fault.New(fault.Closed, fmt.Sprintf("store %d is being loaded; it has to be opened first", n))
}

// Import takes orders from elsewhere, with their numbers, dates and statuses.
//
// A store that is loading takes numbers in any order; any other takes only
// numbers above its highest, so that none becomes visible below one that a
// client has seen.
type Import struct {
	service *Service
	why     Why
	pretend *pretended // of a rehearsal
}

// Import begins an import; why goes into the history of every order.
func (s *Service) Import(why Why) *Import { return &Import{service: s, why: why} }

// Take takes a batch in one transaction and says of each record what became
// of it. An error says that the batch was not taken at all.
func (i *Import) Take(ctx context.Context, batch []Record) (verdicts []Verdict, err error) {
	if i.pretend != nil {
		err = i.service.storage.View(ctx, func(v View) error {
			verdicts, err = i.take(rehearsal{v, i.pretend}, batch)
			return err
		})
		return verdicts, err
	}
	err = i.service.storage.InTx(ctx, func(tx Tx) error {
		verdicts, err = i.take(intake{tx, i.why, i.service.now()}, batch)
		return err
	})
	return verdicts, err
}

// importTarget is what an import asks of the transaction that it runs in.
type importTarget interface {
	Store(StoreNumber) (Store, error)
	Counter(StoreNumber) (Counter, error)
	present(*Record) (bool, error) // and refused where the order says something else
	add(*Record) error
	SetCounter(StoreNumber, Counter) error
}

// gate is a store during one batch.
type gate struct {
	store   Store
	counter Counter
	moved   bool
}

func (i *Import) take(target importTarget, batch []Record) ([]Verdict, error) {
	gates := map[StoreNumber]*gate{}
	verdicts := make([]Verdict, len(batch))
	for n := range batch {
		g, err := openGate(target, gates, batch[n].Head.Store)
		if err == nil {
			verdicts[n].Present, err = i.takeOne(target, g, &batch[n])
		}
		if refusal, ok := errors.AsType[*refusal](err); ok {
			verdicts[n].Refused, err = refusal.error, nil
		}
		if err != nil {
			return nil, fmt.Errorf("import order %s: %w", batch[n].Head.ID, err)
		}
	}
	for number, g := range gates {
		if g.moved {
			if err := target.SetCounter(number, g.counter); err != nil {
				return nil, fmt.Errorf("raise the counter of store %d: %w", number, err)
			}
		}
	}
	return verdicts, nil
}

// refusal is an error about one record, which does not end the batch.
type refusal struct{ error }

func refuse(key, message string) error { return &refusal{fault.Field(key, message)} }

func openGate(target importTarget, gates map[StoreNumber]*gate, number StoreNumber) (*gate, error) {
	if g := gates[number]; g != nil {
		return g, nil
	}
	store, err := target.Store(number)
	if fault.Is(err, fault.NotFound) {
		return nil, refuse("orderId", fmt.Sprintf("there is no store %d", number))
	}
	if err != nil {
		return nil, fmt.Errorf("load store %d: %w", number, err)
	}
	g := &gate{store: store}
	g.counter, err = target.Counter(number)
	gates[number] = g
	return g, err
}

func (i *Import) takeOne(target importTarget, g *gate, r *Record) (present bool, err error) {
	if present, err := target.present(r); present || err != nil {
		return present, err
	}
	if err := g.admit(&r.Head, i.service.now()); err != nil {
		return false, err
	}
	if err := target.add(r); err != nil {
		return false, err
	}
	g.count(&r.Head)
	return false, nil
}

func (g *gate) admit(h *Head, now time.Time) error {
	switch {
	case g.store.State != StoreLoading && h.Number <= g.counter.Last:
		return refuse("orderId", fmt.Sprintf("%s is not above %s, the store's highest number; only a store that is loading takes lower ones", h.ID, ID{h.Store, g.counter.Last}))
	case h.PlacedAt.After(now):
		// New orders would carry this date until it is over.
		return refuse("orderDate", "lies in the future")
	case h.StatusAt.After(now):
		// The next change would seem to come before this one. One before the
		// order's date is taken: clocks differ.
		return refuse("orderStatusDate", "lies in the future")
	case g.store.Test && !h.Test:
		return refuse("testOrder", "is false, and the store is a sandbox: all its orders are test orders")
	}
	return nil
}

// count raises the counter. In a store that is loading the disorder is not
// known before all orders are there: OpenStore measures it.
func (g *gate) count(h *Head) {
	g.moved = true
	g.counter.Last = max(g.counter.Last, h.Number)
	if h.PlacedAt.After(g.counter.PlacedAt) {
		g.counter.PlacedAt = h.PlacedAt
	}
	g.counter.Disorder = max(g.counter.Disorder, g.counter.PlacedAt.Sub(h.PlacedAt))
}

func refuseOther(id ID, what string) error {
	return &refusal{&fault.Error{Code: fault.Exists, Field: "orderId", Message: fmt.Sprintf("%s is there already with other content: %s", id, what)}}
}

func differing(known, r *Record) (keys []string) {
	differs := func(key string, differ bool) {
		if differ {
			keys = append(keys, key)
		}
	}
	a, b := &known.Head, &r.Head
	differs("orderDate", !a.PlacedAt.Equal(b.PlacedAt))
	differs("orderStatus", a.State.Status != b.State.Status)
	differs("the status to go back to", a.State.Status == b.State.Status && a.State.Resume != b.State.Resume)
	differs("orderStatusDate", !a.StatusAt.Equal(b.StatusAt))
	differs("testOrder", a.Test != b.Test)
	differs("merchantOrderId", a.MerchantOrderID != b.MerchantOrderID)
	differs("referenceId", a.ReferenceID != b.ReferenceID)
	differs("trackingNumber", !slices.Equal(a.Tracking, b.Tracking))
	differs("notes", !slices.EqualFunc(known.Notes, r.Notes, sameNote))
	differs("details", known.Document.Format != r.Document.Format || string(known.Document.Body) != string(r.Document.Body))
	return keys
}

func sameNote(a, b Note) bool {
	a.Seq, b.Seq = 0, 0
	at := a.CreatedAt.Equal(b.CreatedAt)
	a.CreatedAt = b.CreatedAt
	return at && a == b
}

// intake is a transaction that takes records in.
type intake struct {
	Tx
	why Why
	now time.Time
}

func (t intake) present(r *Record) (bool, error) { return present(t.Tx, r) }

// present compares a record with the order of its number. The history is left
// out: it grows with the import itself.
func present(v View, r *Record) (bool, error) {
	head, doc, err := v.Detail(r.Head.ID)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	known := Record{Stored: Stored{Head: head, Document: doc}}
	if err == nil && head.Notes > 0 {
		known.Notes, err = v.Notes(r.Head.ID)
	}
	if err != nil {
		return false, err
	}
	if keys := differing(&known, r); len(keys) > 0 {
		return true, refuseOther(r.Head.ID, strings.Join(keys, ", "))
	}
	return true, nil
}

func (t intake) add(r *Record) error {
	if err := t.InsertOrder(r.Head, r.Document); err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	imported := Change{At: t.now, Actor: t.why.Actor, Kind: ChangeImported, To: string(r.Head.State.Status), Reason: t.why.Reason}
	if err := t.AddPast(r.Head.ID, r.Notes, append(slices.Clip(r.History), imported)); err != nil {
		return fmt.Errorf("add notes and history: %w", err)
	}
	return nil
}
