package order

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"entrepot/internal/fault"
)

// The bounds of what a shop may hang on an order.
const (
	maxMerchantOrderID = 255  // characters
	maxTrackingNumber  = 100  // characters
	maxTrackingNumbers = 1000 // on one order
	maxNote            = 10_000
)

// change runs a change of one order and its entry in the history in one
// transaction. fn answers nil when there is nothing to change.
func (s *Service) change(ctx context.Context, id ID, why Why, fn func(Tx, Head) (*Change, error)) error {
	err := s.storage.InTx(ctx, func(tx Tx) error {
		head, err := tx.Head(id)
		if err != nil {
			return err
		}
		c, err := fn(tx, head)
		if err != nil || c == nil {
			return err
		}
		c.At, c.Actor = s.now(), why.Actor
		if c.Reason == "" {
			c.Reason = why.Reason
		}
		return tx.AddChange(id, *c)
	})
	if err != nil {
		return fmt.Errorf("change order %s: %w", id, err)
	}
	return nil
}

// Move takes an order along one of the system's moves. The faults are
// NotFound and those of Next.
func (s *Service) Move(ctx context.Context, id ID, move Move, why Why) error {
	_, err := s.move(ctx, id, move, "", why)
	return err
}

// VendorMove takes an order to the status that its vendor asks for. The faults
// are NotFound and those of Next.
func (s *Service) VendorMove(ctx context.Context, id ID, requested Status, why Why) error {
	_, err := s.move(ctx, id, Vendor, requested, why)
	return err
}

func (s *Service) move(ctx context.Context, id ID, move Move, requested Status, why Why) (c Change, err error) {
	err = s.change(ctx, id, why, func(tx Tx, head Head) (*Change, error) {
		next, err := Next(head.State, move, requested)
		if err != nil {
			return nil, err
		}
		c = Change{Kind: ChangeStatus, From: string(head.State.Status), To: string(next.Status)}
		return &c, tx.SetState(id, head.State, next, s.now())
	})
	return c, err
}

// SetMerchantOrderID records the shop's own id of an order; the last one wins.
func (s *Service) SetMerchantOrderID(ctx context.Context, id ID, merchantOrderID string, why Why) error {
	if utf8.RuneCountInString(merchantOrderID) > maxMerchantOrderID {
		return fault.Field("merchantOrderId", fmt.Sprintf("is longer than %d characters", maxMerchantOrderID))
	}
	return s.change(ctx, id, why, func(tx Tx, head Head) (*Change, error) {
		if head.MerchantOrderID == merchantOrderID {
			return nil, nil
		}
		c := &Change{Kind: ChangeMerchantOrderID, From: head.MerchantOrderID, To: merchantOrderID}
		return c, tx.SetMerchantOrderID(id, merchantOrderID)
	})
}

// AddTracking adds tracking numbers to an order, each once, in the order
// given. It is taken in every status and changes none.
func (s *Service) AddTracking(ctx context.Context, id ID, numbers []string, why Why) error {
	for i, n := range numbers {
		if utf8.RuneCountInString(n) > maxTrackingNumber {
			return fault.Field(fmt.Sprintf("trackingList[%d].number", i), fmt.Sprintf("is longer than %d characters", maxTrackingNumber))
		}
	}
	return s.change(ctx, id, why, func(tx Tx, head Head) (*Change, error) {
		all := slices.Clone(head.Tracking)
		for _, n := range numbers {
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
		added := all[len(head.Tracking):]
		if len(added) == 0 {
			return nil, nil
		}
		if len(all) > maxTrackingNumbers {
			return nil, fault.Field("trackingList", fmt.Sprintf("would give the order more than %d numbers", maxTrackingNumbers))
		}
		return &Change{Kind: ChangeTracking, To: strings.Join(added, ",")}, tx.SetTracking(id, all)
	})
}

// AddNote appends a note to an order.
func (s *Service) AddNote(ctx context.Context, id ID, note Note, why Why) error {
	_, err := s.AppendNote(ctx, id, note, why)
	return err
}

// AppendNote is AddNote, and tells the note's number.
func (s *Service) AppendNote(ctx context.Context, id ID, note Note, why Why) (number int64, err error) {
	if note.Text == "" || utf8.RuneCountInString(note.Text) > maxNote {
		return 0, fault.Field("note", fmt.Sprintf("is empty or longer than %d characters", maxNote))
	}
	err = s.change(ctx, id, why, func(tx Tx, head Head) (*Change, error) {
		number = head.Notes + 1
		note.CreatedAt, note.CreatedBy = s.now(), why.Actor
		return &Change{Kind: ChangeNote}, tx.AddNote(id, note)
	})
	return number, err
}
