package ledger_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

// TestShopReports writes reports as a shop does: three columns, nothing else.
func TestShopReports(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		o.Clock = func() time.Time { return begin }
		l := open(t, o)
		const odd, kind, empty, unsynced = "order_id is not the id of an order, such as 999-99999",
			"kind is none of merchant_order_id, status, tracking", "value is empty", "no daemon syncs the store 7 into this database"
		tests := []struct{ order, kind, value, state, reason string }{
			{"999-17", "status", "VENDOR_SHIPMENT_READY", "pending", "~"},
			{" 999-17 ", "tracking", "T1,T2", "pending", "~"},
			{"999-123456789012345678", "merchant_order_id", "M", "pending", "~"},
			{"17", "status", "X", "refused", odd},
			{"", "status", "X", "refused", odd},
			{"999-", "status", "X", "refused", odd},
			{"-17", "status", "X", "refused", odd},
			{"999-0", "status", "X", "refused", odd},
			{"999-017", "status", "X", "refused", odd},
			{"999-17x", "status", "X", "refused", odd},
			{"999-1-7", "status", "X", "refused", odd},
			{"999--7", "status", "X", "refused", odd},
			{"9 99-17", "status", "X", "refused", odd},
			{"999-1234567890123456789", "status", "X", "refused", odd},
			{"1234567890123456789-17", "status", "X", "refused", odd},
			{"7-17", "status", "X", "refused", unsynced},
			{"999-17", "colour", "X", "refused", kind},
			{"999-17", "Status", "X", "refused", kind},
			{"999-17", "tracking", " ", "refused", empty},
		}
		for _, test := range tests {
			mustExec(t, o, "DELETE FROM entrepot_reports",
				fmt.Sprintf("INSERT INTO entrepot_reports (order_id, kind, value) VALUES ('%s', '%s', '%s')", test.order, test.kind, test.value))
			if got, want := query(t, o, "SELECT state, reason FROM entrepot_reports"), test.state+"|"+test.reason; got != want {
				t.Errorf("%q %q %q is %s, want %s", test.order, test.kind, test.value, got, want)
			}
			due := read(t, l, func(v merchantsync.View) ([]merchantsync.Report, error) { return v.Reports(begin, 9) })
			stuck := read(t, l, func(v merchantsync.View) ([]merchantsync.Stuck, error) { return v.Stuck(9) })
			tally := read(t, l, func(v merchantsync.View) (merchantsync.Tally, error) { return v.Tally(begin) })
			pending := test.state == "pending"
			if (len(due) == 1) != pending || (len(stuck) == 0) != pending || tally.Reports[merchantsync.ReportState(test.state)] != 1 {
				t.Errorf("%q %q %q: due %v, stuck %v, %v", test.order, test.kind, test.value, due, stuck, tally.Reports)
			}
			if pending && (string(due[0].OrderID) != strings.TrimSpace(test.order) || due[0].MadeAt.IsZero() || due[0].Attempts != 0) {
				t.Errorf("%q is listed as %+v", test.order, due[0])
			}
		}
		if err := shopExec(o, "INSERT INTO entrepot_reports (order_id, kind) VALUES ('999-17', 'status')"); err == nil {
			t.Error("a report without a value is taken")
		}
	})
}

// TestAddedReports adds what a file of the shop's may hold.
func TestAddedReports(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		o.Clock = func() time.Time { return begin }
		l := open(t, o)
		add := func() (added int) {
			write(t, l, func(tx merchantsync.Tx) (err error) {
				added, err = tx.AddReports([]merchantsync.Report{
					{Key: "1", OrderID: "17", Kind: merchantsync.ReportStatus, Value: "VENDOR_SHIPMENT_READY"},
					{Key: "2", OrderID: "nonsense", Kind: merchantsync.ReportStatus, Value: "X"},
					{Key: "3", OrderID: "999-17", Kind: "colour", Value: "green"},
				})
				return err
			})
			return added
		}
		if first, second := add(), add(); first != 3 || second != 0 {
			t.Errorf("%d were added, and then %d", first, second)
		}
		other := o
		other.Store = 7
		write(t, open(t, other), func(tx merchantsync.Tx) error { // it is none of its business
			return tx.SetReport(merchantsync.Report{ID: 1, State: merchantsync.Taken})
		})
		if got := columns(t, o, "entrepot_reports", "id order_id state made_at"); got !=
			"1|999-17|pending|2030-01-02T03:04:05.678Z\n2|nonsense|refused|2030-01-02T03:04:05.678Z\n3|999-17|refused|2030-01-02T03:04:05.678Z" {
			t.Errorf("the reports are\n%s", got)
		}
	})
}
