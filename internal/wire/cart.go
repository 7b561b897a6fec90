package wire

import (
	"fmt"
	"regexp"
	"strings"

	"entrepot/internal/order"
)

// maxQuantity bounds a line; more is a slip of the sender's.
const maxQuantity = 1_000_000_000

// DecodeCart reads what createTempCart takes.
func DecodeCart(o Object) (*order.CartContents, error) {
	f := &fields{object: o}
	c := &order.CartContents{
		ReferenceID:     f.text("referenceId"),
		ConfirmationURL: f.text("externalConfirmationPageURL"),
		ContinueURL:     f.text("contShoppingURL"),
		DomesticCharge:  f.dollars("domesticShippingCharge"),
		BoxCount:        f.text("boxCount"),
		FooterHTML:      f.text("footerHTML"),
	}
	for i := range c.Misc {
		c.Misc[i] = f.text(fmt.Sprintf("misc%d", i+1))
	}
	if c.DomesticCharge < 0 {
		f.fail("domesticShippingCharge", o.get("domesticShippingCharge").quoted()+" is negative")
	}
	items, err := decodeItems(o)
	if err != nil {
		return nil, err // items come first: a cart is nothing without them
	}
	c.Items = items
	return c, f.err
}

func decodeItems(o Object) ([]order.Item, error) {
	list := o.get("items")
	elements, isList := list.elements()
	switch {
	case list.kind == absent || list.isFalse() || (isList && len(elements) == 0):
		return nil, problem(ItemsRequired, nil)
	case !isList:
		return nil, problem(BadField, Args{"field": "items", "problem": list.quoted() + " is not a list of items"})
	}
	var items []order.Item
	for i, raw := range elements {
		item, err := decodeItem(fmt.Sprintf("items[%d]", i), object(raw))
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

func decodeItem(name string, o Object) (order.Item, error) {
	if o == nil {
		return order.Item{}, problem(BadField, Args{"field": name, "problem": "is not a map of an item's keys"})
	}
	f := &fields{object: o, prefix: name + "."}
	item := f.item()
	return item, f.err
}

var (
	weightUnits  = regexp.MustCompile(`^(LB|OZ|KG|G)S?$`)
	countryCodes = regexp.MustCompile(`^[A-Z]{2}$`)
)

func (f *fields) item() order.Item {
	item := order.Item{
		Description: f.required("description"),
		Quantity:    f.quantity(),
		ProductID:   f.text("productId", "productID"),
		SKU:         f.text("sku"),
		Length:      f.measure("length"),
		Width:       f.measure("width"),
		Height:      f.measure("height"),
		Weight:      f.measure("weight"),
		WeightUnits: f.weightUnits(),

		NonShippable:    f.is("itemNonShippable", "nonShippable"),
		CountryOfOrigin: f.oneOf("countryOfOrigin", countryCodes, "a country code of two letters"),

		ImageURL: f.text("imageURL", "imageUrl"), URL: f.text("itemURL", "itemUrl"),
		Brand: f.text("itemBrand"), Category: f.text("itemCategory"), Color: f.text("itemColor"),
		Customization:       f.text("itemCustomization"),
		DescriptionDetailed: f.text("itemDescriptionDetailed"), DescriptionLong: f.text("itemDescriptionLong"),
		FabricContent: f.text("itemFabricContent"), HSCode: f.text("itemHSCode"),
		LTLClass: f.text("itemLtlClass"), Material: f.text("itemMaterial"), Status: f.text("status"),
	}
	if price := f.amount("unitPrice", 2); price != nil {
		item.UnitPrice = *price
	} else {
		f.missing("unitPrice")
	}
	return item
}

func (f *fields) required(key string) string {
	text := f.text(key)
	if text == "" {
		f.missing(key)
	}
	return text
}

func (f *fields) quantity() int64 {
	v := f.optional("quantity")
	if v.kind == absent {
		f.missing("quantity")
		return 0
	}
	n, ok := v.wholeNumber()
	switch {
	case !ok:
		f.fail("quantity", v.quoted()+" is not a positive whole number")
	case n > maxQuantity:
		f.fail("quantity", fmt.Sprintf("%s is more than %d", v.quoted(), maxQuantity))
	}
	return n
}

// weightUnits reads LB, OZ, KG or G in any case, with the plural's S that some
// shop systems add; LB when there is none.
func (f *fields) weightUnits() string {
	units := f.oneOf("weightUnits", weightUnits, "one of LB, OZ, KG, G", "weightUnit")
	if units == "" {
		return "LB"
	}
	return strings.TrimSuffix(units, "S")
}
