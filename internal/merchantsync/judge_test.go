package merchantsync

import (
	"context"
	"errors"
	"testing"
	"time"

	"entrepot/client"
)

func TestStandingOf(t *testing.T) {
	for status, want := range map[client.Status]Standing{
		client.FraudReview: Held, client.OrderOnHold: Held, "IGLOBAL_NEW_IDEA": Held, "": Held,
		client.VendorCancellationRequest: Held, client.OrderCancelled: Cancelled,
		client.OrderInProcess: Ready, client.LabelsProcessing: Ready, client.VendorPreparingOrder: Ready,
		client.VendorShipmentReady: Ready, client.VendorLabelsPrinted: Ready, client.VendorEndOfDayComplete: Ready,
	} {
		if got := StandingOf(status); got != want {
			t.Errorf("an order in %s is %s, want %s", status, got, want)
		}
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		was, is Standing
		want    ChangeKind
	}{
		{Held, Ready, Released},
		{Ready, Held, HeldBack},
		{Held, Cancelled, CalledOff},
		{Ready, Cancelled, CalledOff},
		{Held, Held, Updated},
		{Ready, Ready, Updated},
		{Cancelled, Cancelled, Updated},
		{Cancelled, Ready, Released},
	} {
		if got := KindOf(c.was, c.is); got != c.want {
			t.Errorf("%s to %s is %s, want %s", c.was, c.is, got, c.want)
		}
	}
}

func TestWaitsGrowAndEnd(t *testing.T) {
	w := Waits{time.Minute, 10 * time.Minute}
	for tries, want := range []time.Duration{1, 1, 2, 4, 8, 10, 10} {
		if got := w.After(tries, 0); got != want*time.Minute {
			t.Errorf("after %d tries %s, want %s", tries, got, want*time.Minute)
		}
	}
	if got := w.After(1000, 0.5); got != 9*time.Minute+30*time.Second {
		t.Errorf("half of the jitter makes it %s, want 9m30s", got)
	}
}

func orderAt(t *testing.T, status client.Status, since string, more string) *client.Order {
	t.Helper()
	raw := `{"order":{"orderId":"999-7","orderStatus":"` + string(status) + `","orderStatusDateString":"` + since + `"` + more + `}}`
	o, err := client.DecodeOrder([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// What is older than the tables came out of a cache, and is not kept.
func TestJudge(t *testing.T) {
	d := New(nil, nil, Options{Store: 999, Jitter: func() float64 { return 0 }})
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	const noon, before, after = "2026-01-01 12:00:00.0", "2026-01-01 11:59:59.999", "2026-01-01 12:00:00.001"
	kept, _, err := d.judge(Known{}, false, orderAt(t, client.OrderOnHold, noon, ""), now)
	if err != nil {
		t.Fatal(err)
	}
	cancelled, _, err := d.judge(Known{}, false, orderAt(t, client.OrderCancelled, noon, ""), now)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		here  Known
		order *client.Order
		want  verdict
		kind  ChangeKind
	}{
		"the same":                      {kept.Known, orderAt(t, client.OrderOnHold, noon, ""), isSame, ""},
		"the same with blanks":          {kept.Known, orderAt(t, client.OrderOnHold, noon, " "), isSame, ""},
		"older":                         {kept.Known, orderAt(t, client.OrderInProcess, before, ""), isOlder, ""},
		"released":                      {kept.Known, orderAt(t, client.OrderInProcess, after, ""), isNews, Released},
		"cancelled":                     {kept.Known, orderAt(t, client.OrderCancelled, after, ""), isNews, CalledOff},
		"a new note":                    {kept.Known, orderAt(t, client.OrderOnHold, noon, `,"notes":[{"note":"x"}]`), isUnclear, Updated},
		"another status in the instant": {kept.Known, orderAt(t, client.OrderInProcess, noon, ""), isNews, Released},
		"before the end in the instant": {cancelled.Known, orderAt(t, client.OrderOnHold, noon, ""), isOlder, ""},
	} {
		entry, got, err := d.judge(c.here, true, c.order, now)
		if err != nil || got != c.want || (got == isNews && entry.Kind != c.kind) {
			t.Errorf("%s: verdict %d, kind %q, %v; want %d, %q", name, got, entry.Kind, err, c.want, c.kind)
		}
	}
	if !cancelled.CheckAt.IsZero() {
		t.Error("a cancelled order is followed")
	}
	if want := now.Add(5 * time.Minute); !kept.CheckAt.Equal(want) {
		t.Errorf("a held order is looked at again at %s, want %s", kept.CheckAt, want)
	}
}

func TestOutage(t *testing.T) {
	away := &client.Error{Err: errors.New("connection refused")}
	gone := &client.NotFoundError{}
	wrong := &client.InvalidCredentialsError{}
	for name, c := range map[string]struct {
		errs []error
		why  purpose
		want error
	}{
		"nothing":                    {nil, advance, nil},
		"all came":                   {[]error{nil, nil, nil, nil}, advance, nil},
		"none came":                  {[]error{away, away, away, away}, advance, away},
		"one of many came":           {[]error{away, away, away, away, nil}, advance, nil},
		"a single one fails":         {[]error{away}, advance, nil},
		"none came, as before":       {[]error{away, away, away, away}, again, nil},
		"none is there":              {[]error{gone, gone, gone, gone}, advance, nil},
		"the secret is wrong":        {[]error{nil, wrong, nil}, advance, wrong},
		"the secret is wrong, again": {[]error{wrong}, again, wrong},
	} {
		got := make([]fetched, len(c.errs))
		for i, err := range c.errs {
			got[i].err = err
		}
		if err := outage(context.Background(), got, c.why); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestStateOfReports(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want ReportState
	}{
		"taken":             {nil, Taken},
		"already there":     {&client.AlreadyThereError{}, Taken},
		"held":              {&client.LockedError{From: client.OrderOnHold}, Pending},
		"in review":         {&client.LockedError{From: client.FraudReview}, Pending},
		"cancelled":         {&client.LockedError{From: client.OrderCancelled}, Refused},
		"complete":          {&client.LockedError{From: client.VendorEndOfDayComplete}, Refused},
		"not there":         {&client.NotFoundError{}, Refused},
		"no such status":    {&client.InvalidStatusError{}, Refused},
		"another came":      {&client.ConflictError{}, Pending},
		"throttled":         {&client.Error{Err: &client.ThrottledError{}}, Pending},
		"the service fails": {&client.Error{Err: &client.ServerFaultError{}}, Pending},
		"an unknown text":   {&client.RefusedError{}, Refused},
	} {
		if got := stateOf(c.err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNeighbouringDaysAreOneList(t *testing.T) {
	first := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
	var spans []span
	for _, n := range []int{0, 1, 2, 4} {
		spans = extend(spans, first.AddDate(0, 0, n))
	}
	want := []span{{first, first.AddDate(0, 0, 2)}, {first.AddDate(0, 0, 4), first.AddDate(0, 0, 4)}}
	if len(spans) != 2 || spans[0] != want[0] || spans[1] != want[1] {
		t.Errorf("days 0, 1, 2 and 4 are listed as %v, want %v", spans, want)
	}
}

// Of two states of an order since the same instant the one with less is the
// older: notes and tracking numbers only become more.
func TestWhichIsLater(t *testing.T) {
	const at = "2026-01-01 12:00:00.0"
	with := func(more string) *client.Order { return orderAt(t, client.OrderInProcess, at, more) }
	for name, c := range map[string]struct {
		kept, came *client.Order
		want       verdict
	}{
		"a note more":              {with(`,"notes":[]`), with(`,"notes":[{"note":"x"}]`), isNews},
		"a note less":              {with(`,"notes":[{"note":"x"}]`), with(`,"notes":[]`), isOlder},
		"a tracking number more":   {with(`,"trackingNumber":"A"`), with(`,"trackingNumber":"A,B"`), isNews},
		"a tracking number less":   {with(`,"trackingNumber":"A,B"`), with(`,"trackingNumber":"A"`), isOlder},
		"the shop's id":            {with(``), with(`,"merchantOrderId":"X"`), isNews},
		"without the shop's id":    {with(`,"merchantOrderId":"X"`), with(``), isOlder},
		"another id":               {with(`,"merchantOrderId":"X"`), with(`,"merchantOrderId":"Y"`), isNews},
		"another key":              {with(``), with(`,"newKey":1`), isNews},
		"what cannot be read here": {&client.Order{Raw: []byte("{}")}, with(``), isNews},
	} {
		if got := whichIsLater(c.kept.Raw, c.came); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
