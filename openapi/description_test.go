package openapi_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// tree is the document, or a map in it, as plain JSON.
type tree = map[string]any

// description is the document, ready to be held against traffic.
type description struct {
	root     tree
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema // by their path in the document
	texts    map[string]*text              // by the name of their schema
}

// parse reads the document.
func parse(document []byte) (tree, error) {
	asJSON, err := yaml.YAMLToJSON(document)
	if err != nil {
		return nil, fmt.Errorf("read YAML: %w", err)
	}
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON)) // numbers stay as they are written
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return root.(tree), nil
}

// wellFormed says what is wrong with the document as OpenAPI 3.1, its
// references and its examples.
func wellFormed(document []byte) error {
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		return fmt.Errorf("load document: %w", err)
	}
	return doc.Validate(context.Background(), openapi3.EnableExamplesValidation())
}

const place = "https://example.com/openapi.json"

// describe compiles every schema of the document.
func describe(root tree) (*description, error) {
	d := &description{root: root, compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}, texts: map[string]*text{}}
	if err := d.compiler.AddResource(place, root); err != nil {
		return nil, fmt.Errorf("add document: %w", err)
	}
	for _, name := range sorted(at(root, "components", "schemas")) {
		if _, err := d.schema("components", "schemas", name); err != nil {
			return nil, err
		}
		if err := d.addText(name); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// schema is what the document has at a path; nil where it has nothing.
func (d *description) schema(path ...string) (*jsonschema.Schema, error) {
	key := strings.Join(path, " ")
	if s, ok := d.schemas[key]; ok {
		return s, nil
	}
	if find(d.root, path...) == nil {
		return nil, nil
	}
	pointer := ""
	for _, step := range path {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
	}
	s, err := d.compiler.Compile(place + "#" + pointer)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", pointer, err)
	}
	d.schemas[key] = s
	return s, nil
}

// response is the path of a response: of an operation, or one that it refers
// to; nil where the document has none.
func (d *description) response(path ...string) []string {
	response, ok := find(d.root, path...).(tree)
	if !ok {
		return nil
	}
	if ref, ok := response["$ref"].(string); ok {
		return strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	}
	return path
}

// operations are the paths that the document has.
func (d *description) operations() []string { return sorted(at(d.root, "paths")) }

func (d *description) statuses(path string) []string {
	return sorted(at(d.root, "paths", path, "post", "responses"))
}

// requestSchema is what requests to a path must be; nil where anything goes.
func (d *description) requestSchema(path string) (*jsonschema.Schema, error) {
	return d.schema("paths", path, "post", "requestBody", "content", "application/json", "schema")
}

// find walks down maps; nil where there is nothing.
func find(v any, path ...string) any {
	for _, step := range path {
		m, _ := v.(tree)
		v = m[step]
	}
	return v
}

// at is a map in the document; empty where there is none.
func at(v any, path ...string) tree {
	m, _ := find(v, path...).(tree)
	return m
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
