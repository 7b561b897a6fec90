package client

import (
	"context"
	"encoding/json"
)

// Cart is a shopper's cart (contract, section 2). Items are required; what is
// zero is not sent.
type Cart struct {
	ReferenceID                 string     `json:"referenceId,omitempty"` // the shop's own cart or quote id
	ExternalConfirmationPageURL string     `json:"externalConfirmationPageURL,omitempty"`
	ContShoppingURL             string     `json:"contShoppingURL,omitempty"`
	DomesticShippingCharge      Amount     `json:"domesticShippingCharge,omitempty"` // USD
	BoxCount                    string     `json:"boxCount,omitempty"`               // as in 22x15x15(1),8x8x4(2), inches
	Misc1                       string     `json:"misc1,omitempty"`
	Misc2                       string     `json:"misc2,omitempty"`
	Misc3                       string     `json:"misc3,omitempty"`
	Misc4                       string     `json:"misc4,omitempty"`
	Misc5                       string     `json:"misc5,omitempty"`
	Misc6                       string     `json:"misc6,omitempty"`
	FooterHTML                  string     `json:"footerHTML,omitempty"` // URL-encoded
	Items                       []CartItem `json:"items"`

	// WithoutSecret leaves the store's secret out, where the store allows it.
	WithoutSecret bool `json:"-"`
}

// CartItem is a line of a cart. Description, Quantity and UnitPrice are
// required; what else is zero is not sent.
type CartItem struct {
	Description string `json:"description"`
	Quantity    int64  `json:"quantity"`
	UnitPrice   Amount `json:"unitPrice"` // USD; negative for a coupon
	ProductID   string `json:"productId,omitempty"`
	SKU         string `json:"sku,omitempty"`

	Length      Amount `json:"length,omitempty"` // inches
	Width       Amount `json:"width,omitempty"`
	Height      Amount `json:"height,omitempty"`
	Weight      Amount `json:"weight,omitempty"`
	WeightUnits string `json:"weightUnits,omitempty"` // LB when empty; OZ, KG, G

	NonShippable    bool   `json:"itemNonShippable,omitempty"`
	CountryOfOrigin string `json:"countryOfOrigin,omitempty"` // ISO 3166, two letters
	ImageURL        string `json:"imageURL,omitempty"`
	URL             string `json:"itemURL,omitempty"`

	Brand               string `json:"itemBrand,omitempty"`
	Category            string `json:"itemCategory,omitempty"`
	Color               string `json:"itemColor,omitempty"`
	Customization       string `json:"itemCustomization,omitempty"`
	DescriptionDetailed string `json:"itemDescriptionDetailed,omitempty"`
	DescriptionLong     string `json:"itemDescriptionLong,omitempty"`
	FabricContent       string `json:"itemFabricContent,omitempty"`
	HSCode              string `json:"itemHSCode,omitempty"`
	LTLClass            string `json:"itemLtlClass,omitempty"`
	Material            string `json:"itemMaterial,omitempty"`
	Status              string `json:"status,omitempty"`
}

// CreateTempCart leaves a cart with the server and answers its tempCartUUID,
// with which the shopper's browser is sent to the checkout. It is not repeated
// once the server may have taken the cart (see the package's comment).
func (c *Client) CreateTempCart(ctx context.Context, cart Cart) (tempCartUUID string, err error) {
	endpoint := tempCart
	endpoint.open = cart.WithoutSecret
	err = c.call(ctx, endpoint, cart, func(body []byte) error {
		var answer struct {
			UUID string `json:"tempCartUUID"`
		}
		if err := json.Unmarshal(body, &answer); err != nil || answer.UUID == "" {
			return errNoCart
		}
		tempCartUUID = answer.UUID
		return nil
	})
	return tempCartUUID, err
}
