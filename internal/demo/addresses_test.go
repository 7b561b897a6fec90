package demo

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"entrepot/internal/money"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// postalCodes is what the codes of a country look like, written down apart
// from the tables; five digits where nothing is said.
var postalCodes = map[string]string{
	"CA": `[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] \d[ABCEGHJ-NPRSTV-Z]\d`,
	"GB": `[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}`,
	"IE": `[AC-FHKNPRTV-Y]\d[\dW] [\dAC-FHKNPRTV-Y]{4}`,
	"NL": `[1-9]\d{3} [A-Z]{2}`,
	"BR": `\d{5}-\d{3}`, "JP": `\d{3}-\d{4}`, "PL": `\d\d-\d{3}`, "PT": `[1-9]\d{3}-\d{3}`,
	"SE": `[1-9]\d\d \d\d`, "CZ": `[1-7]\d\d \d\d`, "GR": `[1-8]\d\d \d\d`,
	"CL": `\d{7}`, "IL": `\d{7}`, "CN": `\d{6}`, "SG": `\d{6}`, "IN": `[1-9]\d{5}`, "EC": `\d{6}`,
	"AT": `[1-9]\d{3}`, "AU": `\d{4}`, "BE": `[1-9]\d{3}`, "CH": `[1-9]\d{3}`, "DK": `\d{4}`,
	"HU": `[1-9]\d{3}`, "NO": `\d{4}`, "NZ": `\d{4}`, "ZA": `\d{4}`, "IS": `\d{3}`,
	"HK": ``, "AE": ``,
}

// states is what the states of a country look like; none where nothing is
// said.
var states = map[string]string{
	"CA": `ON|QC|BC|AB|NS|MB`, "AU": `NSW|VIC|QLD|WA|SA|TAS`, "BR": `SP|RJ|MG|PR|RS|BA`,
	"IT": `[A-Z]{2}`, "IN": `[A-Z]{2}`, "CL": `[A-Z]{2}`, "MX": `CDMX|\w[\w.]+`,
	"KR": `(\w+-do)?`, "TW": `(\w+ County)?`,
	"IE": `Co\. \w+`, "ES": `\w+`, "JP": `\w+`, "CN": `\w+`, "AE": `[\w ]+`, "EC": `\w+`,
	"HK": `[\w ]+`, "MY": `[\w ]+`, "TH": `[\w ]+`, "KW": `[\w ]+`, "ZA": `[\w -]+`,
}

var (
	mail  = regexp.MustCompile(`^[a-z]+\d+@example\.(com|net|org)$`)
	phone = regexp.MustCompile(`^\+\d[\d -]{7,17}$`)
	whole = func(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)$`) }
)

func checkAddresses(t *testing.T, _ Options, all []made) {
	for _, m := range all {
		for _, a := range []order.Address{m.details.ShipTo, m.details.BillTo} {
			checkAddress(t, m.Head.ID, a)
		}
		if m.details.NationalIdentifier != countryOf(m).nationalID {
			t.Errorf("%s has the national identifier %q", m.Head.ID, m.details.NationalIdentifier)
		}
	}
}

func checkAddress(t *testing.T, id order.ID, a order.Address) {
	zip, ok := postalCodes[a.CountryCode]
	if !ok {
		zip = `\d{5}`
	}
	if !whole(zip).MatchString(a.Zip) {
		t.Errorf("%s: %q is no postal code of %s", id, a.Zip, a.CountryName)
	}
	if !whole(states[a.CountryCode]).MatchString(a.State) {
		t.Errorf("%s: %q is no state of %s", id, a.State, a.CountryName)
	}
	if !mail.MatchString(a.Email) || !phone.MatchString(a.Phone) || (a.AltPhone != "" && !phone.MatchString(a.AltPhone)) {
		t.Errorf("%s is reached at %q, %q, %q", id, a.Email, a.Phone, a.AltPhone)
	}
	lines := []string{a.Name, a.Company, a.Address1, a.Address2, a.Address3, a.City}
	if a.Name == "" || a.Address1 == "" || a.City == "" || a.CountryName == "" || (a.Address3 != "" && a.Address2 == "") {
		t.Errorf("%s goes to an address with a gap: %+v", id, a)
	}
	if left := strings.Join(lines, " "); strings.ContainsAny(left, "{}#?@") || strings.Contains(left, "  ,") {
		t.Errorf("%s goes to %q, which holds a pattern", id, left)
	}
}

// fictitious are the beginnings of numbers that regulators keep for films and
// books. Elsewhere numbers hold 000 where no subscriber's number begins so.
var fictitious = regexp.MustCompile(`^\+(1 \d{3} 555 01##|44 7700 900|44 20 7946 0|44 113 496 0|353 20 91|33 6 39 98|33 1 99 00|` +
	`49 30 23125|49 89 99998|49 40 66969|46 8 465 004|46 70 174 06|36 55|61 [2-8] (5550|7010))`)

func TestNoPhoneIsAnybodys(t *testing.T) {
	invalid := regexp.MustCompile(`^\+\d+ (\d+ )?0(00|0 0)`)
	for _, c := range countries {
		for _, p := range c.phones {
			if !fictitious.MatchString(p) && !invalid.MatchString(p) {
				t.Errorf("%s: %q could be somebody's", c.code, p)
			}
		}
	}
}

func TestCountries(t *testing.T) {
	lands, err := resolve(countries)
	if err != nil {
		t.Fatal(err)
	}
	if len(lands) < 30 {
		t.Errorf("there are %d countries, want 30 or more", len(lands))
	}
	codes := map[string]bool{}
	for _, l := range lands {
		if l.name == "" || codes[l.code] || l.often <= 0 || len(l.addresses.places) < 3 || l.legal == "" {
			t.Errorf("the entry of %s is double or incomplete", l.code)
		}
		codes[l.code] = true
		if l.taxFree > l.dutyFree && l.duty > 0 {
			t.Errorf("%s takes duty of goods on which it takes no tax", l.code)
		}
	}
}

func TestCatalogue(t *testing.T) {
	if len(catalogue) < 36 {
		t.Errorf("there are %d products, want a few dozen", len(catalogue))
	}
	skus := map[string]bool{}
	for _, p := range catalogue {
		if skus[p.sku] || p.name == "" || p.about == "" || wire.CountryName(p.origin) == "" {
			t.Errorf("the entry of %s is double or incomplete", p.sku)
		}
		skus[p.sku] = true
		sides := []money.Amount{p.length, p.width, p.height}
		if !slices.IsSortedFunc(sides, func(a, b money.Amount) int { return cmp.Compare(b, a) }) || p.height <= 0 {
			t.Errorf("%s measures %v, want the longest side first", p.sku, sides)
		}
		pounds := float64(p.weight*money.Amount(ouncesOf[p.units])) / 160_000
		if pounds < 0.05 || pounds > 40 {
			t.Errorf("%s weighs %.2f pounds", p.sku, pounds)
		}
	}
}
