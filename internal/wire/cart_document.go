package wire

import (
	"encoding/json"
	"fmt"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// cartFormat is the version of the form in which carts are kept.
const cartFormat = 1

// cartJSON is order.CartContents as it is kept between the cart and the order.
type cartJSON struct {
	ReferenceID     text       `json:"referenceId"`
	ConfirmationURL text       `json:"externalConfirmationPageURL"`
	ContinueURL     text       `json:"contShoppingURL"`
	DomesticCharge  dollars    `json:"domesticShippingCharge"`
	BoxCount        text       `json:"boxCount"`
	Misc            [6]text    `json:"misc"`
	FooterHTML      text       `json:"footerHTML"`
	Items           []itemJSON `json:"items"`
}

// EncodeCart implements order.Codec.
func (Codec) EncodeCart(c *order.CartContents) (order.Document, error) {
	j := cartJSON{
		ReferenceID: text(c.ReferenceID), ConfirmationURL: text(c.ConfirmationURL),
		ContinueURL: text(c.ContinueURL), DomesticCharge: dollars(c.DomesticCharge),
		BoxCount: text(c.BoxCount), FooterHTML: text(c.FooterHTML), Items: newItems(c.Items),
	}
	for i, misc := range c.Misc {
		j.Misc[i] = text(misc)
	}
	return order.Document{Format: cartFormat, Body: encode(&j)}, nil
}

// DecodeCart implements order.Codec.
func (Codec) DecodeCart(doc order.Document) (*order.CartContents, error) {
	if doc.Format != cartFormat {
		return nil, fmt.Errorf("a cart of format %d is not known here", doc.Format)
	}
	var j cartJSON
	if err := json.Unmarshal(doc.Body, &j); err != nil {
		return nil, fmt.Errorf("decode cart: %w", err)
	}
	c := &order.CartContents{
		ReferenceID: string(j.ReferenceID), ConfirmationURL: string(j.ConfirmationURL),
		ContinueURL: string(j.ContinueURL), DomesticCharge: money.Amount(j.DomesticCharge),
		BoxCount: string(j.BoxCount), FooterHTML: string(j.FooterHTML), Items: orderItems(j.Items),
	}
	for i, misc := range j.Misc {
		c.Misc[i] = string(misc)
	}
	return c, nil
}
