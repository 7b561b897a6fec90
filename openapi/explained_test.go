package openapi_test

import (
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// explanation is what the document says of a key besides its form.
type explanation struct{ meaning, example bool }

// explain collects what is said of the keys below a schema, by name.
func explain(s *jsonschema.Schema, name string, said map[string]explanation) {
	if s == nil {
		return
	}
	e := said[name]
	e.meaning = e.meaning || (s.Description != "" && s.Title == "")                             // what has a title is a kind of value
	e.example = e.example || len(s.Examples) > 0 || len(s.Properties) > 0 || s.Items2020 != nil // which have their own below
	said[name] = e
	for _, alternatives := range [][]*jsonschema.Schema{{s.Ref}, s.AllOf, s.AnyOf, s.OneOf} {
		for _, a := range alternatives {
			explain(a, name, said)
		}
	}
	for key, value := range s.Properties {
		explain(value, name+"."+key, said)
	}
	explain(s.Items2020, name+"[]", said)
}

func TestEveryKeyIsExplained(t *testing.T) {
	t.Parallel()
	d := load(t)
	c, err := newCheck(d)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]explanation{}
	for _, path := range d.operations() {
		request, err := d.requestSchema(path)
		if err != nil {
			t.Fatal(err)
		}
		explain(request, path+" request", said)
		for _, status := range d.statuses(path) {
			explain(c.schemas["paths "+path+" post responses "+status+" content application/json schema"], path+" "+status+" answer", said)
		}
	}
	for feature := range c.documented.features {
		if _, known := said[feature]; isKey(feature) && known && said[feature] != (explanation{true, true}) {
			t.Errorf("%s: has a meaning: %t, an example: %t", feature, said[feature].meaning, said[feature].example)
		}
	}
	if len(said) < 200 {
		t.Errorf("only %d keys were looked at", len(said))
	}
}

// An example in a schema is a value that fits it.
func TestExamplesFit(t *testing.T) {
	t.Parallel()
	seen := map[*jsonschema.Schema]bool{}
	for name, s := range load(t).schemas {
		fit(t, s, name, seen)
	}
	if len(seen) < 300 {
		t.Errorf("only %d schemas were looked at", len(seen))
	}
}

func fit(t *testing.T, s *jsonschema.Schema, name string, seen map[*jsonschema.Schema]bool) {
	t.Helper()
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for _, example := range s.Examples {
		if err := s.Validate(example); err != nil {
			t.Errorf("%s: %v is no example: %v", name, example, err)
		}
	}
	for key, property := range s.Properties {
		fit(t, property, name+"."+key, seen)
	}
	fit(t, s.Items2020, name+"[]", seen)
}
