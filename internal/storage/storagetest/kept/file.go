package kept

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"testing"
)

// Answers are what a program told of a database.
type Answers struct {
	Store   int64    `json:"store"`
	Secret  string   `json:"secret"`
	Answers []Answer `json:"answers"`
	// Told is what the API does not tell, by subject.
	Told map[string]string `json:"told,omitempty"`
}

// Answer is one of the API's.
type Answer struct {
	Path   string         `json:"path"`
	Keys   map[string]any `json:"keys"`
	Answer string         `json:"answer"`
}

func load(t *testing.T, file string) (a Answers) {
	t.Helper()
	if err := json.Unmarshal(unpack(t, file), &a); err != nil || len(a.Answers) == 0 {
		t.Fatalf("%s: %d answers, %v", file, len(a.Answers), err)
	}
	return a
}

func save(t *testing.T, file string, a Answers) {
	t.Helper()
	body, err := json.MarshalIndent(a, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	pack(t, file, body)
}

func unpack(t *testing.T, file string) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(read(t, file)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func pack(t *testing.T, file string, body []byte) {
	t.Helper()
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(body)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	write(t, file, packed.Bytes())
}
