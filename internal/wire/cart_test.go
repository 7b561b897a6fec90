package wire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

func pointer[T any](v T) *T { return &v }

// everyItemKey is an item with all keys of the contract.
const everyItemKey = `{"description":"Tent","quantity":2,"unitPrice":199.00,"productId":"P-1","sku":"S-1",
	"length":22,"width":"15.5","height":1.234,"weight":"3.005","weightUnits":"KG","itemNonShippable":true,
	"countryOfOrigin":"IT","imageURL":"https://example.com/1.png","itemURL":"https://example.com/1",
	"itemBrand":"Brand","itemCategory":"Camping","itemColor":"red","itemCustomization":"for A.",
	"itemDescriptionDetailed":"detailed","itemDescriptionLong":"long","itemFabricContent":"cotton",
	"itemHSCode":"6306.22","itemLtlClass":"70","itemMaterial":"canvas","status":"in stock"}`

func everyItem() order.Item {
	return order.Item{
		Description: "Tent", Quantity: 2, UnitPrice: 19900, ProductID: "P-1", SKU: "S-1",
		Length: pointer[money.Amount](2200), Width: pointer[money.Amount](1550), Height: pointer[money.Amount](123),
		Weight: pointer[money.Amount](301), WeightUnits: "KG", NonShippable: true, CountryOfOrigin: "IT",
		ImageURL: "https://example.com/1.png", URL: "https://example.com/1",
		Brand: "Brand", Category: "Camping", Color: "red", Customization: "for A.",
		DescriptionDetailed: "detailed", DescriptionLong: "long", FabricContent: "cotton",
		HSCode: "6306.22", LTLClass: "70", Material: "canvas", Status: "in stock",
	}
}

func TestDecodeCart(t *testing.T) {
	body := `{"store":999,"referenceId":70001,"externalConfirmationPageURL":"https://example.com/thanks",
		"contShoppingURL":"https://example.com/","domesticShippingCharge":"7.125","boxCount":"22x15x15(1),8x8x4(2)",
		"misc1":"one","misc2":2,"misc3":" three ","misc4":null,"misc5":"","misc6":6.50,
		"footerHTML":"%3Cb%3E","unknown":{"a":1},"items":[` + everyItemKey + `,{"description":"Coupon","quantity":1,"unitPrice":"-5"}]}`
	want := &order.CartContents{
		ReferenceID: "70001", ConfirmationURL: "https://example.com/thanks", ContinueURL: "https://example.com/",
		DomesticCharge: 713, BoxCount: "22x15x15(1),8x8x4(2)", FooterHTML: "%3Cb%3E",
		Misc:  [6]string{"one", "2", " three ", "", "", "6.50"},
		Items: []order.Item{everyItem(), {Description: "Coupon", Quantity: 1, UnitPrice: -500, WeightUnits: "LB"}},
	}
	got, err := DecodeCart(parse(t, body))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

// oneItem reads a cart of one item with some keys besides the three that
// are required, which they may replace.
func oneItem(t testing.TB, keys string) (order.Item, string) {
	t.Helper()
	body := fmt.Sprintf(`{"items":[{"description":"D","quantity":1,"unitPrice":1,%s}]}`, keys)
	cart, err := DecodeCart(parse(t, body))
	if err != nil {
		return order.Item{}, textOf(t, CreateTempCart, err)
	}
	return cart.Items[0], ""
}

func TestWaysOfWritingAnItem(t *testing.T) {
	base := order.Item{Description: "D", Quantity: 1, UnitPrice: 100, WeightUnits: "LB"}
	tests := []struct {
		keys   string
		change func(*order.Item)
	}{
		{`"description":12`, func(i *order.Item) { i.Description = "12" }},
		{`"quantity":"3"`, func(i *order.Item) { i.Quantity = 3 }},
		{`"quantity":"1.0000"`, func(*order.Item) {}},
		{`"quantity":1.0000`, func(*order.Item) {}},
		{`"quantity":" 4 "`, func(i *order.Item) { i.Quantity = 4 }},
		{`"quantity":1e3`, func(i *order.Item) { i.Quantity = 1000 }},
		{`"quantity":1000000000`, func(i *order.Item) { i.Quantity = 1000000000 }},
		{`"unitPrice":"6.666666666666667"`, func(i *order.Item) { i.UnitPrice = 667 }},
		{`"unitPrice":-12.345`, func(i *order.Item) { i.UnitPrice = -1235 }},
		{`"unitPrice":"-5.00"`, func(i *order.Item) { i.UnitPrice = -500 }},
		{`"unitPrice":".5"`, func(i *order.Item) { i.UnitPrice = 50 }},
		{`"unitPrice":1.5e2`, func(i *order.Item) { i.UnitPrice = 15000 }},
		{`"unitPrice":0`, func(i *order.Item) { i.UnitPrice = 0 }},
		{`"productID":"P"`, func(i *order.Item) { i.ProductID = "P" }},
		{`"productId":7,"productID":"other"`, func(i *order.Item) { i.ProductID = "7" }},
		{`"productId":null,"productID":8`, func(i *order.Item) { i.ProductID = "8" }},
		{`"itemUrl":"u","imageUrl":"v"`, func(i *order.Item) { i.URL, i.ImageURL = "u", "v" }},
		{`"nonShippable":"1"`, func(i *order.Item) { i.NonShippable = true }},
		{`"itemNonShippable":0,"nonShippable":1`, func(*order.Item) {}},
		{`"itemNonShippable":"true"`, func(i *order.Item) { i.NonShippable = true }},
		{`"weightUnit":"oz"`, func(i *order.Item) { i.WeightUnits = "OZ" }},
		{`"weightUnits":" kg "`, func(i *order.Item) { i.WeightUnits = "KG" }},
		{`"weightUnits":"lbs"`, func(i *order.Item) { i.WeightUnits = "LB" }},
		{`"weightUnits":"G"`, func(i *order.Item) { i.WeightUnits = "G" }},
		{`"weightUnits":""`, func(*order.Item) {}},
		{`"countryOfOrigin":" it "`, func(i *order.Item) { i.CountryOfOrigin = "IT" }},
		{`"itemCustomization":42`, func(i *order.Item) { i.Customization = "42" }},
		{`"sku":false,"itemHSCode":null,"itemBrand":" ","length":"","weight":null,"width":false`, func(*order.Item) {}},
		{`"length":0`, func(i *order.Item) { i.Length = pointer[money.Amount](0) }},
		{`"weight":0.004`, func(i *order.Item) { i.Weight = pointer[money.Amount](0) }},
		{`"itemColor":"r\u0000ed"`, func(i *order.Item) { i.Color = "red" }},
		{`"something":{"new":true}`, func(*order.Item) {}},
	}
	for _, tt := range tests {
		want := base
		tt.change(&want)
		got, text := oneItem(t, tt.keys)
		if diff := cmp.Diff(want, got); text != "" || diff != "" {
			t.Errorf("%s: %s\n%s", tt.keys, text, diff)
		}
	}
}

func TestItemRefuses(t *testing.T) {
	tests := []struct{ keys, want string }{
		{`"description":null`, `items[0].description is required`},
		{`"description":"  "`, `items[0].description is required`},
		{`"description":false`, `items[0].description is required`},
		{`"description":"\u0000"`, `items[0].description is required`},
		{`"description":["D"]`, `items[0].description: ["D"] is not a string`},
		{`"quantity":null`, `items[0].quantity is required`},
		{`"quantity":""`, `items[0].quantity is required`},
		{`"quantity":"abc"`, `items[0].quantity: "abc" is not a positive whole number`},
		{`"quantity":0`, `items[0].quantity: 0 is not a positive whole number`},
		{`"quantity":-1`, `items[0].quantity: -1 is not a positive whole number`},
		{`"quantity":1.5`, `items[0].quantity: 1.5 is not a positive whole number`},
		{`"quantity":true`, `items[0].quantity: true is not a positive whole number`},
		{`"quantity":[1]`, `items[0].quantity: [1] is not a positive whole number`},
		{`"quantity":1000000001`, `items[0].quantity: 1000000001 is more than 1000000000`},
		{`"quantity":1e1000000000`, `items[0].quantity: 1e1000000000 is not a positive whole number`},
		{`"unitPrice":null`, `items[0].unitPrice is required`},
		{`"unitPrice":" "`, `items[0].unitPrice is required`},
		{`"unitPrice":"free"`, `items[0].unitPrice: "free" is not a decimal number`},
		{`"unitPrice":"1,50"`, `items[0].unitPrice: "1,50" is not a decimal number`},
		{`"unitPrice":true`, `items[0].unitPrice: true is not a decimal number`},
		{`"unitPrice":{"USD":1}`, `items[0].unitPrice: {"USD":1} is not a decimal number`},
		{`"unitPrice":1e400`, `items[0].unitPrice: 1e400 is too large`},
		{`"unitPrice":1e1000000000`, `items[0].unitPrice: 1e1000000000 is too large`},
		{`"weight":-1`, `items[0].weight: -1 is negative`},
		{`"height":"tall"`, `items[0].height: "tall" is not a decimal number`},
		{`"weightUnits":"stone"`, `items[0].weightUnits: "stone" is not one of LB, OZ, KG, G`},
		{`"weightUnit":"S"`, `items[0].weightUnits: "S" is not one of LB, OZ, KG, G`},
		{`"countryOfOrigin":"Italy"`, `items[0].countryOfOrigin: "Italy" is not a country code of two letters`},
		{`"itemNonShippable":"maybe"`, `items[0].itemNonShippable: "maybe" is not true or false`},
		{`"sku":true`, `items[0].sku: true is not a string`},
	}
	for _, tt := range tests {
		if _, got := oneItem(t, tt.keys); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.keys, got, tt.want)
		}
	}
}

func TestCartRefuses(t *testing.T) {
	const none = "Parameter items is required."
	item := `{"description":"D","quantity":1,"unitPrice":1}`
	tests := []struct{ body, want string }{
		{`{}`, none},
		{`{"items":null}`, none},
		{`{"items":[]}`, none},
		{`{"items":" "}`, none},
		{`{"items":false}`, none},
		{`{"items":"x"}`, `items: "x" is not a list of items`},
		{`{"items":7}`, `items: 7 is not a list of items`},
		{`{"items":{"0":` + item + `}}`, `items: {"0":` + item + `} is not a list of items`},
		{`{"items":[null]}`, `items[0]: is not a map of an item's keys`},
		{`{"items":[` + item + `,"x"]}`, `items[1]: is not a map of an item's keys`},
		{`{"items":[` + item + `,` + item + `,{}]}`, `items[2].description is required`},
		{`{"items":[` + item + `,` + item + `,{"description":"D","quantity":"abc"}]}`, `items[2].quantity: "abc" is not a positive whole number`},
		{`{"items":[` + item + `],"domesticShippingCharge":-1}`, `domesticShippingCharge: -1 is negative`},
		{`{"items":[` + item + `],"domesticShippingCharge":"x"}`, `domesticShippingCharge: "x" is not a decimal number`},
		{`{"items":[` + item + `],"misc3":{"a":1}}`, `misc3: {"a":1} is not a string`},
		{`{"items":[],"misc3":{"a":1}}`, none}, // items come first
	}
	for _, tt := range tests {
		cart, err := DecodeCart(parse(t, tt.body))
		if got := textOf(t, CreateTempCart, err); got != tt.want {
			t.Errorf("%s: %q, want %q; %+v", tt.body, got, tt.want, cart)
		}
	}
}

// What an error repeats of a cart is short, whatever the cart holds.
func TestCartErrorsAreShort(t *testing.T) {
	long := strings.Repeat("x", 1<<16)
	for _, keys := range []string{
		`"quantity":"` + long + `"`, `"unitPrice":"` + long + `"`, `"weight":"` + long + `"`, `"sku":["` + long + `"]`,
		`"weightUnits":"` + long + `"`, `"countryOfOrigin":"` + long + `"`, `"itemNonShippable":"` + long + `"`,
	} {
		if _, text := oneItem(t, keys); text == "" || len(text) > 300 {
			t.Errorf("%.20s: an error of %d bytes", keys, len(text))
		}
	}
}
