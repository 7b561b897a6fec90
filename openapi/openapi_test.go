package openapi_test

import (
	"encoding/json"
	"testing"

	"entrepot/internal/storage/storagetest/engines"
	"entrepot/openapi"
)

func load(t *testing.T) *description {
	t.Helper()
	root, err := parse(openapi.Document())
	if err != nil {
		t.Fatal(err)
	}
	d, err := describe(root)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheDocumentIsOpenAPI(t *testing.T) {
	t.Parallel()
	if err := wellFormed(openapi.Document()); err != nil {
		t.Error(err)
	}
}

func TestTheDocumentAndTheServiceAgree(t *testing.T) {
	t.Parallel()
	d, code := load(t), readSource(t)
	c, err := newCheck(d)
	if err != nil {
		t.Fatal(err)
	}
	traffic := record(t, c)
	for _, problem := range append(d.differ(code), c.run(traffic, 50)...) {
		t.Error(problem)
	}
	if !t.Failed() {
		t.Run("slips are found", func(t *testing.T) { findSlips(t, code, traffic) })
	}
}

// TestOtherEnginesAnswerAsDocumented sends what looks at the database, and
// leaves out the conformance table, which has a test of its own.
func TestOtherEnginesAnswerAsDocumented(t *testing.T) {
	t.Parallel()
	engines.Others(t, func(t *testing.T, e engines.Engine) {
		c, err := newCheck(load(t))
		if err != nil {
			t.Fatal(err)
		}
		r := newRecorder()
		r.engine = e
		t.Cleanup(r.CloseIdleConnections)
		s := exampleShop(t, r, c.description)
		runExamples(t, s)
		refusals(s)
		others(s)
		states(t, r)
		limits(t, r)
		for _, x := range r.traffic {
			c.look(x)
		}
		for _, problem := range c.problems {
			t.Error(problem)
		}
		if len(r.traffic) < 100 {
			t.Errorf("only %d requests were sent", len(r.traffic))
		}
	})
}

// findSlips makes one mistake after the other in the document.
func findSlips(t *testing.T, code *source, traffic []*exchange) {
	d := load(t)
	document, err := json.Marshal(d.root)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCheck(d)
	if err != nil {
		t.Fatal(err)
	}
	traffic = sample(c, traffic)
	if why := found(d.root, code, traffic); why != "" {
		t.Fatalf("the sample shows less than the traffic: %s", why)
	}
	for _, s := range slips {
		root, _ := slipped(t, document, s)
		if found(root, code, traffic) == "" {
			t.Errorf("nobody notices: %s", s.name)
		}
	}
}

func TestMalformedDocumentsAreFound(t *testing.T) {
	t.Parallel()
	document, err := json.Marshal(load(t).root)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range malformed {
		if _, wrong := slipped(t, document, s); wellFormed(wrong) == nil {
			t.Errorf("nobody notices: %s", s.name)
		}
	}
}
