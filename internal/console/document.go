package console

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// document is what the pages need of openapi.yaml.
type document struct {
	Info struct {
		Title, Summary, Description string
	}
	Tags []struct {
		Name, Description string
	}
	Paths      ordered[pathItem]
	Components struct {
		Schemas   map[string]*schema
		Responses map[string]*response
		Examples  map[string]*example
	}
}

type pathItem struct{ Post operation }

type operation struct {
	OperationID          string
	Tags                 []string
	Summary, Description string
	RequestBody          struct{ Content map[string]media }
	Responses            ordered[*response]
}

type response struct {
	Ref         string `json:"$ref"`
	Description string
	Content     map[string]media
}

type media struct {
	Schema   *schema
	Examples ordered[*example]
}

// example is a named example. Its value keeps the order of its keys.
type example struct {
	Ref                  string `json:"$ref"`
	Summary, Description string
	Value                json.RawMessage
}

type schema struct {
	Ref                         string `json:"$ref"`
	Type                        kinds
	Title, Description, Pattern string
	Const                       any
	Enum                        []string
	Examples                    []json.RawMessage
	Properties                  ordered[*schema]
	Items                       *schema
	Required                    []string
	AnyOf, OneOf                []*schema
	Text                        string `json:"x-text"`
	Remedy                      string `json:"x-remedy"`
}

// kinds are the types that a value may have.
type kinds []string

// UnmarshalJSON reads one type, or a list of them.
func (k *kinds) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*k = kinds{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(k))
}

// ordered is a map that keeps the order of the document.
type ordered[T any] struct {
	names  []string
	values map[string]T
}

// UnmarshalJSON reads a map.
func (o *ordered[T]) UnmarshalJSON(text []byte) error {
	if err := json.Unmarshal(text, &o.values); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		o.names = append(o.names, fmt.Sprint(name))
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
	}
	return nil
}

// parseDocument reads openapi.yaml.
func parseDocument(text []byte) (*document, error) {
	body, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, fmt.Errorf("read the API's description: %w", err)
	}
	d := new(document)
	if err := json.Unmarshal(body, d); err != nil {
		return nil, fmt.Errorf("understand the API's description: %w", err)
	}
	return d, nil
}

// last is the name at the end of a reference.
func last(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// schema follows references. What stands beside one counts more than what it
// leads to.
func (d *document) schema(s *schema) schema {
	if s == nil {
		return schema{}
	}
	if s.Ref == "" {
		return *s
	}
	to := d.schema(d.Components.Schemas[last(s.Ref)])
	to.Description = cmp.Or(s.Description, to.Description)
	if len(s.Examples) > 0 {
		to.Examples = s.Examples
	}
	return to
}

func (d *document) response(r *response) *response {
	if r.Ref != "" {
		return d.Components.Responses[last(r.Ref)]
	}
	return r
}

func (d *document) example(e *example) *example {
	if e.Ref != "" {
		return d.Components.Examples[last(e.Ref)]
	}
	return e
}

// Key is a key of a request or an answer.
type Key struct {
	Name     string
	Kind     string // what its value is
	About    string
	Example  string
	Required bool
	Boolean  bool
	Number   bool     // may be sent as a number
	Choices  []string // the only values; none when there are others
	Elements []Key    // of each element of a list, or of a map
	List     bool
}

// keys are the keys below a schema.
func (d *document) keys(s schema) (list []Key) {
	for _, name := range s.Properties.names {
		value := d.schema(s.Properties.values[name])
		list = append(list, d.key(name, value, slices.Contains(s.Required, name)))
	}
	return list
}

func (d *document) key(name string, s schema, required bool) Key {
	k := Key{
		Name: name, Kind: kindOf(s), About: s.Description, Example: exampleOf(s), Required: required, Choices: s.Enum,
		Number: slices.Contains(s.Type, "number") || slices.Contains(s.Type, "integer"),
	}
	k.Boolean = k.Example == "true" || k.Example == "false"
	if s.Items != nil {
		k.List, k.Elements = true, d.keys(d.schema(s.Items))
	} else {
		k.Elements = d.keys(s)
	}
	return k
}

func exampleOf(s schema) string {
	if len(s.Examples) == 0 {
		return ""
	}
	var text string
	if json.Unmarshal(s.Examples[0], &text) == nil {
		return text
	}
	return string(s.Examples[0])
}

func kindOf(s schema) string {
	var names []string
	for _, kind := range s.Type {
		if name, ok := map[string]string{
			"array": "list", "object": "map", "integer": "whole number", "boolean": "true or false", "null": "null",
		}[kind]; ok {
			kind = name
		}
		names = append(names, kind)
	}
	return cmp.Or(strings.Join(names, ", "), "anything")
}
