package openapi_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"entrepot/internal/wire"
)

// source is what the service's own code says that it has.
type source struct {
	routes    []string              // paths of the API
	sentences []string              // that it answers where HTTP has a status
	keys      []string              // that requests may have
	texts     map[wire.Key][]string // that endpoints answer, with their blanks
}

// endpoints are the paths of what wire has a name for.
var endpoints = map[string]wire.Endpoint{
	"/v1/createTempCart":          wire.CreateTempCart,
	"/v1/orderNumbers":            wire.OrderNumbers,
	"/v1/orderDetail":             wire.OrderDetailV1,
	"/v2/orderDetail":             wire.OrderDetailV2,
	"/v1/updateMerchantOrderId":   wire.UpdateMerchantOrderID,
	"/v1/updateVendorOrderStatus": wire.UpdateVendorOrderStatus,
	"/v2/setShipmentTracking":     wire.SetShipmentTracking,
}

var (
	aPath     = regexp.MustCompile(`^/v[0-9]+/[A-Za-z-]+$`)
	aSentence = regexp.MustCompile(`^[A-Z].* .*\.$`)
	aKey      = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9]*$`)
)

// readSource reads the code, which lists these things for nobody.
func readSource(t *testing.T) *source {
	t.Helper()
	s := &source{texts: map[wire.Key][]string{}}
	for _, file := range code(t, "api") {
		s.routes = append(s.routes, literals(file, aPath)...)
		s.sentences = append(s.sentences, literals(file, aSentence)...)
	}
	files := code(t, "wire")
	for _, key := range textKeys(files["texts.go"]) {
		s.texts[key] = templates(key)
	}
	s.keys = append(requestKeys(files["request.go"]), requestKeys(files["cart.go"])...)
	slices.Sort(s.routes)
	slices.Sort(s.keys)
	s.keys = slices.Compact(s.keys)
	return s
}

// code are the files of a package of the service, without its tests.
func code(t *testing.T, name string) map[string]*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "internal", name, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no code of %s: %v", name, err)
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		if files[filepath.Base(path)], err = parser.ParseFile(token.NewFileSet(), path, nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// literals are the strings below a node that an expression matches.
func literals(n ast.Node, like *regexp.Regexp) (found []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		l, ok := n.(*ast.BasicLit)
		if !ok || l.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(l.Value); err == nil && like.MatchString(text) {
			found = append(found, text)
		}
		return true
	})
	return found
}

// textKeys are the constants of the type Key.
func textKeys(file *ast.File) (keys []wire.Key) {
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && isIdent(spec.Type, "Key") {
			for _, text := range literals(spec, regexp.MustCompile(``)) {
				keys = append(keys, wire.Key(text))
			}
		}
		return true
	})
	return keys
}

func isIdent(e ast.Expr, name string) bool {
	ident, ok := e.(*ast.Ident)
	return ok && ident.Name == name
}

// templates are the ways in which endpoints say a text.
func templates(key wire.Key) (list []string) {
	for _, e := range endpoints {
		if template := wire.Text(e, key, nil); template != "" && !slices.Contains(list, template) {
			list = append(list, template)
		}
	}
	return list
}

// readers are the methods that read a key of a request.
var readers = []string{"get", "has", "text", "required", "optional", "flag", "is", "amount", "dollars", "measure", "oneOf"}

// requestKeys are the keys that a decoder reads.
func requestKeys(file *ast.File) (keys []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if method, ok := call.Fun.(*ast.SelectorExpr); !ok || !slices.Contains(readers, method.Sel.Name) {
			return true
		}
		for _, argument := range call.Args {
			if _, ok := argument.(*ast.BasicLit); ok {
				keys = append(keys, literals(argument, aKey)...)
			}
			for _, numbered := range literals(argument, regexp.MustCompile(`^[a-z]+%d$`)) {
				for i := range 6 {
					keys = append(keys, fmt.Sprintf(numbered, i+1))
				}
			}
		}
		return true
	})
	return keys
}
