package openapi_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// tries are values of a type, of which a key may take one or the other.
var tries = map[string][]any{
	"null": {nil}, "boolean": {false, true}, "string": {"999"}, "number": {999, 70001, 99961, 20150101, 1},
}

// probeTypes sends each key of each request in each type that it is documented
// with, until one such request is taken.
func probeTypes(s *shop, documented features) {
	for _, feature := range sorted(documented) {
		name, kind, ok := strings.Cut(feature, isType)
		path, key, isRequest := strings.Cut(name, " request.")
		if ok && isRequest {
			s.probe(path, key, tries[kind])
		}
	}
}

func (s *shop) probe(path, key string, values []any) {
	for _, e := range s.examples[path] {
		for _, value := range values {
			if s.send(path, e.with(key, value)).taken() {
				return
			}
		}
	}
}

// otherwise are the names under which the service looks first, by those that
// count only where these have no value.
var otherwise = map[string]string{
	"productID": "productId", "weightUnit": "weightUnits", "itemUrl": "itemURL", "imageUrl": "imageURL",
	"nonShippable": "itemNonShippable", "numbers": "number",
}

// with is an example with another value under a key, and with the store's
// number under either name.
func (e example) with(key string, value any) string {
	body := e.object()
	if key == "store" {
		body["storeId"] = store
	}
	steps := strings.Split(key, ".")
	m := body
	for _, step := range steps[:len(steps)-1] {
		m = m[strings.TrimSuffix(step, "[]")].([]any)[0].(tree)
	}
	if value != nil {
		delete(m, otherwise[steps[len(steps)-1]])
	}
	m[steps[len(steps)-1]] = value
	return encode(body)
}

// without is an example that lacks a key, where it can.
func (e example) without(key string) string {
	body := e.object()
	delete(body, key)
	return encode(body)
}

func (e example) object() tree {
	body, err := jsonschema.UnmarshalJSON(strings.NewReader(e.body))
	if err != nil {
		panic(err) // it was written as JSON
	}
	return body.(tree)
}

func encode(v any) string {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		panic(err) // it was read from JSON
	}
	return b.String()
}

// taken reports whether the service did what it was asked for.
func (x *exchange) taken() bool {
	return x.status == 200 && !bytes.HasPrefix(x.answer, []byte(`{"error"`))
}

var uuids = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// A key that the service does not read makes no difference, whatever is under it.
func TestTheServiceReadsEveryKey(t *testing.T) {
	t.Parallel()
	d := load(t)
	s := exampleShop(t, newRecorder(), d)
	for _, path := range d.operations() {
		keys := features{}
		request, err := d.requestSchema(path)
		if err != nil {
			t.Fatal(err)
		}
		keys.keys(request, "")
		for _, key := range sorted(keys) {
			if isKey(key) && !s.reads(path, key[1:]) {
				t.Errorf("%s does not look at %s", path, key[1:])
			}
		}
	}
}

// reads reports whether a map under a key, which is no value that any key has,
// changes the answer to an example.
func (s *shop) reads(path, key string) bool {
	for _, e := range s.examples[path] {
		s.send(path, e.body) // what it changes is changed from now on
		answers := map[string]bool{}
		for _, body := range []string{e.body, e.without(key), e.with(key, tree{"no": "value"})} {
			answers[uuids.ReplaceAllString(string(s.send(path, body).answer), "")] = true
		}
		if len(answers) > 1 {
			return true
		}
	}
	return false
}
