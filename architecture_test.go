// Package entrepot_test holds the house to its plan (docs/architecture.md):
// who may import whom.
package entrepot_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "entrepot/"

// pkg is what `go list` tells of a package.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
	Deps       []string
}

func list(t *testing.T) map[string]pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Standard,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := map[string]pkg{}
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

// rule says what a package, or all below a folder (…/*), must not import, be
// it directly or through others.
type rule struct {
	of    string
	never []string
	why   string
}

var rules = []rule{
	{"internal/money", []string{module + "*", "net/http", "encoding/json", "database/sql"}, "money knows numbers only"},
	{"internal/fault", []string{module + "*", "net/http", "encoding/json", "database/sql"}, "a fault knows nothing of the world"},
	{"internal/order", []string{"net/http", "encoding/json", "database/sql", "zombiezen.com/*", "modernc.org/*", "github.com/jackc/*"}, "the domain knows no transport, no form and no driver"},
	{"internal/wire", []string{"net/http", "database/sql", "zombiezen.com/*", "modernc.org/*", "github.com/jackc/*"}, "shapes are not transport, and not storage"},
	{"internal/api", []string{module + "internal/storage/*", module + "internal/sqlitedb", module + "internal/demo", "zombiezen.com/*", "modernc.org/*", "github.com/jackc/*"}, "HTTP asks the service, never storage"},
	{"internal/checkout", []string{module + "internal/storage/*", module + "internal/sqlitedb", module + "internal/api", module + "internal/sandbox", "zombiezen.com/*", "modernc.org/*", "github.com/jackc/*"}, "pages ask the service, never storage, and never each other"},
	{"internal/sandbox", []string{module + "internal/storage/*", module + "internal/sqlitedb", module + "internal/api", module + "internal/checkout", "zombiezen.com/*", "modernc.org/*", "github.com/jackc/*"}, "the levers ask the service, never storage"},
	{"internal/console", []string{module + "internal/storage/*", module + "internal/sqlitedb", module + "internal/api", module + "internal/checkout", module + "internal/sandbox", "zombiezen.com/*", "modernc.org/*", "github.com/jackc/*"}, "pages ask the service, never storage, and never each other"},
	{"internal/admin", []string{module + "*", "github.com/prometheus/*"}, "who watches the service is handed what it shows"},
	{"internal/sqlitedb", []string{module + "internal/order", module + "internal/wire", module + "internal/storage/*", "net/http"}, "opening files has no domain"},
	{"internal/pgdb", []string{module + "internal/order", module + "internal/wire", module + "internal/storage/*", module + "internal/sqlitedb", "net/http"}, "opening databases has no domain"},
	{"internal/merchantsync/ledger", []string{module + "internal/order", module + "internal/wire", module + "internal/api", module + "internal/storage/*"}, "the merchant's half is a stranger to the service"},
	{"internal/storage/sqlite", []string{module + "internal/api", module + "internal/wire", module + "internal/storage/postgres"}, "storage treats documents as opaque"},
	{"internal/storage/postgres", []string{module + "internal/api", module + "internal/wire", module + "internal/storage/sqlite", module + "internal/sqlitedb"}, "storage treats documents as opaque"},
	{"internal/storage/transfer", []string{module + "internal/api", module + "internal/wire", module + "internal/storage/sqlite", module + "internal/storage/postgres", module + "internal/sqlitedb", module + "internal/pgdb"}, "a copy knows storages by their interface"},
	{"internal/demo", []string{module + "internal/storage/*", module + "internal/api", "net/http"}, "the demo fills any storage"},
	{"internal/conformance", []string{module + "internal/order", module + "internal/wire", module + "internal/api", module + "internal/storage/*", module + "internal/sqlitedb"}, "a judge shares nothing with the judged"},
}

// mayCount are the packages that may import what counts for Prometheus.
var mayCount = []string{module + "cmd/entrepot", module + "internal/metrics"}

// TestMetricsImports sees that the service tells observers of its own what
// happens, so that no hot path depends on how it is counted.
func TestMetricsImports(t *testing.T) {
	for name, p := range list(t) {
		for _, imported := range p.Imports {
			counts := strings.HasPrefix(imported, "github.com/prometheus/") || imported == module+"internal/metrics"
			if strings.HasPrefix(name, module) && counts && !slices.Contains(mayCount, name) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

func TestImports(t *testing.T) {
	packages := list(t)
	for _, r := range rules {
		p, ok := packages[module+r.of]
		if !ok {
			t.Errorf("there is no package %s: the rules are behind the code", r.of)
		}
		for _, dep := range p.Deps {
			for _, never := range r.never {
				if matches(dep, never) && dep != p.ImportPath {
					t.Errorf("%s reaches %s: %s", r.of, dep, r.why)
				}
			}
		}
	}
}

// TestDirectImports holds the domain to the few packages that it may use.
func TestDirectImports(t *testing.T) {
	packages := list(t)
	may := map[string][]string{
		"client": {}, "client/clienttest": {module + "client"}, // what a stranger would write
		"internal/fault": {},
		"openapi":        {},
		"internal/money": {"github.com/cockroachdb/apd/v3", "golang.org/x/text/currency"},
		"internal/order": {module + "internal/fault", module + "internal/money"},
	}
	for of, allowed := range may {
		for _, imported := range packages[module+of].Imports {
			if !packages[imported].Standard && !strings.Contains(" "+strings.Join(allowed, " ")+" ", " "+imported+" ") {
				t.Errorf("%s imports %s; it may use the standard library and %v", of, imported, allowed)
			}
		}
	}
}

// TestStorageImplementations sees that only commands choose where orders are
// kept.
func TestStorageImplementations(t *testing.T) {
	for name, p := range list(t) {
		mayChoose := strings.HasPrefix(name, module+"cmd/") || name == module+"bench" || strings.HasPrefix(name, module+"bench/")
		for _, imported := range p.Imports {
			if matches(imported, module+"internal/storage/*") && !mayChoose && !strings.HasPrefix(name, module+"internal/storage/") {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

func matches(name, pattern string) bool {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(name, prefix)
	}
	return path.Clean(name) == path.Clean(pattern)
}
