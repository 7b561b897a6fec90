package order

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"entrepot/internal/fault"
)

// Problem is something that is not as it has to be. Its text names no person.
type Problem struct {
	Order ID // zero, or without a number, when it is not about one order
	Text  string
}

// Checked is how much was looked at.
type Checked struct {
	Stores, Orders, Changes, Notes, Carts int64
	Problems                              int64
}

// Checking says what to tell while a check runs. Progress may be nil.
type Checking struct {
	Problem  func(Problem)
	Progress func(Checked)
}

// checkPage is how many orders are looked at in one view: a check takes
// minutes and must not hold one snapshot as long.
const checkPage = 500

// Check looks at everything: what the storage itself has to keep in step,
// each document, each history. It changes nothing, and may run beside a
// service. Only an error that keeps it from going on is returned.
func (s *Service) Check(ctx context.Context, to Checking) (Checked, error) {
	c := &checker{Service: s, to: to}
	if err := s.storage.Check(ctx, c.report); err != nil {
		return c.seen, fmt.Errorf("check the files: %w", err)
	}
	stores, err := s.Stores(ctx)
	if err != nil {
		return c.seen, fmt.Errorf("load the stores: %w", err)
	}
	for _, store := range stores {
		c.seen.Stores++
		if err := c.store(ctx, store); err != nil {
			return c.seen, fmt.Errorf("check the orders of store %d: %w", store.Number, err)
		}
	}
	err = c.carts(ctx)
	return c.seen, err
}

// checker counts, and says what is wrong.
type checker struct {
	*Service
	to   Checking
	seen Checked

	// Of the store that is looked at.
	last     Number
	placed   time.Time     // the latest so far
	disorder time.Duration // Counter.Disorder; negative while it is not known
}

func (c *checker) report(p Problem) {
	c.seen.Problems++
	if c.to.Problem != nil {
		c.to.Problem(p)
	}
}

func (c *checker) wrong(id ID, format string, args ...any) {
	c.report(Problem{Order: id, Text: fmt.Sprintf(format, args...)})
}

func (c *checker) progress() {
	if c.to.Progress != nil {
		c.to.Progress(c.seen)
	}
}

func (c *checker) store(ctx context.Context, store Store) error {
	c.last, c.placed, c.disorder = 0, time.Time{}, -1
	for {
		before := c.last
		err := c.storage.View(ctx, func(v View) error {
			if err := c.dates(v, store); err != nil {
				return err
			}
			return c.page(v, store.Number)
		})
		if err != nil || c.last == before {
			return err
		}
		c.progress()
	}
}

// dates says how far the store's dates may be out of the order of its numbers.
func (c *checker) dates(v View, store Store) error {
	if store.State == StoreLoading {
		return nil // it is measured when the store is opened
	}
	counter, err := v.Counter(store.Number)
	if fault.Is(err, fault.NotFound) {
		return nil // the storage has said so
	}
	c.disorder = counter.Disorder
	return err
}

func (c *checker) page(v View, store StoreNumber) error {
	numbers, err := v.Numbers(store, c.last, checkPage)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		c.order(v, ID{store, n})
		c.seen.Orders++
		c.last = n
	}
	return nil
}

// order looks at one order. What cannot be read is a problem of that order,
// and the others are looked at all the same.
func (c *checker) order(v View, id ID) {
	head, err := v.Head(id)
	if err != nil {
		c.wrong(id, "cannot be read: %v", err)
		return
	}
	if c.disorder >= 0 && head.PlacedAt.Add(c.disorder).Before(c.placed) {
		c.wrong(id, "was placed at %s, before an order of a lower number; lists by date miss it", head.PlacedAt.Format(time.RFC3339Nano))
	}
	if head.PlacedAt.After(c.placed) {
		c.placed = head.PlacedAt
	}
	c.document(v, id)
	c.notes(v, head)
	c.history(v, head)
}

func (c *checker) document(v View, id ID) {
	_, doc, err := v.Detail(id)
	if fault.Is(err, fault.NotFound) {
		c.wrong(id, "its document is missing")
		return
	}
	if err != nil {
		c.wrong(id, "its document cannot be read: %v", err)
		return
	}
	details, err := c.codec.DecodeDetails(doc)
	if err != nil {
		c.wrong(id, "its document cannot be decoded (format %d)", doc.Format)
		return
	}
	again, err := c.codec.EncodeDetails(details)
	// An older format is rendered anew in the present one.
	if err != nil || (again.Format == doc.Format && !bytes.Equal(again.Body, doc.Body)) {
		c.wrong(id, "its document differs from what its parts make")
	}
}

func (c *checker) notes(v View, head Head) {
	notes, err := v.Notes(head.ID)
	if err != nil {
		c.wrong(head.ID, "its notes cannot be read: %v", err)
		return
	}
	if int64(len(notes)) != head.Notes {
		c.wrong(head.ID, "has %d notes, and counts %d", len(notes), head.Notes)
	}
	for i, n := range notes {
		if n.Seq != int64(i+1) {
			c.wrong(head.ID, "note %d is missing", i+1)
			return
		}
	}
	c.seen.Notes += int64(len(notes))
}

func (c *checker) history(v View, head Head) {
	changes, err := v.History(head.ID)
	if err != nil {
		c.wrong(head.ID, "its history cannot be read: %v", err)
		return
	}
	c.seen.Changes += int64(len(changes))
	if int64(len(changes)) != head.Changes {
		c.wrong(head.ID, "its history has %d entries, and the order counts %d", len(changes), head.Changes)
	}
	for i, entry := range changes {
		if entry.Seq != int64(i+1) {
			c.wrong(head.ID, "entry %d of its history is missing", i+1)
			return
		}
	}
	c.chain(head, changes)
	c.merchantID(head, changes)
}

// merchantID looks for the shop's own id in the history.
func (c *checker) merchantID(head Head, changes []Change) {
	for _, entry := range slices.Backward(changes) {
		if entry.Kind == ChangeImported {
			return // the order came with it
		}
		if entry.Kind == ChangeMerchantOrderID {
			if entry.To != head.MerchantOrderID {
				c.wrong(head.ID, "its merchant order id is not the one that its history says")
			}
			return
		}
	}
}

// chain follows the statuses from how the order came here to the present one.
func (c *checker) chain(head Head, changes []Change) {
	first := arrival(changes)
	if first < 0 {
		c.wrong(head.ID, "its history does not say how it came here")
		return
	}
	status, before := changes[first].To, ""
	for _, entry := range changes[first+1:] {
		if entry.Kind != ChangeStatus {
			continue
		}
		if entry.From != status {
			c.wrong(head.ID, "entry %d of its history begins in status %s, and the status was %s", entry.Seq, entry.From, status)
			return
		}
		status, before = entry.To, entry.From
	}
	if status != string(head.State.Status) {
		c.wrong(head.ID, "is in status %s, and its history ends in %s", head.State.Status, status)
	}
	if resume := string(head.State.Resume); resume != "" && before != "" && resume != before {
		c.wrong(head.ID, "would go back to status %s, and was in %s", resume, before)
	}
}

// arrival is the index of the last import, or of the placing, which comes
// first; -1 when there is neither.
func arrival(changes []Change) int {
	for i := len(changes) - 1; i >= 0; i-- {
		if changes[i].Kind == ChangeImported || (i == 0 && changes[i].Kind == ChangePlaced) {
			return i
		}
	}
	return -1
}

func (c *checker) carts(ctx context.Context) error {
	for after := CartID(""); ; {
		var ids []CartID
		err := c.storage.View(ctx, func(v View) (err error) {
			if ids, err = v.CartIDs(after, checkPage); err == nil {
				for _, id := range ids {
					c.cart(v, id)
				}
			}
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		c.progress()
	}
}

func (c *checker) cart(v View, id CartID) {
	c.seen.Carts++
	record, err := v.Cart(id)
	if err != nil {
		c.wrong(ID{}, "cart %s cannot be read: %v", id, err)
		return
	}
	if record.Became != 0 {
		return // its contents went into the order
	}
	contents, err := c.codec.DecodeCart(record.Contents)
	if err != nil {
		c.wrong(ID{Store: record.Store}, "cart %s cannot be decoded (format %d)", id, record.Contents.Format)
		return
	}
	again, err := c.codec.EncodeCart(contents)
	if err != nil || (again.Format == record.Contents.Format && !bytes.Equal(again.Body, record.Contents.Body)) {
		c.wrong(ID{Store: record.Store}, "cart %s differs from what its parts make", id)
	}
}
