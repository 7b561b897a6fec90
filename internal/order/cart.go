package order

import (
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/money"
)

// Cart is a shopper's cart on its way to the checkout.
type Cart struct {
	ID        CartID
	Store     StoreNumber
	CreatedAt time.Time
	ExpiresAt time.Time
	CartContents
}

// CartContents is what a shop sends of a cart. An empty string is an absent
// value.
type CartContents struct {
	ReferenceID     string // the shop's own cart or quote id
	ConfirmationURL string // where the shopper lands after payment
	ContinueURL     string // the "continue shopping" link
	DomesticCharge  money.Amount
	BoxCount        string // 22x15x15(1),8x8x4(2): inches, and how many
	Misc            [6]string
	FooterHTML      string // URL-encoded HTML of a stranger
	Items           []Item
}

// Item is one line of a cart or an order. A coupon is a line with a negative
// price. An empty string is an absent value.
type Item struct {
	Description  string
	Quantity     int64
	UnitPrice    money.Amount // dollars, two places
	ProductID    string
	SKU          string
	Length       *money.Amount // inches, two places; nil when unknown
	Width        *money.Amount
	Height       *money.Amount
	Weight       *money.Amount // in WeightUnits, two places
	WeightUnits  string        // LB, OZ, KG or G
	NonShippable bool

	CountryOfOrigin     string // ISO 3166, two letters
	ImageURL            string
	URL                 string
	Brand               string
	Category            string
	Color               string
	Customization       string
	DescriptionDetailed string
	DescriptionLong     string
	FabricContent       string
	HSCode              string
	LTLClass            string
	Material            string
	Status              string

	Extra Extra
}

// Total is price times quantity.
func (i Item) Total() (money.Amount, error) { return i.UnitPrice.Times(i.Quantity) }

// ItemsTotal adds the lines up, negative ones included.
func ItemsTotal(items []Item) (money.Amount, error) {
	var total money.Amount
	for _, item := range items {
		line, err := item.Total()
		if err == nil {
			total, err = total.Add(line)
		}
		if err != nil {
			return 0, fault.Field("items", "add up to more than this service counts")
		}
	}
	return total, nil
}

// CartUsage is what a store, or one address at it, holds in waiting carts.
type CartUsage struct {
	Carts int64
	Bytes int64
}

// CartQuota bounds CartUsage; createTempCart is open to anybody.
type CartQuota struct {
	PerStore   CartUsage
	PerAddress CartUsage // not applied to callers who show the store's secret
}

// DefaultCartQuota lets a shop send a cart every few seconds for as long as
// carts live, and bounds what a stranger can fill the disk with.
var DefaultCartQuota = CartQuota{
	PerStore:   CartUsage{Carts: 200_000, Bytes: 2 << 30},
	PerAddress: CartUsage{Carts: 50_000, Bytes: 512 << 20},
}

func (limit CartUsage) exceededBy(use CartUsage) bool {
	return use.Carts > limit.Carts || use.Bytes > limit.Bytes
}
