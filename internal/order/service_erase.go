package order

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
)

// Erased stands where something about a person was. What was absent stays so.
const Erased = "erased"

// Erasure is what is left of an order: the parts that may say something of a
// person, anonymised.
type Erasure struct {
	Document Document
	Tracking []string
	Notes    []Note   // all of them, oldest first
	Changes  []Change // all of them, oldest first
}

// Erase anonymises an order in place: nobody can tell from it any more who it
// was for. Amounts, dates, statuses and goods stay, and the history says that
// it was done. An order that is erased already is left as it is. Scrub
// afterwards frees the files of what was overwritten. The fault is NotFound.
func (s *Service) Erase(ctx context.Context, id ID, why Why) (changed bool, err error) {
	err = s.storage.InTx(ctx, func(tx Tx) error {
		changed, err = s.erase(tx, id, why)
		return err
	})
	return changed, err
}

func (s *Service) erase(tx Tx, id ID, why Why) (changed bool, err error) {
	was, err := s.identity(tx, id)
	if err != nil {
		return false, err
	}
	left, err := s.anonymise(was)
	if err != nil {
		return false, fmt.Errorf("erase order %s: %w", id, err)
	}
	if err := tx.EraseOrder(id, left); err != nil {
		return false, fmt.Errorf("erase order %s: %w", id, err)
	}
	if was.same(left) && slices.ContainsFunc(was.Changes, func(c Change) bool { return c.Kind == ChangeErased }) {
		return false, nil
	}
	return true, tx.AddChange(id, Change{At: s.now(), Actor: why.Actor, Kind: ChangeErased, Reason: why.Reason})
}

// identity loads what of an order may say something of a person.
func (s *Service) identity(v View, id ID) (e Erasure, err error) {
	head, doc, err := v.Detail(id)
	if err != nil {
		return e, fmt.Errorf("load order %s: %w", id, err)
	}
	e = Erasure{Document: doc, Tracking: head.Tracking}
	if e.Notes, err = v.Notes(id); err != nil {
		return e, fmt.Errorf("load the notes of order %s: %w", id, err)
	}
	if e.Changes, err = v.History(id); err != nil {
		return e, fmt.Errorf("load the history of order %s: %w", id, err)
	}
	return e, nil
}

func (e Erasure) same(other Erasure) bool {
	return e.Document.Format == other.Document.Format && bytes.Equal(e.Document.Body, other.Document.Body) &&
		slices.Equal(e.Tracking, other.Tracking) && reflect.DeepEqual(e.Notes, other.Notes) &&
		reflect.DeepEqual(e.Changes, other.Changes)
}

// anonymise is the one place that decides what goes; docs/personal-data.md
// lists it, and a test holds the two together.
func (s *Service) anonymise(was Erasure) (Erasure, error) {
	details, err := s.codec.DecodeDetails(was.Document)
	if err != nil {
		return Erasure{}, fmt.Errorf("decode: %w", err)
	}
	details.anonymise()
	left := Erasure{Notes: slices.Clone(was.Notes), Changes: slices.Clone(was.Changes)}
	if left.Document, err = s.codec.EncodeDetails(details); err != nil {
		return Erasure{}, fmt.Errorf("encode: %w", err)
	}
	if len(was.Tracking) > 0 {
		left.Tracking = []string{Erased} // the carrier knows whose parcel it was
	}
	customers := map[string]bool{}
	for i := range left.Notes {
		customers[left.Notes[i].CreatedBy] = customers[left.Notes[i].CreatedBy] || left.Notes[i].Customer
		left.Notes[i].anonymise()
	}
	for i := range left.Changes {
		left.Changes[i].anonymise(customers)
	}
	return left, nil
}

func (d *Details) anonymise() {
	for _, a := range []*Address{&d.ShipTo, &d.BillTo} {
		// Country and state stay: taxes are reported by them.
		blot(&a.Name, &a.Company, &a.Email, &a.Phone, &a.AltPhone,
			&a.Address1, &a.Address2, &a.Address3, &a.City, &a.Zip)
	}
	blot(&d.NationalIdentifier, &d.BirthDate, &d.PONumber)
	blot(&d.Shipping.CarrierAccountNumber, &d.Shipping.Instructions)
	blot(&d.Payment.LastFour)
	for i := range d.Misc {
		blot(&d.Misc[i]) // shops put anything there
	}
	for i := range d.Items {
		item := &d.Items[i] // an engraving names people
		blot(&item.Customization, &item.DescriptionLong, &item.DescriptionDetailed)
		item.Extra = ""
	}
	d.dropExtra()
}

// dropExtra drops the keys that nobody here knows the meaning of.
func (d *Details) dropExtra() {
	d.Extra, d.Beside, d.Totals.Breakdown.Extra, d.Payment.Extra = "", "", "", ""
	if d.Promo != nil {
		d.Promo.Extra = ""
	}
}

func (n *Note) anonymise() {
	blot(&n.Text)
	n.Extra = ""
	if n.Customer {
		blot(&n.CreatedBy)
	}
}

// anonymise drops free text, tracking numbers, and customers who wrote notes.
// Who else changed what, from which status to which, stays, and so do the
// shop's ids and why it was erased.
func (c *Change) anonymise(customers map[string]bool) {
	if c.Kind != ChangeErased {
		blot(&c.Reason)
	}
	if c.Kind != ChangeMerchantOrderID {
		// An import brings entries of kinds that nobody here knows.
		blotUnlessStatus(&c.From, &c.To)
	}
	if customers[c.Actor] && !slices.Contains(staffKinds, c.Kind) {
		blot(&c.Actor)
	}
}

// staffKinds are the entries that customers never are the actors of, even if
// one of them goes by the same name.
var staffKinds = []ChangeKind{ChangePlaced, ChangeStatus, ChangeMerchantOrderID, ChangeTracking, ChangeImported, ChangeErased}

func blotUnlessStatus(texts ...*string) {
	for _, text := range texts {
		if _, ok := ParseStatus(*text); !ok {
			blot(text)
		}
	}
}

func blot(texts ...*string) {
	for _, text := range texts {
		if *text != "" {
			*text = Erased
		}
	}
}

// retention is who erases what is due.
var retention = Why{Actor: "retention", Reason: "the store's time for keeping identities has passed"}

// retentionPage is how many orders EraseDue looks at in one view.
const retentionPage = 5000

// EraseDue erases the orders whose stores keep identities no longer, and says
// how many there were. An error is of the first that could not be erased. It looks at every order's age, in
// whatever status the order is: the time that a store promises is a promise.
func (s *Service) EraseDue(ctx context.Context) (total int, err error) {
	stores, err := s.Stores(ctx)
	if err != nil {
		return 0, fmt.Errorf("load the stores: %w", err)
	}
	for _, store := range stores {
		if store.Settings.RetainIdentity == 0 {
			continue
		}
		n, failed := s.eraseDueOf(ctx, store)
		total += n
		if failed != nil && err == nil {
			err = fmt.Errorf("erase what is due of store %d: %w", store.Number, failed)
		}
	}
	return total, err
}

func (s *Service) eraseDueOf(ctx context.Context, store Store) (total int, failed error) {
	before := s.now().Add(-store.Settings.RetainIdentity)
	for after := Number(0); ; {
		var page, due []Number
		err := s.storage.View(ctx, func(v View) (err error) {
			if page, err = v.Numbers(store.Number, after, retentionPage); err != nil || len(page) == 0 {
				return err
			}
			due, err = v.Identified(store.Number, after, page[len(page)-1], before)
			return err
		})
		if err != nil || len(page) == 0 {
			return total, errors.Join(failed, err)
		}
		n, err := s.eraseEach(ctx, store.Number, due)
		total += n
		if failed == nil {
			failed = err
		}
		after = page[len(page)-1]
	}
}

// eraseEach erases one after the other, so that other writers come in between
// and one that cannot be erased keeps no other from it.
func (s *Service) eraseEach(ctx context.Context, store StoreNumber, due []Number) (total int, failed error) {
	for _, n := range due {
		_, err := s.Erase(ctx, ID{store, n}, retention)
		switch {
		case err == nil:
			total++
		case failed == nil:
			failed = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return total, failed
}

// Scrub makes sure that nothing of what was erased is left in the files. The
// fault Unavailable says that readers keep it from being so now; ask again.
func (s *Service) Scrub(ctx context.Context) error {
	if err := s.storage.Scrub(ctx); err != nil {
		return fmt.Errorf("scrub the files: %w", err)
	}
	return nil
}
