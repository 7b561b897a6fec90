package openapi_test

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// features are what can be documented on one side and seen on the other: an
// answer's status, a text, a header, a key, a key's type, that a key may be
// absent, that a map may have other keys. Each is one line.
type features map[string]bool

const (
	isType    = " is "
	isAbsent  = " may be absent"
	takesMore = " may have other keys"
)

// isKey reports whether a feature is that there is a key.
func isKey(feature string) bool {
	return strings.Contains(feature, ".") && !strings.Contains(feature, isType) &&
		!strings.HasSuffix(feature, isAbsent) && !strings.HasSuffix(feature, takesMore)
}

// keys collects the keys that a schema documents below a name, and their
// types. What only sets conditions (if, not) documents nothing.
func (f features) keys(s *jsonschema.Schema, name string) {
	if s == nil {
		return
	}
	if s.Types != nil {
		for _, t := range s.Types.ToStrings() {
			f[name+isType+t] = true
		}
	}
	for _, alternatives := range [][]*jsonschema.Schema{{s.Ref}, s.AllOf, s.AnyOf, s.OneOf} {
		for _, a := range alternatives {
			f.keys(a, name)
		}
	}
	for key, value := range s.Properties {
		f[name+"."+key] = true
		if !slices.Contains(s.Required, key) {
			f[name+"."+key+isAbsent] = true
		}
		f.keys(value, name+"."+key)
	}
	if len(s.Properties) > 0 && s.AdditionalProperties != false {
		f[name+takesMore] = true
	}
	f.keys(s.Items2020, name+"[]")
}

// values collects the keys that a value has and lacks, and their types.
func (f features) values(v any, name string, documented documentation) {
	f[name+isType+typeOf(v)] = true
	switch v := v.(type) {
	case json.Number:
		f.number(v, name)
	case []any:
		for _, element := range v {
			f.values(element, name+"[]", documented)
		}
	case tree:
		for key, value := range v {
			f[name+"."+key] = true
			if !documented.features[name+"."+key] {
				f[name+takesMore] = true
			}
			f.values(value, name+"."+key, documented)
		}
		f.absent(v, name, documented)
	}
}

func (f features) number(n json.Number, name string) {
	r, ok := new(big.Rat).SetString(n.String())
	if ok && r.IsInt() {
		f[name+isType+"integer"] = true
	}
	if ok && r.Sign() < 0 {
		f[name+isType+"negative"] = true
	}
}

// absent collects the documented keys that a map lacks.
func (f features) absent(v tree, name string, documented documentation) {
	for _, key := range documented.optional[name] {
		if _, has := v[key]; !has {
			f[name+"."+key+isAbsent] = true
		}
	}
}

// documentation is all that is documented, with the keys that may be absent by
// the name of their map.
type documentation struct {
	features
	optional map[string][]string
}

func newDocumentation() documentation {
	return documentation{features{}, map[string][]string{}}
}

// index makes the keys that may be absent quick to find.
func (d documentation) index() {
	for feature := range d.features {
		if key, ok := strings.CutSuffix(feature, isAbsent); ok {
			dot := strings.LastIndexByte(key, '.')
			d.optional[key[:dot]] = append(d.optional[key[:dot]], key[dot+1:])
		}
	}
}

func typeOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}
