// Package openapi holds the description of the order API: every endpoint, key
// and error text, with examples. Tests hold it to the service, and the service
// to it.
package openapi

import (
	"bytes"
	_ "embed"
)

//go:embed openapi.yaml
var document []byte

// Document is openapi.yaml: OpenAPI 3.1, in YAML.
//
// Besides what OpenAPI defines, a schema of an error text has x-text (the text
// with blanks in braces, where it is no const), x-remedy (what to do about
// it), x-key (its name in the service) and x-schema-tells (true where a request
// that gets the text does not fit the schema of requests either).
func Document() []byte { return bytes.Clone(document) }
