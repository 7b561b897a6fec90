package demo

import (
	"testing"
	"time"

	"entrepot/internal/order"
)

// What is rare is there on purpose, near the end, also among few orders: who
// tries a program on them needs one of each kind.
func TestRareKindsAreThere(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		o := options(300, seed)
		o.Now = o.Now.Add(time.Duration(seed) * 7 * time.Hour)
		all := load(t, populate(t, o), 999)
		last := all[len(all)-1]
		if last.Head.MerchantOrderID != "" || last.Head.PlacedAt.Nanosecond() != 0 || last.Head.Test {
			t.Errorf("seed %d: the last order is %+v, want a live one of a whole second that the shop has not seen", seed, last.Head)
		}
		checkTestStatuses(t, seed, all)
		checkRecent(t, seed, all[len(all)-recent-5:])
	}
}

func checkTestStatuses(t *testing.T, seed uint64, all []made) {
	seen := map[order.Status]int{}
	for _, m := range all {
		if m.Head.Test {
			seen[m.listed.Status]++
		}
		if m.Head.Test && len(m.Head.Tracking) > 0 {
			t.Errorf("seed %d: test order %s was shipped", seed, m.Head.ID)
		}
	}
	for _, status := range order.Statuses() {
		if seen[status] == 0 {
			t.Errorf("seed %d: no test order is in status %s; there are %v", seed, status, seen)
		}
	}
}

func checkRecent(t *testing.T, seed uint64, all []made) {
	currencies, references, twice := map[string]bool{}, map[string]bool{}, false
	for _, m := range all {
		currencies[m.details.Totals.Currency.Code] = true
		twice = twice || references[m.Head.ReferenceID]
		references[m.Head.ReferenceID] = true
	}
	if !currencies["USD"] || !currencies["KWD"] || !twice {
		t.Errorf("seed %d: the last orders are paid in %v, and two share a reference: %v", seed, currencies, twice)
	}
}

func TestCompaniesAreNotAskedAboutNewsletters(t *testing.T) {
	t.Parallel()
	companies := 0
	for _, m := range load(t, populate(t, options(200, 3)), 999) {
		company := m.details.ShipTo.Company != ""
		if company == (m.details.OptInEmail != nil) {
			t.Errorf("%s for company %q: newsletter %v", m.Head.ID, m.details.ShipTo.Company, m.details.OptInEmail)
		}
		if company {
			companies++
		}
	}
	if companies == 0 {
		t.Error("no order is a company's")
	}
}
