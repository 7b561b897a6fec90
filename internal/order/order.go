// Package order is the domain: stores, carts, orders, their statuses and
// their history, and the Service that holds the rules.
//
// It knows nothing of HTTP, JSON or any database. Storage is used through the
// interfaces that this package declares.
package order

import (
	"time"

	"entrepot/internal/money"
)

// Head is the part of an order that lists need and that changes. An empty
// string is an absent value.
type Head struct {
	ID
	PlacedAt        time.Time // UTC, whole milliseconds
	Test            bool
	State           State
	StatusAt        time.Time // since when the status holds
	MerchantOrderID string
	ReferenceID     string
	Tracking        []string
	Cart            CartID
	Notes           int64 // how many notes there are
	Changes         int64 // how many entries the history has
}

// Order is everything known of an order.
type Order struct {
	Head
	Details
	NoteList []Note
}

// Address is where something is sent, or who pays.
type Address struct {
	Name, Company, Email, Phone, AltPhone string
	Address1, Address2, Address3          string
	City, State, Zip                      string
	CountryCode, CountryName              string // ISO 3166, two letters; the name in English
}

// Details are what was fixed when the order was placed. An empty string is an
// absent value.
type Details struct {
	ShipTo, BillTo     Address
	NationalIdentifier string
	BirthDate          string
	PONumber           string

	ShipComplete bool
	CSLListMatch bool  // the buyer matches the US Consolidated Screening List
	OptInEmail   *bool // nil when the store shows no newsletter box

	Items    []Item
	Totals   Totals
	BoxCount string
	Misc     [6]string

	Shipping Shipping
	Payment  Payment
	Promo    *Promo

	Extra  Extra // keys of the order itself
	Beside Extra // keys beside the order in the answer
}

// Extra are keys that only the server knew from which an order was imported,
// in the form in which the Codec keeps them; opaque here. They may hold
// personal data.
type Extra string

// Totals are an order's sums: dollars with two places, and the same in the
// currency of settlement with its own places.
type Totals struct {
	Currency money.Currency // of settlement

	Items, ItemsForeign                     money.Amount
	Shipping, ShippingForeign               money.Amount
	DutyTaxes                               money.Amount
	QuotedDutyTaxes, QuotedDutyTaxesForeign money.Amount
	Grand, GrandForeign                     money.Amount
	Remittance                              money.Amount // what has to be remitted to a country

	Breakdown DutyTaxesBreakdown
}

// DutyTaxesBreakdown says what duties and taxes consist of, in dollars.
type DutyTaxesBreakdown struct {
	BrokerageFee, DisbursementFee, Duty, PrepaymentFee money.Amount
	VATOnDisbursementFee                               money.Amount
	VAT                                                money.Amount // without the VAT on the disbursement fee

	Extra Extra
}

// Shipping is how the order travels.
type Shipping struct {
	Name         string // what the shopper saw
	ServiceLevel string // DHL_EXPRESS, UPS_EXPEDITED, ...
	Instructions string

	CarrierAccountNumber string // the shopper's own account
	CarrierAccountMethod string
}

// Payment is how it was paid. Only Gateway applies when the checkout took the
// payment; the rest where the shop's own gateway did.
type Payment struct {
	Gateway         string
	CapturedAt      *time.Time
	CardType        string
	LastFour        string
	TransactionID   string
	TransactionType string // AUTH_CAPTURE or AUTH_ONLY

	Extra Extra
}

// Promo is a code that was used, and its positive amount in dollars. The
// grand total does not have it taken off.
type Promo struct {
	Code   string
	Amount money.Amount
	Extra  Extra
}

// Note is a remark on an order.
type Note struct {
	Seq       int64
	CreatedAt time.Time
	CreatedBy string
	Customer  bool // written by the customer
	Flagged   bool // important
	Text      string
	Extra     Extra
}

// Change is one entry of an order's history.
type Change struct {
	Seq    int64 // 1 is the placing; numbers, not times, give the order
	At     time.Time
	Actor  string // who: "shop" for the API, a name for an operator
	Kind   ChangeKind
	From   string
	To     string
	Reason string
}

// ChangeKind says what changed.
type ChangeKind string

// The kinds of change.
const (
	ChangePlaced          ChangeKind = "placed"
	ChangeStatus          ChangeKind = "status"
	ChangeMerchantOrderID ChangeKind = "merchant-order-id"
	ChangeTracking        ChangeKind = "tracking"
	ChangeNote            ChangeKind = "note"
	ChangeImported        ChangeKind = "imported" // from another server; To is the status that it had
	ChangeErased          ChangeKind = "erased"   // what it said of a person is gone
)

// Why is who makes a change, and for what reason.
type Why struct {
	Actor  string
	Reason string
}

// Document is Details in the form in which they are kept: opaque bytes made by
// a Codec, with the version of their form.
type Document struct {
	Format int
	Body   []byte
}
