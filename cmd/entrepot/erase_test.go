package main

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entrepot/internal/demo"
	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
)

// TestRetentionTask runs what serve does once an hour, over a store that keeps
// identities for ninety days of the six months that it has orders of.
func TestRetentionTask(t *testing.T) {
	storage, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), databaseFile), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = storage.Close() }()
	err = demo.Populate(t.Context(), storage, demo.Options{
		Store: demoStore, Secret: "5f0c6a52-8e1b-4f0e-9d6c-3f1a2b7c8d9e", Orders: 50, Seed: 1, Now: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	s := server{service: newService(storage), log: slog.New(slog.NewTextHandler(&said, nil))}
	s.eraseDue(t.Context())
	if said.Len() > 0 {
		t.Errorf("a store that keeps identities for ever: %s", said.String())
	}
	days90 := 90 * 24 * time.Hour
	err = s.service.ConfigureStore(t.Context(), demoStore, func(store *order.Store) { store.Settings.RetainIdentity = days90 })
	if err != nil {
		t.Fatal(err)
	}
	s.eraseDue(t.Context())
	if !strings.Contains(said.String(), "erased what orders say of their shoppers") {
		t.Errorf("the log says %q", said.String())
	}
	oldest, youngest := lastChange(t, s.service, 1), lastChange(t, s.service, 50)
	if oldest.Kind != order.ChangeErased || oldest.Actor != "retention" {
		t.Errorf("the oldest order's history ends in %+v", oldest)
	}
	if youngest.Kind == order.ChangeErased {
		t.Errorf("the youngest order's history ends in %+v", youngest)
	}
}

func lastChange(t *testing.T, s *order.Service, n order.Number) (last order.Change) {
	t.Helper()
	err := s.Operate(context.Background(), demoStore, func(r order.Reader) error {
		changes, err := r.History(n)
		if err == nil {
			last = changes[len(changes)-1]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return last
}
