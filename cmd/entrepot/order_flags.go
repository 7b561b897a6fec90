package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// whyFlags say who changes something, and why.
type whyFlags struct {
	As     string `help:"Who does it, for the history." default:"${user}"`
	Reason string `help:"Why, for the history; the command's name when nobody says." placeholder:"TEXT"`
}

func (f whyFlags) why(command string) order.Why {
	if strings.TrimSpace(f.As) == "" {
		f.As = userName()
	}
	if strings.TrimSpace(f.Reason) == "" {
		f.Reason = command
	}
	return order.Why{Actor: f.As, Reason: f.Reason}
}

// orderArg names one order.
type orderArg struct {
	ID orderID `arg:"" name:"order" help:"The order's full id, such as 999-17."`
}

// orderID is a full id on the command line.
type orderID struct{ order.ID }

// UnmarshalText reads the id.
func (i *orderID) UnmarshalText(text []byte) (err error) {
	i.ID, err = order.ParseID(strings.TrimSpace(string(text)))
	return err
}

// day is a date on the command line, in UTC.
type day struct{ time.Time }

// UnmarshalText reads 2026-01-31, or 20260131 as the API has it.
func (d *day) UnmarshalText(text []byte) (err error) {
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if d.Time, err = time.Parse(layout, string(text)); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%q is no date; expected one like 2026-01-31", text)
}

// status is a status on the command line: its name, or the short form.
type status order.Status

// UnmarshalText reads IGLOBAL_ORDER_ON_HOLD or on-hold.
func (s *status) UnmarshalText(text []byte) error {
	for _, known := range order.Statuses() {
		if string(text) == string(known) || string(text) == shortStatus(known) {
			*s = status(known)
			return nil
		}
	}
	return fmt.Errorf("%q is no status; expected one of %s", text, strings.Join(shortStatuses(), ", "))
}

// shortStatus leaves out who sets the status.
func shortStatus(s order.Status) string {
	short := string(s)
	for _, prefix := range []string{"IGLOBAL_ORDER_", "IGLOBAL_", "VENDOR_"} {
		if rest, ok := strings.CutPrefix(short, prefix); ok {
			short = rest
			break
		}
	}
	return strings.ReplaceAll(strings.ToLower(short), "_", "-")
}

func shortStatuses() []string {
	var names []string
	for _, s := range order.Statuses() {
		names = append(names, shortStatus(s))
	}
	return names
}

// storeFlag names a store; the only one needs no naming.
type storeFlag struct {
	Store int64 `help:"The store's number; needed when there are several." placeholder:"N"`
}

func (f storeFlag) pick(ctx context.Context, s *order.Service) (order.StoreNumber, error) {
	if f.Store != 0 {
		_, err := s.Store(ctx, order.StoreNumber(f.Store))
		return order.StoreNumber(f.Store), noStore(f.Store, err)
	}
	stores, err := s.Stores(ctx)
	switch {
	case err != nil:
		return 0, err
	case len(stores) == 0:
		return 0, withHint(errors.New("there is no store"), "`entrepot store add` makes one")
	case len(stores) > 1:
		return 0, withHint(errors.New("there are several stores"), "say which with --store; `entrepot store list` shows them")
	}
	return stores[0].Number, nil
}

// noOrder says that there is no such order, and how to find one.
func noOrder(id order.ID, err error) error {
	if fault.Is(err, fault.NotFound) {
		return withHint(fmt.Errorf("there is no order %s", id), fmt.Sprintf("`entrepot order list --store %d` shows the newest", id.Store))
	}
	return err
}

// commandOf are the names of the commands that make the system's moves.
var commandOf = map[order.Move]string{
	order.PassReview: "approve", order.FailReview: "reject", order.Hold: "hold", order.Release: "release",
	order.Cancel: "cancel", order.GrantCancellation: "grant-cancellation", order.RefuseCancellation: "refuse-cancellation",
	order.BeginLabels: "labels-begin", order.EndLabels: "labels-end",
}

// ways says which commands lead out of a status.
func ways(from order.Status) string {
	moves := order.Allowed(from)
	var names []string
	for _, move := range moves {
		if name, ok := commandOf[move]; ok {
			names = append(names, name)
		}
	}
	switch {
	case len(moves) == 0:
		return fmt.Sprintf("%s is final: nothing leads out of it", from)
	case slices.Contains(moves, order.Vendor):
		names = append(names, "or the shop's own updateVendorOrderStatus")
	}
	return fmt.Sprintf("from %s an order can: %s", from, strings.Join(names, ", "))
}
