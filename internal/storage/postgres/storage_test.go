package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"entrepot/internal/fault"
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
		if err := postgres.GrantTo(t.Context(), o, serving); err != nil {
			t.Fatal(err)
		}
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

// TestRights: a role without one of its rights is told which, before it needs
// it.
func TestRights(t *testing.T) {
	server := testkit.Postgres(t)
	o, role := on(server.Database(t)), server.Database(t).User
	owner := openOn(t, o)
	if err := owner.CheckRights(t.Context()); err != nil {
		t.Errorf("the owner: %v", err)
	}
	served := o
	served.URL = strings.Replace(o.URL, "//"+o.User()+"@", "//"+role+"@", 1)
	if _, err := postgres.Open(t.Context(), served); !errors.Is(err, pgdb.ErrDenied) || !strings.Contains(err.Error(), "schema_info") {
		t.Errorf("without any: %v", err)
	}
	if err := postgres.GrantTo(t.Context(), o, role); err != nil {
		t.Fatal(err)
	}
	s := openAgain(t, served)
	if err := s.CheckRights(t.Context()); err != nil {
		t.Errorf("with all: %v", err)
	}
	for _, missing := range []string{"DELETE ON commits", "UPDATE ON installation", "INSERT ON orders"} {
		privilege, table, _ := strings.Cut(missing, " ON ")
		postgres.Script(t, o, "REVOKE "+missing+" FROM "+role)
		err := s.CheckRights(t.Context())
		if !errors.Is(err, pgdb.ErrDenied) || !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), privilege+" in "+table) {
			t.Errorf("without %s: %v", missing, err)
		}
		postgres.Script(t, o, "GRANT "+missing+" TO "+role)
	}
	if err := postgres.GrantTo(t.Context(), o, "nobody_at_all"); !fault.Is(err, fault.NotFound) {
		t.Errorf("to nobody: %v", err)
	}
}
