package merchantsync_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	zombiezen "zombiezen.com/go/sqlite"
)

// audit compares the two databases, both read by SQL alone. It shares no code
// with the daemon.
type audit struct {
	t     testing.TB
	world *world
	there map[int64]*thereOrder
	wrong []string
}

// thereOrder is an order in the service's database.
type thereOrder struct {
	status             string
	at                 int64
	test               bool
	merchant, tracking string
	history            []string // of statuses
}

// audit answers what is wrong.
func (w *world) audit() []string {
	w.t.Helper()
	a := &audit{t: w.t, world: w}
	a.readService()
	a.orders()
	a.changes()
	a.statuses()
	a.reports()
	a.lines()
	a.empty("trouble", "SELECT number, reason FROM entrepot_troubles")
	return a.wrong
}

func (a *audit) say(what, format string, args ...any) {
	a.wrong = append(a.wrong, what+": "+fmt.Sprintf(format, args...))
}

func (a *audit) service(sql string) []row {
	a.t.Helper()
	conn, err := zombiezen.OpenConn(a.world.file, zombiezen.OpenReadOnly)
	if err != nil {
		a.t.Fatal(err)
	}
	rows, err := queryFile(conn, sql)
	if err = errors.Join(err, conn.Close()); err != nil {
		a.t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

func (a *audit) shop(sql string) []row {
	a.t.Helper()
	return a.world.shop.query(a.t, sql)
}

func (a *audit) readService() {
	a.there = map[int64]*thereOrder{}
	for _, r := range a.service("SELECT number, status, status_at, test, merchant_order_id, tracking FROM orders") {
		a.there[r.number(0)] = &thereOrder{r[1], r.number(2), r.truth(3), r[4], r[5], nil}
	}
	// Placing is the first entry of a history.
	for _, r := range a.service("SELECT number, became FROM order_changes WHERE kind IN ('placed', 'status') ORDER BY number, seq") {
		o := a.there[r.number(0)]
		o.history = append(o.history, r[1])
	}
}

// orders looks for what is lost, and for what stands wrong.
func (a *audit) orders() {
	here := map[int64]int{}
	for _, r := range a.shop("SELECT number, status, status_at, test, standing, coalesce(merchant_order_id, ''), coalesce(tracking, '') FROM entrepot_orders ORDER BY number") {
		number := r.number(0)
		here[number]++
		o := a.there[number]
		switch {
		case o == nil:
			a.say("invented", "order %d", number)
			continue
		case r[1] != o.status || r.moment(2) != o.at:
			a.say("wrong last status", "order %d is %s since %d here, %s since %d there", number, r[1], r.moment(2), o.status, o.at)
		case r[4] != standingOf(o.status):
			a.say("wrong standing", "order %d in %s is %s", number, o.status, r[4])
		}
		if r.truth(3) != o.test {
			a.say("wrong", "order %d: test is %s", number, r[3])
		}
		// Nobody follows what comes to an order after its end.
		if !ended(o.status) && (r[5] != o.merchant || r[6] != o.tracking) {
			a.say("wrong", "order %d has %q and %q here, %q and %q there", number, r[5], r[6], o.merchant, o.tracking)
		}
	}
	for number, o := range a.there {
		if here[number] == 0 {
			a.say("lost", "order %d, %s", number, o.status)
		}
	}
}

func ended(status string) bool {
	return status == "IGLOBAL_ORDER_CANCELLED" || status == "VENDOR_END_OF_DAY_COMPLETE"
}

func standingOf(status string) string {
	switch status {
	case "IGLOBAL_ORDER_CANCELLED":
		return "cancelled"
	case "IGLOBAL_FRAUD_REVIEW", "IGLOBAL_ORDER_ON_HOLD", "VENDOR_CANCELLATION_REQUEST":
		return "held"
	}
	return "ready"
}

// changes looks for what came twice: each order begins with one import, and
// what follows says how its standing changed.
func (a *audit) changes() {
	last := map[int64]string{}
	for i, r := range a.shop("SELECT seq, number, kind, standing, status FROM entrepot_changes ORDER BY seq") {
		number, kind, standing := r.number(1), r[2], r[3]
		if r.number(0) != int64(i+1) {
			a.say("gap", "change %d is number %s", i+1, r[0])
		}
		was, known := last[number]
		switch {
		case kind == "imported" && known:
			a.say("twice", "order %d is imported again", number)
		case kind != "imported" && !known:
			a.say("wrong", "order %d is %s before it is imported", number, kind)
		case known && kind != kindOf(was, standing):
			a.say("wrong", "order %d goes from %s to %s, and that is called %s", number, was, standing, kind)
		}
		if standing != standingOf(r[4]) {
			a.say("wrong standing", "change %s: %s is %s", r[0], r[4], standing)
		}
		last[number] = standing
	}
	for _, r := range a.shop("SELECT number, standing FROM entrepot_orders") {
		if last[r.number(0)] != r[1] {
			a.say("wrong standing", "order %s is %s, its last change says %s", r[0], r[1], last[r.number(0)])
		}
	}
}

func kindOf(was, is string) string {
	switch {
	case was == is:
		return "updated"
	case is == "ready":
		return "released"
	}
	return is
}

// statuses looks at histories: what the shop saw must be part of what was, in
// its order, and nothing of it twice.
func (a *audit) statuses() {
	seen, since := map[int64][]string{}, map[int64]int64{}
	for _, r := range a.shop("SELECT number, seq, status, status_at FROM entrepot_order_statuses ORDER BY number, seq") {
		number := r.number(0)
		if r.moment(3) <= since[number] {
			a.say("history", "order %d: %s since %d comes after a status since %d", number, r[2], r.moment(3), since[number])
		}
		since[number] = r.moment(3)
		seen[number] = append(seen[number], r[2])
		if int64(len(seen[number])) != r.number(1) {
			a.say("history", "order %d: status %d has number %s", number, len(seen[number]), r[1])
		}
	}
	for number, statuses := range seen {
		if o := a.there[number]; o != nil && !within(statuses, o.history) {
			a.say("history", "order %d went through %v here, %v there", number, statuses, o.history)
		}
	}
	for number := range a.there {
		if len(seen[number]) == 0 {
			a.say("history", "order %d has none", number)
		}
	}
}

// within reports whether some are among all, in the same order.
func within(some, all []string) bool {
	for _, one := range some {
		i := slices.Index(all, one)
		if i < 0 {
			return false
		}
		all = all[i+1:]
	}
	return true
}

// reports looks whether the service has what the shop wrote last.
func (a *audit) reports() {
	k := &a.world.keeper
	for number, want := range k.last {
		if o := a.there[number]; o == nil || o.merchant != want {
			a.say("report", "order %d: the shop's id is not %s there: %+v", number, want, o)
		}
	}
	for number, want := range k.sent {
		o := a.there[number]
		for _, one := range want {
			if o == nil || count(strings.Split(o.tracking, ","), one) != 1 {
				a.say("report", "order %d: tracking number %s is not there once: %+v", number, one, o)
			}
		}
	}
	for _, r := range a.shop("SELECT number, kind, value, state, coalesce(reason, '') FROM entrepot_reports") {
		o := a.there[r.number(0)]
		switch {
		case o == nil || (r[1] == "status" && r[3] == "taken" && !slices.Contains(o.history, r[2])):
			a.say("report", "order %s: %s is taken, and it never was that", r[0], r[2])
		case r[1] != "status" && r[3] != "taken":
			a.say("report", "order %s: %s %s is %s: %s", r[0], r[1], r[2], r[3], r[4])
		case r[3] == "refused" && (!ended(o.status) || r[4] == ""):
			a.say("report", "order %s: %s is refused in %s: %s", r[0], r[2], o.status, r[4])
		case r[3] == "pending" && ended(o.status):
			a.say("report", "order %s: %s waits in %s", r[0], r[2], o.status)
		}
	}
}

func count(list []string, one string) (n int) {
	for _, other := range list {
		if other == one {
			n++
		}
	}
	return n
}

// lines looks at the shop's file: every change, once, in its order.
func (a *audit) lines() {
	file, err := os.Open(a.world.lines)
	if errors.Is(err, fs.ErrNotExist) {
		a.say("file", "there is none")
		return
	}
	if err != nil {
		a.t.Fatal(err)
	}
	defer file.Close()
	changes := a.shop("SELECT seq, order_id, kind FROM entrepot_changes ORDER BY seq")
	n := 0
	for s := bufio.NewScanner(file); s.Scan(); n++ {
		var line struct{ Key, OrderID, Kind string }
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			a.say("file", "line %d is %.80q: %v", n+1, s.Text(), err)
			continue
		}
		if n >= len(changes) || line.Key != fmt.Sprintf("%d-%s", proofStore, changes[n][0]) {
			a.say("file", "line %d has the key %s", n+1, line.Key)
		}
	}
	if n != len(changes) {
		a.say("file", "it has %d lines for %d changes", n, len(changes))
	}
}

func (a *audit) empty(what, sql string) {
	for _, r := range a.shop(sql) {
		a.say(what, "%v", r)
	}
}
