package client

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// golden are the service's own examples of answers: what ties the shapes that
// are repeated here to the service's.
func golden(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("../internal/wire/testdata/" + pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files %s: %v", pattern, err)
	}
	all := map[string][]byte{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(path)] = body
	}
	return all
}

// sameJSON compares numbers as they are written: 0.10 is not 0.1.
func sameJSON(t *testing.T, got, want []byte) {
	t.Helper()
	g, w := anyJSON(t, got), anyJSON(t, want)
	if !reflect.DeepEqual(g, w) {
		t.Errorf("not the same\ngot  %s\nwant %s", got, want)
	}
}

func anyJSON(t *testing.T, body []byte) (v any) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return v
}

func TestGoldenDetails(t *testing.T) {
	for name, body := range golden(t, "detail_*.json") {
		order, err := DecodeOrder(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(order.Extra) > 0 {
			t.Errorf("%s: keys without a field: %v", name, order.Extra)
		}
		again, err := order.Answer()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		sameJSON(t, again, body)
	}
}

// An order that is made here has every key of the contract's that one from the
// service has, in the same form.
func TestOrderMadeOfFields(t *testing.T) {
	for name, body := range golden(t, "detail_*.json") {
		read, err := DecodeOrder(body)
		if err != nil {
			t.Fatal(err)
		}
		made, err := forget(*read).Answer()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		sameJSON(t, made, body)
	}
}

// forget leaves the fields only.
func forget(o Order) *Order {
	o.from, o.Raw, o.Beside, o.DutyTaxesBreakdown.from, o.PaymentProcessing.from = document{}, nil, nil, document{}, document{}
	for i := range o.Items {
		o.Items[i].from = document{}
	}
	for i := range o.Notes {
		o.Notes[i].from = document{}
	}
	if o.PromoCode != nil {
		o.PromoCode.from = document{}
	}
	return &o
}

// readAll reads a list as a client does.
func readAll(body []byte) (orders []OrderNumber, counts Counts, err error) {
	l := newListReader(bytes.NewReader(body))
	err = l.read(func(c Counts) { counts = c }, func(n OrderNumber) bool {
		orders = append(orders, n)
		return true
	})
	return orders, counts, err
}

func TestGoldenLists(t *testing.T) {
	lists := golden(t, "list*.json")
	contract, err := os.ReadFile("../internal/conformance/contract.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```json\n(\\{\"totalCount\".*?)```").FindSubmatch(contract)
	if example == nil {
		t.Fatal("the contract has no example of a list")
	}
	lists["contract.md"] = example[1]
	for name, body := range lists {
		orders, counts, err := readAll(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		again, err := json.Marshal(map[string]any{
			"orders": append([]OrderNumber{}, orders...), "totalCount": counts.Total, "orderCount": counts.Live, "testOrderCount": counts.Test,
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		sameJSON(t, again, body)
	}
}

// Every text that the contract quotes as an error is known.
func TestTextsOfTheContract(t *testing.T) {
	contract, err := os.ReadFile("../internal/conformance/contract.md")
	if err != nil {
		t.Fatal(err)
	}
	quoted := regexp.MustCompile("`([A-Za-z][A-Za-z'.\\[\\]0-9]*:? [^`]*)`")
	sentence := regexp.MustCompile(`(?i)\b(could not|couldn't|is required|is not a|invalid|cannot|duplicate|already|has been|is before)\b`)
	seen := 0
	for _, m := range quoted.FindAllStringSubmatch(string(contract), -1) {
		text := m[1]
		if !sentence.MatchString(text) || strings.HasPrefix(text, "POST") || strings.Contains(text, "<as sent>") || strings.HasSuffix(text, "with referenceId") {
			continue
		}
		seen++
		if err := meaning(text); isA[*RefusedError](err) {
			t.Errorf("nobody knows %q", text)
		}
	}
	if seen < 35 {
		t.Errorf("only %d texts were found", seen)
	}
}
