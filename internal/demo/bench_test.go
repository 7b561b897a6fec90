package demo

import (
	"path/filepath"
	"testing"

	"entrepot/internal/storage/sqlite"
)

// BenchmarkPopulate makes the orders that the demo command makes by default.
func BenchmarkPopulate(b *testing.B) {
	for b.Loop() {
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "demo.db"), sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := Populate(b.Context(), s, options(3000, 1)); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
