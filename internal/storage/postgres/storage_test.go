package postgres_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"entrepot/internal/order"
	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
	"entrepot/internal/storage/storagetest"
	"entrepot/internal/testkit"
)

// database is an empty database of the test's own.
func database(t *testing.T) postgres.Options {
	t.Helper()
	return on(testkit.Postgres(t).Database(t))
}

func on(d testkit.PostgresDatabase) postgres.Options {
	return postgres.Options{Options: pgdb.Options{URL: d.URL, PasswordFile: d.PasswordFile}}
}

// openAgain opens what has been migrated.
func openAgain(t *testing.T, o postgres.Options) *postgres.Storage {
	t.Helper()
	storage, err := postgres.Open(t.Context(), o)
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

func openOn(t *testing.T, o postgres.Options) *postgres.Storage {
	t.Helper()
	if err := postgres.Migrate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return openAgain(t, o)
}

// leastPrivilege is what a role needs that serves but does not migrate.
var leastPrivilege = []string{
	"GRANT SELECT ON schema_info, installation, stores, order_counters, order_documents, orders, order_changes, order_notes, carts, cart_usage, commits TO %s",
	"GRANT INSERT, UPDATE ON stores, order_counters, order_documents, orders, order_changes, order_notes, carts, cart_usage, commits TO %s",
	"GRANT UPDATE ON installation TO %s",
	"GRANT DELETE ON carts, cart_usage, commits TO %s",
}

// opening opens one namespace of a database after the other, as a role that
// may do no more.
func opening(t *testing.T) storagetest.Open {
	t.Helper()
	server := testkit.Postgres(t)
	owner, serving := server.Database(t), server.Database(t).User
	opened := 0
	return func(t *testing.T) order.Storage {
		t.Helper()
		opened++
		o := on(owner)
		o.Namespace = fmt.Sprintf("test_%d", opened)
		if err := postgres.Migrate(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		grants := []string{"SET search_path = " + o.Namespace, "GRANT USAGE ON SCHEMA " + o.Namespace + " TO " + serving}
		for _, grant := range leastPrivilege {
			grants = append(grants, fmt.Sprintf(grant, serving))
		}
		postgres.Script(t, o, grants...)
		o.URL = strings.Replace(o.URL, "//"+owner.User+"@", "//"+serving+"@", 1)
		return openAgain(t, o)
	}
}

func TestStorage(t *testing.T) { storagetest.Run(t, opening(t)) }

// openingNodes opens one namespace of a database after the other, many times
// each.
func openingNodes(t *testing.T) storagetest.OpenNodes {
	t.Helper()
	o, opened := database(t), 0
	return func(t *testing.T, nodes int) (storages []order.Storage) {
		t.Helper()
		opened++
		o.Namespace = fmt.Sprintf("test_%d", opened)
		storages = append(storages, openOn(t, o))
		for len(storages) < nodes {
			storages = append(storages, openAgain(t, o))
		}
		return storages
	}
}

func TestNodes(t *testing.T) { storagetest.RunNodes(t, openingNodes(t)) }

// TestMigrateAtOnce starts many nodes on an empty database.
func TestMigrateAtOnce(t *testing.T) {
	o := database(t)
	if _, err := postgres.Open(t.Context(), o); !errors.Is(err, pgdb.ErrBehind) {
		t.Errorf("before: %v", err)
	}
	keys := make([]string, 4)
	var group sync.WaitGroup
	for i := range keys {
		group.Go(func() {
			if err := postgres.Migrate(t.Context(), o); err != nil {
				t.Error(err)
				return
			}
			s, err := postgres.Open(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			keys[i] = string(s.SecretKey())
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, key := range keys {
		if len(key) != 32 || key != keys[0] {
			t.Errorf("nodes have the keys %x and %x", keys[0], key)
		}
	}
}

// TestLeastPrivilege holds the page to what the rules are tested with.
func TestLeastPrivilege(t *testing.T) {
	page, err := os.ReadFile("../../../docs/adr/0013-postgresql.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, grant := range leastPrivilege {
		if !strings.Contains(strings.Join(strings.Fields(string(page)), " "), fmt.Sprintf(grant, "entrepot_serve")+";") {
			t.Errorf("docs/adr/0013-postgresql.md does not have %s", grant)
		}
	}
}
