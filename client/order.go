package client

import (
	"encoding/json"
	"strings"
	"time"
)

// Order is everything known about an order (contract, section 4). Text that
// the server has not is "", an amount or a measure that it has not is "", a
// time that it has not is zero.
//
// An Order that was read and is written again by json.Marshal is the same
// JSON but for white space: null, absent keys, and numbers that came as
// strings stay what they were, unless the field was changed.
type Order struct {
	ID              OrderID `json:"orderId"`
	ReferenceID     string  `json:"referenceId"`     // the shop's cart id
	MerchantOrderID string  `json:"merchantOrderId"` // the shop's order id
	PONumber        string  `json:"poNumber"`

	OrderDate        time.Time `json:"orderDate"` // when it was placed; see Placed
	OrderDateString  string    `json:"orderDateString"`
	Status           Status    `json:"orderStatus"`
	StatusDate       time.Time `json:"orderStatusDate"` // since when; see StatusSince
	StatusDateString string    `json:"orderStatusDateString"`

	TestOrder    bool  `json:"testOrder"` // never to be shipped
	ShipComplete bool  `json:"shipComplete"`
	CSLListMatch bool  `json:"cslListMatch"` // the buyer matches the US Consolidated Screening List
	OptInEmail   *bool `json:"optInEmail"`   // nil when the store does not show the box

	ShipTo Address `prefix:""`
	BillTo Address `prefix:"billing"`

	NationalIdentifier string `json:"nationalIdentifier"`
	BirthDate          string `json:"birthDate"`

	ItemsCount int64 `json:"itemsCount"` // lines, not pieces

	// In USD, and …Foreign in ForeignCurrencyCode. GrandTotal has no promo
	// code taken off.
	ItemsTotal             Amount             `json:"itemsTotal"`
	ItemsTotalForeign      Amount             `json:"itemsTotalForeign"`
	ShippingTotal          Amount             `json:"shippingTotal"`
	ShippingTotalForeign   Amount             `json:"shippingTotalForeign"`
	DutyTaxesTotal         Amount             `json:"dutyTaxesTotal"`
	QuotedDutyTaxes        Amount             `json:"quotedDutyTaxes"`
	QuotedDutyTaxesForeign Amount             `json:"quotedDutyTaxesForeign"`
	GrandTotal             Amount             `json:"grandTotal"`
	GrandTotalForeign      Amount             `json:"grandTotalForeign"`
	ForeignCurrencyCode    string             `json:"foreignCurrencyCode"`
	DutyTaxesBreakdown     DutyTaxesBreakdown `json:"dutyTaxesBreakdown"`
	RemittanceAmount       Amount             `json:"remittance_amount"` // see Remittance

	BoxCount                     string `json:"boxCount"` // as in 22x15x15(1),8x8x4(2), inches
	CarrierAccountNumber         string `json:"carrierAccountNumber"`
	CarrierAccountShippingMethod string `json:"carrierAccountShippingMethod"`
	CustomerSelectedShippingName string `json:"customerSelectedShippingName"`
	ShippingCarrierServiceLevel  string `json:"shippingCarrierServiceLevel"` // as in DHL_EXPRESS
	ShippingInstructions         string `json:"shippingInstructions"`
	TrackingNumber               string `json:"trackingNumber"` // see TrackingNumbers

	Misc1 string `json:"misc1"`
	Misc2 string `json:"misc2"`
	Misc3 string `json:"misc3"`
	Misc4 string `json:"misc4"`
	Misc5 string `json:"misc5"`
	Misc6 string `json:"misc6"`

	Items             []Item            `json:"items"`
	Notes             []Note            `json:"notes"`
	PaymentProcessing PaymentProcessing `json:"paymentProcessing"`
	PromoCode         *PromoCode        `json:"promoCode,omitempty"` // nil when none was used

	// Extra has the keys that are not named above.
	Extra map[string]json.RawMessage `json:"-"`
	// Beside has the keys that the answer has beside "order".
	Beside map[string]json.RawMessage `json:"-"`
	// Raw is the whole answer as it came, for those who keep documents. It is
	// not written by json.Marshal.
	Raw json.RawMessage `json:"-"`

	from document
}

// Address is whom an order is shipped or billed to.
type Address struct {
	Name        string `json:"name"`
	Company     string `json:"company"`
	Email       string `json:"email"`
	Phone       string `json:"phone"`
	AltPhone    string `json:"altPhone"`
	Address1    string `json:"address1"`
	Address2    string `json:"address2"`
	Address3    string `json:"address3"`
	City        string `json:"city"`
	State       string `json:"state"`
	Zip         string `json:"zip"`
	CountryCode string `json:"countryCode"` // ISO 3166, two letters
	CountryName string `json:"countryName"`
}

// DutyTaxesBreakdown is what duty and taxes are made of, in USD. The spelling
// of "dispursement" is the contract's.
type DutyTaxesBreakdown struct {
	BrokerageFee         Amount `json:"brokerageFee"`
	DispursementFee      Amount `json:"dispursementFee"`
	Duty                 Amount `json:"duty"`
	PrepaymentFee        Amount `json:"prepaymentFee"`
	VATOnDispursementFee Amount `json:"vatOnDispursementFee"`
	VATTax               Amount `json:"vatTax"`

	Extra map[string]json.RawMessage `json:"-"`
	from  document
}

// Item is a line of an order. Lengths are inches.
type Item struct {
	Description string `json:"description"`
	Quantity    int64  `json:"quantity"`
	UnitPrice   Amount `json:"unitPrice"` // USD; negative for a coupon
	ProductID   string `json:"productId"`
	SKU         string `json:"sku"`

	Length      Amount `json:"length"`
	Width       Amount `json:"width"`
	Height      Amount `json:"height"`
	Weight      Amount `json:"weight"`
	WeightUnits string `json:"weightUnits"` // LB, OZ, KG, G

	NonShippable    bool   `json:"itemNonShippable"`
	CountryOfOrigin string `json:"countryOfOrigin"`
	ImageURL        string `json:"imageURL"`
	URL             string `json:"itemURL"`

	Brand               string `json:"itemBrand"`
	Category            string `json:"itemCategory"`
	Color               string `json:"itemColor"`
	Customization       string `json:"itemCustomization"`
	DescriptionDetailed string `json:"itemDescriptionDetailed"`
	DescriptionLong     string `json:"itemDescriptionLong"`
	FabricContent       string `json:"itemFabricContent"`
	HSCode              string `json:"itemHSCode"`
	LTLClass            string `json:"itemLtlClass"`
	Material            string `json:"itemMaterial"`
	Status              string `json:"status"`

	Extra map[string]json.RawMessage `json:"-"`
	from  document
}

// Note is a note on an order.
type Note struct {
	CreatedByUser     string    `json:"createdByUser"`
	CustomerNote      bool      `json:"customerNote"` // written by the customer
	DateCreated       time.Time `json:"dateCreated"`
	DateCreatedString string    `json:"dateCreatedString"`
	Flagged           bool      `json:"flagged"` // important
	Note              string    `json:"note"`

	Extra map[string]json.RawMessage `json:"-"`
	from  document
}

// PaymentProcessing is how an order was paid; what does not apply is left out.
type PaymentProcessing struct {
	PaymentGateway    string    `json:"paymentGateway,omitempty"`
	CaptureDate       time.Time `json:"captureDate,omitempty"`
	CaptureDateString string    `json:"captureDateString,omitempty"`
	CardType          string    `json:"cardType,omitempty"`
	LastFour          string    `json:"lastFour,omitempty"`
	TransactionID     string    `json:"transactionId,omitempty"`
	TransactionType   string    `json:"transactionType,omitempty"` // AUTH_CAPTURE or AUTH_ONLY

	Extra map[string]json.RawMessage `json:"-"`
	from  document
}

// PromoCode is the code that the shopper used. Its amount is positive and not
// taken off GrandTotal.
type PromoCode struct {
	Code   string `json:"code"`
	Amount Amount `json:"amount"`

	Extra map[string]json.RawMessage `json:"-"`
	from  document
}

// Placed is when the order was placed, in UTC.
func (o *Order) Placed() time.Time { return firstTime(o.OrderDate, o.OrderDateString) }

// StatusSince is since when the order has its status, in UTC.
func (o *Order) StatusSince() time.Time { return firstTime(o.StatusDate, o.StatusDateString) }

// firstTime is the milliseconds' time, or else the text's.
func firstTime(t time.Time, text string) time.Time {
	if !t.IsZero() {
		return t
	}
	t, _ = ParseTime(text)
	return t
}

// TrackingNumbers are the order's tracking numbers.
func (o *Order) TrackingNumbers() []string {
	if o.TrackingNumber == "" {
		return nil
	}
	return strings.Split(o.TrackingNumber, ",")
}

// Remittance is what has to be remitted to a country: some servers send it
// inside the order, some beside it.
func (o *Order) Remittance() Amount {
	if o.RemittanceAmount != "" {
		return o.RemittanceAmount
	}
	amount, _ := decodeAmount(o.Beside["remittance_amount"])
	return amount
}
