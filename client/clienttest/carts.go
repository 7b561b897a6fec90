package clienttest

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"entrepot/client"
)

// cart waits for Place.
type cart struct {
	of      *store
	order   client.Order // what the cart says of it
	orderID client.OrderID
}

func (s *Server) createTempCart(x *exchange) *answer {
	list := x.object.given("items")
	elements, isList := list.elements()
	if list.kind == absent || (isList && len(elements) == 0) {
		return x.refuse("Parameter items is required.")
	}
	if !isList {
		return x.refuse("items: " + list.text + " is not a list of items")
	}
	o := client.Order{
		ReferenceID: x.object.given("referenceId").scalar(), BoxCount: x.object.given("boxCount").scalar(),
		Misc1: x.object.given("misc1").scalar(), Misc2: x.object.given("misc2").scalar(), Misc3: x.object.given("misc3").scalar(),
		Misc4: x.object.given("misc4").scalar(), Misc5: x.object.given("misc5").scalar(), Misc6: x.object.given("misc6").scalar(),
	}
	for i, raw := range elements {
		item, wrong := decodeItem(fmt.Sprintf("items[%d]", i), raw)
		if wrong != "" {
			return x.refuse(wrong)
		}
		o.Items = append(o.Items, item)
	}
	id := newUUID()
	x.store.carts[id] = &cart{of: x.store, order: o}
	return newAnswer(http.StatusOK, jsonType, []byte(`{"tempCartUUID":"`+id+`"}`))
}

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// itemReader reads the keys of an item and keeps what is wrong first.
type itemReader struct {
	object object
	name   string
	wrong  string
}

func (r *itemReader) fail(key, problem string) {
	if r.wrong == "" {
		r.wrong = r.name + "." + key + problem
	}
}

func decodeItem(name string, raw json.RawMessage) (client.Item, string) {
	o, ok := parse(raw)
	if !ok {
		return client.Item{}, name + ": is not a map of an item's keys"
	}
	r := &itemReader{object: o, name: name}
	text := func(names ...string) string { return o.given(names...).scalar() }
	item := client.Item{
		Description: r.description(), Quantity: r.quantity(), UnitPrice: r.price(),
		ProductID: text("productId", "productID"), SKU: text("sku"),
		Length: r.measure("length"), Width: r.measure("width"), Height: r.measure("height"),
		Weight: r.measure("weight"), WeightUnits: r.code(weightUnit, "LB", "weightUnits", "weightUnit"),
		NonShippable: r.truth("itemNonShippable", "nonShippable"), CountryOfOrigin: r.code(country, "", "countryOfOrigin"),
		ImageURL: text("imageURL", "imageUrl"), URL: text("itemURL", "itemUrl"),
		Brand: text("itemBrand"), Category: text("itemCategory"), Color: text("itemColor"), Customization: text("itemCustomization"),
		DescriptionDetailed: text("itemDescriptionDetailed"), DescriptionLong: text("itemDescriptionLong"),
		FabricContent: text("itemFabricContent"), HSCode: text("itemHSCode"), LTLClass: text("itemLtlClass"),
		Material: text("itemMaterial"), Status: text("status"),
	}
	return item, r.wrong
}

var (
	weightUnit = regexp.MustCompile(`^(LB|OZ|KG|G)S?$`)
	country    = regexp.MustCompile(`^[A-Z]{2}$`)
)

func (r *itemReader) description() string {
	text := r.object.given("description").scalar()
	if text == "" {
		r.fail("description", " is required")
	}
	return text
}

func (r *itemReader) quantity() int64 {
	v := r.object.given("quantity")
	n, ok := v.whole()
	switch {
	case v.kind == absent:
		r.fail("quantity", " is required")
	case !ok:
		r.fail("quantity", ": "+compact(v.raw)+" is not a positive whole number")
	}
	return n
}

func (r *itemReader) price() client.Amount {
	amount := r.measure("unitPrice")
	if amount == "" {
		r.fail("unitPrice", " is required")
	}
	return amount
}

// measure rounds to two decimals; "" when there is none.
func (r *itemReader) measure(key string) client.Amount {
	v := r.object.given(key)
	if v.kind == absent {
		return ""
	}
	exact, ok := v.decimal()
	if !ok {
		r.fail(key, ": "+compact(v.raw)+" is not a number")
		return ""
	}
	return client.Amount(money(cents(exact)))
}

func (r *itemReader) truth(names ...string) bool {
	v := r.object.get(names...)
	is, ok := v.truth()
	if !ok {
		r.fail(names[0], ": "+compact(v.raw)+" is not true or false")
	}
	return is
}

func (r *itemReader) code(pattern *regexp.Regexp, otherwise string, names ...string) string {
	text := strings.ToUpper(strings.TrimSpace(r.object.given(names...).scalar()))
	switch {
	case text == "":
		return otherwise
	case !pattern.MatchString(text):
		r.fail(names[0], ": "+quote(text)+" is not a code that is known")
	case pattern == weightUnit:
		return strings.TrimSuffix(text, "S")
	}
	return text
}
