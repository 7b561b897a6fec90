package main

import (
	"context"
	"fmt"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// moveFlags are what all moves take.
type moveFlags struct {
	dataFlag
	whyFlags
	jsonFlag
	orderArg
}

// The system's moves, one command each.
type (
	orderHoldCommand               struct{ moveFlags }
	orderReleaseCommand            struct{ moveFlags }
	orderApproveCommand            struct{ moveFlags }
	orderRejectCommand             struct{ moveFlags }
	orderCancelCommand             struct{ moveFlags }
	orderGrantCancellationCommand  struct{ moveFlags }
	orderRefuseCancellationCommand struct{ moveFlags }
	orderLabelsBeginCommand        struct{ moveFlags }
	orderLabelsEndCommand          struct{ moveFlags }
)

// Run holds the order.
func (c *orderHoldCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.Hold)
}

// Run ends the hold.
func (c *orderReleaseCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.Release)
}

// Run passes the fraud review.
func (c *orderApproveCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.PassReview)
}

// Run fails the fraud review.
func (c *orderRejectCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.FailReview)
}

// Run cancels the order.
func (c *orderCancelCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.Cancel)
}

// Run cancels the order as its shop has asked.
func (c *orderGrantCancellationCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.GrantCancellation)
}

// Run sends the order back to where it was.
func (c *orderRefuseCancellationCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.RefuseCancellation)
}

// Run locks the order while its labels are made.
func (c *orderLabelsBeginCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.BeginLabels)
}

// Run says that the labels are printed.
func (c *orderLabelsEndCommand) Run(ctx context.Context, con console) error {
	return c.move(ctx, con, order.EndLabels)
}

func (f moveFlags) move(ctx context.Context, con console, move order.Move) error {
	return withService(ctx, f.dataFlag, false, func(s *order.Service) error {
		change, err := s.Transition(ctx, f.ID.ID, move, f.why("order "+commandOf[move]))
		if err != nil {
			return f.refused(ctx, s, move, err)
		}
		return f.print(con, change)
	})
}

// movedJSON is what a move answers (docs/cli-json.md).
type movedJSON struct {
	OrderID string `json:"orderId"`
	From    string `json:"from"`
	To      string `json:"to"`
}

func (f moveFlags) print(con console, c order.Change) error {
	if f.JSON {
		return writeJSON(con.Out, movedJSON{f.ID.String(), c.From, c.To})
	}
	_, err := fmt.Fprintf(con.Out, "%s: %s -> %s\n", f.ID, c.From, c.To)
	return err
}

// refused says which moves the order's present status allows instead.
func (f moveFlags) refused(ctx context.Context, s *order.Service, move order.Move, err error) error {
	switch {
	case fault.Is(err, fault.NotFound):
		return noOrder(f.ID.ID, err)
	case !fault.Is(err, fault.StatusLocked) && !fault.Is(err, fault.StatusUnchanged):
		return err
	}
	head, failed := loadHead(ctx, s, f.ID.ID)
	if failed != nil {
		return err
	}
	refusal := fmt.Errorf("order %s is in status %s and cannot be moved by %s", f.ID, head.State.Status, commandOf[move])
	return withHint(refusal, ways(head.State.Status))
}

func loadHead(ctx context.Context, s *order.Service, id order.ID) (head order.Head, err error) {
	err = s.Operate(ctx, id.Store, func(r order.Reader) error {
		head, err = r.Head(id.Number)
		return err
	})
	return head, err
}
