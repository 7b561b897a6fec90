package openapi_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// slip is a mistake in the document.
type slip struct {
	name string
	make func(root tree)
}

// in names a map of the document by a path of keys with blanks between them.
func in(root tree, path string) tree {
	m, ok := find(root, strings.Fields(path)...).(tree)
	if !ok {
		panic("the document has no map at " + path)
	}
	return m
}

func drop(path, key string) func(tree) {
	return func(root tree) {
		m := in(root, path)
		if _, ok := m[key]; !ok {
			panic(path + " has no " + key)
		}
		delete(m, key)
	}
}

// set sets a key to a value in JSON.
func set(path, key, value string) func(tree) {
	return func(root tree) {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(value))
		if err != nil {
			panic(value)
		}
		in(root, path)[key] = v
	}
}

// list changes a list.
func list(path, key string, change func([]any) []any) func(tree) {
	return func(root tree) {
		m := in(root, path)
		before := m[key].([]any)
		m[key] = change(slices.Clone(before))
	}
}

func without(v string) func([]any) []any {
	return func(l []any) []any {
		i := slices.IndexFunc(l, func(e any) bool { return e == any(v) || find(e, "$ref") == any("#/components/schemas/"+v) })
		return slices.Delete(l, i, i+1) // which panics when it is not there
	}
}

func with(v any) func([]any) []any { return func(l []any) []any { return append(l, v) } }

func textRef(name string) any { return tree{"$ref": "#/components/schemas/" + name} }

const (
	schemas  = "components schemas "
	detail   = "paths /v2/orderDetail post responses"
	requests = "paths /v1/orderNumbers post requestBody content application/json schema"
)

// slips are mistakes of every kind that the document could have. Each must be
// found, or the test proves nothing.
var slips = []slip{
	{"a path is missing", drop("paths", "/v1/orderDetail")},
	{"a path that is not there", set("paths", "/v3/orderDetail", `{"post":{"responses":{}}}`)},
	{"a path is misspelt", func(root tree) {
		paths := in(root, "paths")
		paths["/v1/createtempcart"] = paths["/v1/createTempCart"]
		delete(paths, "/v1/createTempCart")
	}},

	{"a status is missing", drop(detail, "400")},
	{"the status of a limit is missing", drop(detail, "429")},
	{"a status that is never answered", set(detail, "404", `{"$ref":"#/components/responses/NotFound"}`)},
	{"a fault has the status of an error", func(root tree) { m := in(root, detail); m["400"], m["500"] = m["500"], m["400"] }},
	{"v1 answers errors with 400", func(root tree) {
		m := in(root, "paths /v1/orderNumbers post responses")
		m["400"] = m["200"]
	}},
	{"a page is JSON", func(root tree) {
		m := in(root, "components responses NotAcceptable content")
		m["application/json"] = m["text/html"]
		delete(m, "text/html")
	}},
	{"the answer to an unknown path is missing", drop("components responses", "NotFound")},

	{"a header is missing", drop("components responses TooLarge headers", "X-Request-Id")},
	{"a header that is never there", set("components responses TooLarge headers", "Retry-After", `{"$ref":"#/components/headers/RetryAfter"}`)},
	{"a header has another form", set("components headers RetryAfter schema", "pattern", `"^[A-Z][a-z]+$"`)},
	{"a header is always there, they say", set("components headers Vary", "required", `true`)},
	{"a header that nobody sends", set("components responses TooLarge headers", "X-Ours", `{"schema":{"type":"string"}}`)},

	{"a key of an order is missing", drop(schemas+"Order properties", "zip")},
	{"a key that no order has", set(schemas+"Order properties", "planet", `{"type":"string"}`)},
	{"a key may be absent, they say", list(schemas+"Order", "required", without("zip"))},
	{"a key is always there, they say", list(schemas+"Order", "required", with("promoCode"))},
	{"a key of a list is missing", drop(schemas+"ListedOrder properties", "orderStatusDate")},
	{"keys that belong together do not", set(schemas+"ListedOrder", "dependentRequired", `{"testOrder":["orderStatus"]}`)},
	{"a key of an item is misspelt", func(root tree) {
		m := in(root, schemas+"Item properties")
		m["itemHsCode"] = m["itemHSCode"]
		delete(m, "itemHSCode")
	}},
	{"a key of a note is missing", drop(schemas+"Note properties", "flagged")},
	{"a key of a payment is missing", drop(schemas+"Payment properties", "lastFour")},
	{"an order has no other keys, they say", set(schemas+"Order", "additionalProperties", "false")},
	{"a list has other keys, they say", set(schemas+"OrderList", "additionalProperties", "true")},
	{"nothing is said of other keys", drop(schemas+"CartAnswer", "additionalProperties")},

	{"a number is a string", set(schemas+"Dollars", "type", `"string"`)},
	{"a number is whole", set(schemas+"Dollars", "multipleOf", "1")},
	{"an amount abroad has two decimals", set(schemas+"ForeignAmount", "multipleOf", "0.01")},
	{"a key may be null, they say", set(schemas+"Order properties testOrder", "type", `["boolean","null"]`)},
	{"a key is never null, they say", set(schemas+"Order properties zip", "type", `"string"`)},
	{"a type that JSON does not have", set(schemas+"Order properties zip", "type", `"text"`)},
	{"a time has another form", set(schemas+"Time", "pattern", `"^[0-9-]+T[0-9:]+Z$"`)},
	{"a status is missing from the list", list(schemas+"Status", "enum", without("IGLOBAL_ORDER_ON_HOLD"))},
	{"a status that there is not", list(schemas+"Status", "enum", with("IGLOBAL_ORDER_LOST"))},
	{"a status of the vendor's is missing", list(schemas+"VendorStatus", "enum", without("VENDOR_LABELS_PRINTED"))},
	{"a status that is not the vendor's", list(schemas+"VendorStatus", "enum", with("IGLOBAL_ORDER_IN_PROCESS"))},

	{"a text is changed", set(schemas+"BadCredentials", "const", `"Invalid credentials"`)},
	{"a text lacks its full stop", set(schemas+"SelectorRequiredV1", "const", `"Parameter orderId or referenceId is required"`)},
	{"a text of HTTP's is changed", set(schemas+"BodyTooLarge", "const", `"The body is too large."`)},
	{"a page says something else", set(schemas+"NotJSON", "x-text", `"Send JSON."`)},
	{"a text with blanks is changed", set(schemas+"OrderNotFound", "x-text", `"There is no order with orderId: {id}"`)},
	{"a text and its pattern differ", set(schemas+"OrderNotFound", "pattern", `"^Could not find [\\s\\S]+$"`)},
	{"a text is missing", drop(schemas, "StatusRaceLost")},
	{"a text is missing at an endpoint", list(schemas+"OrderNumbersError properties error", "anyOf", without("StoreLoading"))},
	{"a text that an endpoint never says", list(schemas+"OrderNumbersError properties error", "anyOf", with(textRef("OrderNotFound")))},
	{"v1 has a text of v2's", list(schemas+"OrderDetailV1Error properties error", "anyOf", with(textRef("UnparsableV2")))},
	{"a text that nobody says", set(schemas, "TooLate", `{"const":"Too late.","x-key":"too late"}`)},
	{"a text has the name of another", set(schemas+"BothSince", "x-key", `"since required"`)},
	{"nobody says what to do", drop(schemas+"OnlyPost", "x-remedy")},
	{"a success says something else", set(schemas+"UpdatedTrackingText", "pattern", `"^Updated$"`)},

	{"a key of requests is missing", drop(schemas+"SentItem properties", "sku")},
	{"a key that requests do not have", set(schemas+"SentItem properties", "planet", `{"type":"string"}`)},
	{"a required key is not", list(schemas+"UpdateMerchantOrderIdRequest", "required", without("merchantOrderId"))},
	{"a key is required that is not", list(schemas+"CartRequest", "required", with("referenceId"))},
	{"an order is named twice", drop(schemas+"OrderChosen", "oneOf")},
	{"a range has two beginnings", drop(schemas+"RangeGiven", "not")},
	{"a range needs no beginning", drop(schemas+"RangeGiven", "if")},
	{"a cart may be empty", drop(schemas+"CartRequest properties items", "minItems")},
	{"a quantity may be anything", drop(schemas+"SentItem properties quantity", "pattern")},
	{"half a piece may be sold", drop(schemas+"SentItem properties quantity", "multipleOf")},
	{"a price is not negative", set(schemas+"SentItem properties unitPrice", "minimum", "0")},
	{"a weight may be negative", drop(schemas+"SentMeasure", "minimum")},
	{"a day is written with hyphens", set(schemas+"SentDate", "pattern", `"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"`)},
	{"an order's id is a string only", set(schemas+"SentOrderId", "type", `"string"`)},
	{"a key takes a type that it does not", set(schemas+"SentOrderId", "type", `["string","number","boolean"]`)},
	{"a request has no other keys, they say", set(schemas+"OrderNumbersRequest", "additionalProperties", "false")},
	{"what a schema can tell is not said", drop(schemas+"SinceRequired", "x-schema-tells")},
	{"a schema cannot tell what is said", set(schemas+"BadCredentials", "x-schema-tells", "true")},
	{"a request is described by another", set(requests, "$ref", `"#/components/schemas/OrderDetailRequest"`)},
}

// malformed are mistakes against OpenAPI itself.
var malformed = []slip{
	{"a key that OpenAPI does not have", set("paths /v1/orderNumbers post", "reqestBody", "{}")},
	{"a reference to nothing", set(requests, "$ref", `"#/components/schemas/Nothing"`)},
	{"an answer has no description", drop("components responses NotFound", "description")},
	{"an example that is none", set("paths /v1/orderNumbers post requestBody content application/json examples statuses value", "sinceOrderId", "{}")},
}

// slipped is the document with a mistake.
func slipped(t *testing.T, document []byte, s slip) (tree, []byte) {
	t.Helper()
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	s.make(root.(tree))
	wrong, err := json.Marshal(root)
	if err != nil || bytes.Equal(wrong, document) {
		t.Fatalf("%s: nothing is changed, %v", s.name, err)
	}
	return root.(tree), wrong
}

// found says what shows that a document is wrong; empty when nothing does.
func found(root tree, s *source, traffic []*exchange) string {
	d, err := describe(root)
	if err != nil {
		return err.Error()
	}
	if problems := d.differ(s); len(problems) > 0 {
		return problems[0]
	}
	c, err := newCheck(d)
	if err != nil {
		return err.Error()
	}
	return strings.Join(c.run(traffic, 1), "\n")
}

// sample is as much of the traffic as shows all of the document: the shortest
// exchanges that do, and of the requests that a schema refuses one of each kind.
func sample(c *check, traffic []*exchange) (sample []*exchange) {
	kinds := features{}
	traffic = slices.SortedStableFunc(slices.Values(traffic), func(a, b *exchange) int {
		return len(a.sent) + len(a.answer) - len(b.sent) - len(b.answer)
	})
	for _, x := range traffic {
		before, kind := len(c.seen), c.kind(x)
		c.look(x)
		if len(c.seen) > before || !kinds[kind] {
			sample = append(sample, x)
		}
		kinds[kind] = true
	}
	return sample
}

// kind tells requests that a schema refuses apart by keys, types and texts.
func (c *check) kind(x *exchange) string {
	reply, _ := x.reply()
	said, _ := find(reply, "error").(string)
	for _, t := range c.texts {
		if request, err := x.request(); err == nil && t.tells && t.says.MatchString(said) {
			has := features{}
			has.values(request, "", newDocumentation())
			return x.path + " " + t.name + " " + strings.Join(sorted(has), " ")
		}
	}
	return ""
}
