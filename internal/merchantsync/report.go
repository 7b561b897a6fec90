package merchantsync

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"entrepot/client"
)

// reportsAtOnce bounds the reports that are read together.
const reportsAtOnce = 200

// report sends what the shop wants the service to know, those of one order in
// their order, and keeps what became of each.
func (d *Daemon) report(ctx context.Context, run *Run) error {
	for {
		var due []Report
		err := d.ledger.View(ctx, func(v View) (err error) {
			due, err = v.Reports(d.o.Clock(), reportsAtOnce)
			return err
		})
		if err != nil || len(due) == 0 {
			return wrap("read what to report", err)
		}
		if err := d.sendAll(ctx, run, due); err != nil {
			return wrap("report", err)
		}
	}
}

// sendAll sends reports of different orders, some at once.
func (d *Daemon) sendAll(ctx context.Context, run *Run, due []Report) error {
	barred, err := d.barred(ctx, due)
	if err != nil {
		return err
	}
	answers := make([]error, len(due))
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(d.o.Fetches, len(due)) {
		workers.Go(func() {
			for i := range next {
				if answers[i] = barred[due[i].OrderID.Number()]; answers[i] == nil {
					answers[i] = d.send(ctx, due[i])
				}
			}
		})
	}
	for i := range due {
		next <- i
	}
	close(next)
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return err // what was sent is sent again, which changes nothing
	}
	return d.keepAnswers(ctx, run, due, answers)
}

// barred tells of orders of the tables that the service does not show now, or
// under whose number it may have another one. What the shop says is of the
// order that it knows.
func (d *Daemon) barred(ctx context.Context, due []Report) (map[int64]error, error) {
	numbers := make([]int64, len(due))
	for i, r := range due {
		numbers[i] = r.OrderID.Number()
	}
	known, troubles, err := d.known(ctx, numbers)
	barred := map[int64]error{}
	for number, t := range troubles {
		if _, there := known[number]; there && t.Reason != errOlder.Error() && t.Reason != errBehind.Error() {
			barred[number] = &barredError{t.Reason}
		}
	}
	return barred, err
}

// barredError says why a report waits.
type barredError struct{ reason string }

func (e *barredError) Error() string { return "not sent: " + e.reason }

func (d *Daemon) keepAnswers(ctx context.Context, run *Run, due []Report, answers []error) error {
	now := d.o.Clock()
	var fatal error
	for i := range due {
		if hopeless(answers[i]) {
			fatal = answers[i]
			continue
		}
		due[i] = d.answered(due[i], answers[i], now)
	}
	err := d.ledger.InTx(ctx, func(tx Tx) error {
		for i, r := range due {
			if hopeless(answers[i]) {
				continue
			}
			if err := d.keepAnswer(tx, r, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return wrap("keep what became of reports", err)
	}
	d.tellReports(run, due)
	return fatal
}

// keepAnswer also has an order fetched of which the service now knows more,
// until it shows that.
func (d *Daemon) keepAnswer(tx Tx, r Report, now time.Time) error {
	if err := tx.SetReport(r); err != nil || r.State != Taken {
		return err
	}
	number := r.OrderID.Number()
	document, err := tx.Document(number)
	if err != nil || document == nil || shows(document, r) {
		return err
	}
	return tx.PutTroubles([]Trouble{{Number: number, Reason: errBehind.Error(), Since: now, RetryAt: now}})
}

// shows reports whether a document has what a report says.
func shows(document []byte, r Report) bool {
	o, err := client.DecodeOrder(document)
	if err != nil {
		return false
	}
	switch r.Kind {
	case ReportMerchantID:
		return o.MerchantOrderID == r.Value
	case ReportTracking:
		has := o.TrackingNumbers()
		return !slices.ContainsFunc(trackingNumbers(r.Value), func(n string) bool { return !slices.Contains(has, n) })
	default:
		return o.Status == client.Status(r.Value) || (o.Status == client.VendorLabelsPrinted && r.Value == "VENDOR_LABELS_PRINTED")
	}
}

func (d *Daemon) send(ctx context.Context, r Report) error {
	switch r.Kind {
	case ReportMerchantID:
		return d.api.UpdateMerchantOrderID(ctx, r.OrderID, r.Value)
	case ReportStatus:
		return d.api.UpdateStatus(ctx, r.OrderID, client.Status(r.Value))
	case ReportTracking:
		return d.api.SetTracking(ctx, r.OrderID, trackingNumbers(r.Value)...)
	}
	return &client.InvalidRequestError{Field: "kind", Text: "kind: " + string(r.Kind) + " is none of merchant_order_id, status, tracking"}
}

func trackingNumbers(value string) (numbers []string) {
	for number := range strings.SplitSeq(value, ",") {
		if number = strings.TrimSpace(number); number != "" {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// answered is a report after the service has answered.
func (d *Daemon) answered(r Report, err error, now time.Time) Report {
	r.Attempts++
	r.Reason, r.RetryAt = "", time.Time{}
	r.State = stateOf(err)
	if err != nil && r.State != Taken {
		r.Reason = reason(err)
	}
	if r.State == Pending {
		r.RetryAt = now.Add(d.o.Retry.After(r.Attempts, d.o.Jitter()))
	}
	return r
}

// stateOf is what becomes of a report by the service's answer. An order that
// is held or whose labels are being made may be movable again later.
func stateOf(err error) ReportState {
	if _, waits := errors.AsType[*barredError](err); waits {
		return Pending
	}
	if _, already := errors.AsType[*client.AlreadyThereError](err); err == nil || already {
		return Taken
	}
	if locked, is := errors.AsType[*client.LockedError](err); is {
		if Final(locked.From) {
			return Refused
		}
		return Pending
	}
	if _, lost := errors.AsType[*client.ConflictError](err); lost || client.Temporary(err) {
		return Pending
	}
	return Refused
}

func (d *Daemon) tellReports(run *Run, done []Report) {
	for _, r := range done {
		switch {
		case r.State == Taken:
			run.Reported++
			d.o.Log.Info("reported", "order", r.OrderID, "kind", r.Kind)
		case r.State == Refused:
			run.Refused++
			d.o.Log.Warn("report refused", "order", r.OrderID, "kind", r.Kind, "reason", r.Reason)
		case r.Attempts > 0:
			d.o.Log.Warn("report not taken yet", "order", r.OrderID, "kind", r.Kind, "reason", r.Reason, "again", r.RetryAt)
		}
	}
}
