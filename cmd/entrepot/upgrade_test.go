package main_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// kept is a folder of databases of every schema that was landed, each with what
// the program of its time answered.
const kept = "../../internal/storage/sqlite/testdata"

// recorded is what an older program answered.
type recorded struct {
	Store   int64
	Secret  string
	Answers []struct {
		Path   string
		Keys   map[string]any
		Answer string
	}
}

func TestUpgradeKeepsEveryAnswer(t *testing.T) {
	databases, err := filepath.Glob(filepath.Join(kept, "schema-*.db.gz"))
	if err != nil || len(databases) == 0 {
		t.Fatalf("no databases of older schemas: %v", err)
	}
	for _, database := range databases {
		t.Run(filepath.Base(database), func(t *testing.T) {
			t.Parallel()
			upgraded(t, database)
		})
	}
}

func upgraded(t *testing.T, database string) {
	data := t.TempDir()
	unzip(t, database, filepath.Join(data, "entrepot.db"))
	out, err := exec.CommandContext(t.Context(), program(t), "check", "--data", data).CombinedOutput()
	if err != nil {
		t.Fatalf("check after the upgrade: %v\n%s", err, out)
	}
	was := readRecorded(t, strings.TrimSuffix(database, ".db.gz")+".answers.json.gz")
	p := serve(t, data)
	s := shop{url: p.url, store: was.Store, secret: was.Secret}
	for _, a := range was.Answers {
		if got := s.recall(t, a.Path, a.Keys); got != a.Answer {
			t.Errorf("%s %v answers otherwise than before the upgrade\nwas %s\nis  %s", a.Path, a.Keys, a.Answer, got)
		}
	}
	placesOrders(t, s, data)
}

// placesOrders shows that an upgraded database takes new orders, too.
func placesOrders(t *testing.T, s shop, data string) {
	cart, err := s.post(t.Context(), "/v1/createTempCart", cartKeys)
	if err != nil || cart.body.CartUUID == "" {
		t.Fatalf("no cart: %v %s", err, cart.text)
	}
	place := exec.CommandContext(t.Context(), program(t), "order", "place", "--data", data, "--cart", cart.body.CartUUID, "--details", checkoutFile(t))
	if out, err := place.CombinedOutput(); err != nil {
		t.Errorf("order place: %v\n%s", err, out)
	}
}

func (s shop) recall(t *testing.T, path string, keys map[string]any) string {
	t.Helper()
	pairs, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.post(t.Context(), path, strings.Trim(string(pairs), "{}"))
	if err != nil {
		t.Fatal(err)
	}
	return a.text
}

func readRecorded(t *testing.T, path string) (r recorded) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "answers.json")
	unzip(t, path, file)
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &r); err != nil || len(r.Answers) == 0 {
		t.Fatalf("%s: %d answers, %v", path, len(r.Answers), err)
	}
	return r
}

func unzip(t *testing.T, from, to string) {
	t.Helper()
	packed, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, body, 0o600); err != nil {
		t.Fatal(err)
	}
}
