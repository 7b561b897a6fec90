package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

// detailsFormat is the version of the form in which an order's details are
// kept: the JSON object whose members orderDetail answers, in its order.
// A change of the form takes a new version; DecodeDetails reads them all.
const detailsFormat = 1

// extraFormat is the form of details with keys that only another server knew:
// {"order": the details as above with them, "beside": those beside the order}.
const extraFormat = 2

// text is a string that is null when it is empty.
type text string

// appendJSON writes the string, or null.
func (t text) appendJSON(dst []byte) []byte { return appendText(dst, string(t)) }

// dollars is an amount of two places.
type dollars money.Amount

// appendJSON writes a number with two decimals.
func (d dollars) appendJSON(dst []byte) []byte { return money.Amount(d).Append(dst, money.Cents) }

// UnmarshalJSON reads what appendJSON wrote.
func (d *dollars) UnmarshalJSON(b []byte) error {
	a, err := money.Parse(string(b), money.Cents)
	*d = dollars(a)
	return err
}

// foreign is an amount in the currency of settlement, with its places.
type foreign struct {
	amount money.Amount
	places int
}

// appendJSON writes a number with the currency's decimals.
func (f foreign) appendJSON(dst []byte) []byte { return f.amount.Append(dst, f.places) }

// UnmarshalJSON reads what appendJSON wrote; the places are those written.
func (f *foreign) UnmarshalJSON(b []byte) (err error) {
	_, fraction, _ := strings.Cut(string(b), ".")
	f.places = len(fraction)
	f.amount, err = money.Parse(string(b), f.places)
	return err
}

// document is order.Details under the contract's keys (section 4).
// remittance_amount is the last member: orderDetail repeats it.
type document struct {
	Name        text `json:"name"`
	Company     text `json:"company"`
	Email       text `json:"email"`
	Phone       text `json:"phone"`
	AltPhone    text `json:"altPhone"`
	Address1    text `json:"address1"`
	Address2    text `json:"address2"`
	Address3    text `json:"address3"`
	City        text `json:"city"`
	State       text `json:"state"`
	Zip         text `json:"zip"`
	CountryCode text `json:"countryCode"`
	CountryName text `json:"countryName"`

	BillingName        text `json:"billingName"`
	BillingCompany     text `json:"billingCompany"`
	BillingEmail       text `json:"billingEmail"`
	BillingPhone       text `json:"billingPhone"`
	BillingAltPhone    text `json:"billingAltPhone"`
	BillingAddress1    text `json:"billingAddress1"`
	BillingAddress2    text `json:"billingAddress2"`
	BillingAddress3    text `json:"billingAddress3"`
	BillingCity        text `json:"billingCity"`
	BillingState       text `json:"billingState"`
	BillingZip         text `json:"billingZip"`
	BillingCountryCode text `json:"billingCountryCode"`
	BillingCountryName text `json:"billingCountryName"`

	NationalIdentifier text  `json:"nationalIdentifier"`
	BirthDate          text  `json:"birthDate"`
	PONumber           text  `json:"poNumber"`
	ShipComplete       bool  `json:"shipComplete"`
	CSLListMatch       bool  `json:"cslListMatch"`
	OptInEmail         *bool `json:"optInEmail"`

	ItemsCount             int           `json:"itemsCount"`
	ItemsTotal             dollars       `json:"itemsTotal"`
	ItemsTotalForeign      foreign       `json:"itemsTotalForeign"`
	ShippingTotal          dollars       `json:"shippingTotal"`
	ShippingTotalForeign   foreign       `json:"shippingTotalForeign"`
	DutyTaxesTotal         dollars       `json:"dutyTaxesTotal"`
	QuotedDutyTaxes        dollars       `json:"quotedDutyTaxes"`
	QuotedDutyTaxesForeign foreign       `json:"quotedDutyTaxesForeign"`
	GrandTotal             dollars       `json:"grandTotal"`
	GrandTotalForeign      foreign       `json:"grandTotalForeign"`
	ForeignCurrencyCode    string        `json:"foreignCurrencyCode"`
	Breakdown              breakdownJSON `json:"dutyTaxesBreakdown"`

	BoxCount                     text `json:"boxCount"`
	CarrierAccountNumber         text `json:"carrierAccountNumber"`
	CarrierAccountShippingMethod text `json:"carrierAccountShippingMethod"`
	CustomerSelectedShippingName text `json:"customerSelectedShippingName"`
	ShippingCarrierServiceLevel  text `json:"shippingCarrierServiceLevel"`
	ShippingInstructions         text `json:"shippingInstructions"`

	Misc1 text `json:"misc1"`
	Misc2 text `json:"misc2"`
	Misc3 text `json:"misc3"`
	Misc4 text `json:"misc4"`
	Misc5 text `json:"misc5"`
	Misc6 text `json:"misc6"`

	Items             []itemJSON  `json:"items"`
	PaymentProcessing paymentJSON `json:"paymentProcessing"`
	PromoCode         *promoJSON  `json:"promoCode,omitempty"`
	Remittance        dollars     `json:"remittance_amount"`
}

// breakdownJSON is order.DutyTaxesBreakdown; its spelling is the contract's.
type breakdownJSON struct {
	BrokerageFee         dollars `json:"brokerageFee"`
	DisbursementFee      dollars `json:"dispursementFee"`
	Duty                 dollars `json:"duty"`
	PrepaymentFee        dollars `json:"prepaymentFee"`
	VATOnDisbursementFee dollars `json:"vatOnDispursementFee"`
	VAT                  dollars `json:"vatTax"`

	Extra order.Extra `json:"-"`
}

// paymentJSON is order.Payment; keys that do not apply are left out.
type paymentJSON struct {
	Gateway         text       `json:"paymentGateway,omitempty"`
	CaptureDate     *int64     `json:"captureDate,omitempty"`
	CaptureString   *timeValue `json:"captureDateString,omitempty"`
	CardType        text       `json:"cardType,omitempty"`
	LastFour        text       `json:"lastFour,omitempty"`
	TransactionID   text       `json:"transactionId,omitempty"`
	TransactionType text       `json:"transactionType,omitempty"`

	Extra order.Extra `json:"-"`
}

type promoJSON struct {
	Code   text    `json:"code"`
	Amount dollars `json:"amount"`

	Extra order.Extra `json:"-"`
}

// timeValue is a time as the contract's string.
type timeValue int64

// appendJSON writes the time in the contract's form.
func (t timeValue) appendJSON(dst []byte) []byte { return appendTime(dst, int64(t)) }

// UnmarshalJSON accepts it; the milliseconds beside it say the same.
func (t *timeValue) UnmarshalJSON([]byte) error { return nil }

// Codec is order.Codec in the contract's JSON.
type Codec struct{}

var _ order.Codec = Codec{}

// EncodeDetails implements order.Codec.
func (Codec) EncodeDetails(d *order.Details) (order.Document, error) {
	body := encode(newDocument(d))
	if hasExtra(d) {
		return encodeExtra(body, d), nil
	}
	return order.Document{Format: detailsFormat, Body: body}, nil
}

// DecodeDetails implements order.Codec.
func (Codec) DecodeDetails(doc order.Document) (*order.Details, error) {
	if doc.Format == extraFormat {
		return decodeExtra(doc.Body)
	}
	if doc.Format != detailsFormat {
		return nil, fmt.Errorf("details of format %d are not known here", doc.Format)
	}
	var j document
	if err := json.Unmarshal(doc.Body, &j); err != nil {
		return nil, fmt.Errorf("decode details: %w", err)
	}
	return j.details()
}

// marshal is JSON without the escapes that only HTML needs, and without the
// line feed of an encoder.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func newPayment(p order.Payment) paymentJSON {
	j := paymentJSON{
		Gateway: text(p.Gateway), CardType: text(p.CardType), LastFour: text(p.LastFour),
		TransactionID: text(p.TransactionID), TransactionType: text(p.TransactionType),
		Extra: p.Extra,
	}
	if p.CapturedAt != nil {
		ms := p.CapturedAt.UnixMilli()
		j.CaptureDate, j.CaptureString = &ms, (*timeValue)(&ms)
	}
	return j
}

func (j paymentJSON) payment() order.Payment {
	p := order.Payment{
		Gateway: string(j.Gateway), CardType: string(j.CardType), LastFour: string(j.LastFour),
		TransactionID: string(j.TransactionID), TransactionType: string(j.TransactionType),
		Extra: j.Extra,
	}
	if j.CaptureDate != nil {
		at := time.UnixMilli(*j.CaptureDate).UTC()
		p.CapturedAt = &at
	}
	return p
}
