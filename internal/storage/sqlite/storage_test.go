package sqlite_test

import (
	"path/filepath"
	"testing"

	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/storage/storagetest"
)

func open(t *testing.T) order.Storage {
	t.Helper()
	storage, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := storage.Close(); err != nil {
			t.Error(err)
		}
	})
	return storage
}

func TestStorage(t *testing.T) { storagetest.Run(t, open) }

func TestVisibilityCanFail(t *testing.T) { storagetest.RunVisibilityVariant(t, open) }
