package merchantsync

import (
	"errors"
	"fmt"
	"time"

	"entrepot/client"
)

// kept is what the ledger keeps of an attempt.
type kept struct {
	Delivery
	report *Report // of the id that was answered
	failed *NotTakenError
}

// judge says what the ledger keeps of attempts, and counts them. Attempts that
// were cut off are left as they are.
func (p *pass) judge(ended []outcomeOf, now time.Time) (all []kept, fed Fed) {
	for _, o := range ended {
		if o.err != nil && p.under.Err() != nil {
			continue // our own end says nothing about the receiver
		}
		k := kept{Delivery: o.Delivery}
		if o.err != nil {
			p.feed.fail(&k, o.err, now)
		} else {
			k.report = p.feed.reportOf(&o, now)
		}
		p.feed.breaker.note(k.failed != nil && !k.failed.Refused, now, p.feed.o.Jitter())
		fed.count(&k)
		all = append(all, k)
	}
	return all, fed
}

func (f *Fed) count(k *kept) {
	switch {
	case k.failed == nil:
		f.Taken++
	case k.failed.Refused:
		f.Refused++
	default:
		f.Failed++
	}
}

// fail sets when to try again.
func (f *ReceiverFeed) fail(k *kept, err error, now time.Time) {
	var told *NotTakenError
	if !errors.As(err, &told) {
		told = &NotTakenError{Reason: err.Error()}
	}
	waits := f.o.Retry
	if told.Refused {
		waits = f.o.Refused
	}
	k.failed, k.Reason = told, told.Reason
	k.Attempts++
	k.RetryAt = now.Add(max(waits.After(k.Attempts, f.o.Jitter()), told.After))
}

// reportOf makes a report of the id that a receiver answered, unless the order
// has it. It is reported once: two destinations with ids of their own would
// otherwise take turns for ever, since each report changes the order.
func (f *ReceiverFeed) reportOf(o *outcomeOf, now time.Time) *Report {
	if o.merchantOrderID == "" || merchantIDIn(o.Document) == o.merchantOrderID {
		return nil
	}
	return &Report{
		Key:     fmt.Sprintf("%s:%s:%s", f.o.Name, o.OrderID, o.merchantOrderID),
		OrderID: o.OrderID,
		Kind:    ReportMerchantID,
		Value:   o.merchantOrderID,
		State:   Pending,
		MadeAt:  now,
	}
}

// merchantIDIn is the shop's id in a document that was read before.
func merchantIDIn(document []byte) string {
	order, err := client.DecodeOrder(document)
	if err != nil {
		return ""
	}
	return order.MerchantOrderID
}

func (k *kept) keep(tx Tx, destination string) error {
	if k.failed != nil {
		return tx.PutDelivery(k.Delivery)
	}
	if k.report != nil {
		if _, err := tx.AddReports([]Report{*k.report}); err != nil {
			return err
		}
	}
	return tx.DropDelivery(destination, k.Seq)
}

// tell logs one line for each attempt. Reasons may hold what a shop's program
// said of a shopper, so they are in the ledger only.
func (p *pass) tell(all []kept) {
	log := p.feed.o.Log
	for _, k := range all {
		key := fmt.Sprintf("%d-%d", k.Store, k.Seq)
		if k.failed == nil {
			log.Debug("taken", "key", key, "order", k.OrderID, "kind", k.Kind)
			continue
		}
		log.Warn("not taken", "key", key, "order", k.OrderID, "kind", k.Kind,
			"attempts", k.Attempts, "refused", k.failed.Refused, "again", k.RetryAt.UTC())
	}
}
