package demo

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"entrepot/internal/order"
)

func TestOrders(t *testing.T) {
	t.Parallel()
	o := options(1000, 11)
	s := populate(t, o)
	all := load(t, s, 999)
	for name, check := range map[string]func(*testing.T, Options, []made){
		"dates": checkDates, "rhythm": checkRhythm, "histories": checkHistories, "amounts": checkAmounts,
		"places": checkPlaces, "lines": checkLines, "payments": checkPayments, "merchant ids": checkMerchantIDs,
		"variety": checkVariety, "addresses": checkAddresses,
	} {
		t.Run(name, func(t *testing.T) { check(t, o, all) })
	}
	if shared := sharedReferences(t, s, all); len(shared) < 2 || len(shared) > 8 {
		t.Errorf("%d references are shared, want a handful", len(shared))
	}
}

func checkDates(t *testing.T, o Options, all []made) {
	var last time.Time
	for i, m := range all {
		if at := m.Head.PlacedAt; at.Before(last) || int(m.Head.Number) != i+1 {
			t.Errorf("order %s of %v follows one of %v", m.Head.ID, at, last)
		}
		last = m.Head.PlacedAt
		times := []time.Time{m.Head.PlacedAt, m.Head.StatusAt}
		for _, c := range m.history {
			times = append(times, c.At)
		}
		for _, n := range m.Notes {
			times = append(times, n.CreatedAt)
		}
		if captured := m.details.Payment.CapturedAt; captured != nil {
			times = append(times, *captured)
		}
		if latest := slices.MaxFunc(times, time.Time.Compare); latest.After(o.Now) {
			t.Errorf("order %s knows of %v, after now", m.Head.ID, latest)
		}
	}
	if ago := o.Now.Sub(last); len(all) > 0 && (ago < time.Minute || ago > 10*time.Minute) {
		t.Errorf("the last order was placed %v ago, want minutes", ago)
	}
	if len(all) > 0 && all[0].Head.PlacedAt.Before(o.Now.Add(-span-time.Hour)) {
		t.Errorf("the first order was placed at %v, before the months", all[0].Head.PlacedAt)
	}
}

func checkRhythm(t *testing.T, o Options, all []made) {
	day, late := 0, 0
	for _, m := range all {
		if h := m.Head.PlacedAt.Hour(); h >= 9 && h < 21 {
			day++
		}
		if o.Now.Sub(m.Head.PlacedAt) < span/2 {
			late++
		}
	}
	if day < len(all)*6/10 {
		t.Errorf("%d of %d orders came between 9 and 21 hours, want most", day, len(all))
	}
	if late < len(all)*54/100 {
		t.Errorf("%d of %d orders came in the second half, want more than in the first", late, len(all))
	}
}

func checkHistories(t *testing.T, _ Options, all []made) {
	for _, m := range all {
		first := m.history[0]
		if first.Kind != order.ChangePlaced || !first.At.Equal(m.Head.PlacedAt) {
			t.Errorf("the history of %s begins with %+v", m.Head.ID, first)
		}
		status, since, merchantID, notes := first.To, first.At, "", 0
		var tracking []string
		for i, c := range m.history {
			if c.Actor == "" || int(c.Seq) != i+1 || (i > 0 && c.At.Before(m.history[i-1].At)) {
				t.Errorf("the history of %s does not go on with %+v", m.Head.ID, c)
			}
			switch c.Kind {
			case order.ChangeStatus:
				if c.From != status {
					t.Errorf("%s goes on from %s, was in %s", m.Head.ID, c.From, status)
				}
				status, since = c.To, c.At
			case order.ChangeMerchantOrderID:
				merchantID = c.To
			case order.ChangeTracking:
				tracking = append(tracking, strings.Split(c.To, ",")...)
			case order.ChangeNote:
				notes++
			}
		}
		h := m.Head
		if status != string(h.State.Status) || !since.Equal(h.StatusAt) || merchantID != h.MerchantOrderID ||
			!slices.Equal(tracking, h.Tracking) || notes != len(m.Notes) {
			t.Errorf("the history of %s does not lead to %+v", h.ID, h)
		}
		if h.Test && len(h.Tracking) > 0 {
			t.Errorf("test order %s was shipped", h.ID)
		}
	}
}

var (
	hsCode   = regexp.MustCompile(`^\d{4}\.\d\d$`)
	boxCount = regexp.MustCompile(`^\d+x\d+x\d+\(\d+\)(,\d+x\d+x\d+\(\d+\))*$`)
)

func checkLines(t *testing.T, _ Options, all []made) {
	sizes, units, coupons := map[int]bool{}, map[string]bool{}, 0
	for _, m := range all {
		items := m.details.Items
		sizes[len(items)] = true
		if len(items) < 1 || len(items) > 8 || !boxCount.MatchString(m.details.BoxCount) {
			t.Errorf("%s has %d lines in boxes %q", m.Head.ID, len(items), m.details.BoxCount)
		}
		for i, item := range items {
			switch {
			case item.UnitPrice < 0:
				coupons++
				if i != len(items)-1 || i == 0 {
					t.Errorf("%s has a coupon in line %d", m.Head.ID, i)
				}
			case !item.NonShippable:
				units[item.WeightUnits] = true
				if !hsCode.MatchString(item.HSCode) || len(item.CountryOfOrigin) != 2 || *item.Weight <= 0 ||
					!strings.HasPrefix(item.ImageURL, shopURL) || strings.Contains(item.ImageURL+item.SKU, " ") {
					t.Errorf("%s has an odd line: %+v", m.Head.ID, item)
				}
			}
		}
	}
	if len(sizes) != 8 || len(units) != 4 || coupons < len(all)/20 {
		t.Errorf("got carts of sizes %v, units %v, %d coupons", sizes, units, coupons)
	}
}

func checkPayments(t *testing.T, _ Options, all []made) {
	seen := map[string]int{}
	for _, m := range all {
		p := m.details.Payment
		seen[cmp.Or(p.TransactionType, p.Gateway)]++
		own := p.Gateway == ownGateway
		if own != (p.LastFour != "") || own != (p.CardType != "") || own != (p.TransactionID != "") ||
			(p.TransactionType == "AUTH_CAPTURE") != (p.CapturedAt != nil) {
			t.Errorf("%s was paid by %+v", m.Head.ID, p)
		}
		if own && !slices.Contains([]string{"1111", "4242", "0005"}, p.LastFour) {
			t.Errorf("%s was paid with a card that ends in %s, which is none for tests", m.Head.ID, p.LastFour)
		}
	}
	if len(seen) != 4 {
		t.Errorf("orders were paid by %v, want four ways", seen)
	}
}

func checkMerchantIDs(t *testing.T, o Options, all []made) {
	old, oldMissing, recentMissing, recentSet := 0, 0, 0, 0
	ids := map[string]bool{}
	for _, m := range all {
		id := m.Head.MerchantOrderID
		if id != "" && ids[id] {
			t.Errorf("merchant order id %s is on two orders", id)
		}
		ids[id] = true
		switch fresh := o.Now.Sub(m.Head.PlacedAt) < unmerchanted; {
		case fresh && id == "":
			recentMissing++
		case fresh:
			recentSet++
		case id == "":
			oldMissing++
			old++
		default:
			old++
		}
	}
	if oldMissing > old/10 || recentMissing < 5 || recentSet < recentMissing {
		t.Errorf("%d of %d older orders lack an id, and %d of %d recent ones", oldMissing, old, recentMissing, recentMissing+recentSet)
	}
}

// checkVariety counts what a visitor should come across.
func checkVariety(t *testing.T, _ Options, all []made) {
	seen := map[string]int{}
	count := func(what string, is bool) {
		if is {
			seen[what]++
		}
	}
	for _, m := range all {
		d := m.details
		count("country "+d.ShipTo.CountryCode, true)
		count("carrier "+d.Shipping.ServiceLevel, true)
		count("status "+string(m.Head.State.Status), true)
		count("test", m.Head.Test)
		count("notes", len(m.Notes) > 0)
		count("customer note", slices.ContainsFunc(m.Notes, func(n order.Note) bool { return n.Customer }))
		count("flagged note", slices.ContainsFunc(m.Notes, func(n order.Note) bool { return n.Flagged }))
		count("tracking", len(m.Head.Tracking) == 1)
		count("several tracking", len(m.Head.Tracking) > 1)
		count("promo", d.Promo != nil)
		count("other payer", d.BillTo != d.ShipTo)
		count("UK remittance", d.ShipTo.CountryCode == "GB" && d.Totals.Remittance > 0)
		count("quote differs", d.Totals.QuotedDutyTaxes != d.Totals.DutyTaxes)
		count("own account", d.Shipping.CarrierAccountNumber != "")
		count("purchase order", d.PONumber != "")
		count("misc", d.Misc != [6]string{})
		count("screening list", d.CSLListMatch)
	}
	for what, least := range map[string]int{
		"notes": 130, "customer note": 60, "flagged note": 20, "tracking": 500, "several tracking": 60,
		"promo": 40, "other payer": 100, "UK remittance": 30, "quote differs": 30, "own account": 4,
		"purchase order": 40, "misc": 500, "screening list": 4,
	} {
		if seen[what] < least {
			t.Errorf("%s: %d of %d orders, want %d or more", what, seen[what], len(all), least)
		}
	}
	if share := seen["test"] * 1000 / len(all); share < 35 || share > 45 {
		t.Errorf("%d of %d orders are test orders, want about four in a hundred", seen["test"], len(all))
	}
	if n := starting(seen, "country "); n < 30 {
		t.Errorf("orders go to %d countries, want 30 or more", n)
	}
	if starting(seen, "carrier ") != 4 || starting(seen, "status ") != len(order.Statuses()) {
		t.Errorf("want every carrier and status, got %v", seen)
	}
}

func starting(seen map[string]int, prefix string) (n int) {
	for what := range seen {
		if strings.HasPrefix(what, prefix) {
			n++
		}
	}
	return n
}
