//go:build unix

package main_test

import (
	"strings"
	"testing"

	"entrepot/internal/testkit"
)

// TestSyncIntoPostgreSQL walks the commands against a real server.
func TestSyncIntoPostgreSQL(t *testing.T) {
	server := testkit.Postgres(t)
	s, _ := served(t, 30)
	m := newMerchant(t, s)
	db := server.Database(t)
	m.db = db.URL
	password := []string{"--db-password-file", db.PasswordFile}
	m.sync(t, "once").refused(t, "password authentication failed")
	m.sync(t, "verify", password...).refused(t, "no tables of entrepot sync yet")
	p := m.start(t, append(password, "--cron", onceAYear, "--jsonl", m.file("changes.jsonl"))...)
	eventually(t, "the file", func() bool { return len(linesOf(t, m.file("changes.jsonl"))) == 30 })
	m.sync(t, "once", password...).refused(t, "another daemon syncs this store into this database: host ")
	status := append([]string{"sync", "status", "--store", "999", "--db", m.db}, password...)
	eventually(t, "status", func() bool {
		r := command(t, status...)
		return r.code == 0 && strings.Contains(r.stdout, "30: 30 ready") && strings.Contains(r.stdout, "has every change")
	})
	if r := m.sync(t, "verify", append(password, "--since-date", "2020-01-01")...); r.code != 0 || !strings.Contains(r.stderr, "30 orders compared, 0 differ") {
		t.Errorf("verify: %+v", r)
	}
	p.kill() // its place is free again when the server has seen it go
	eventually(t, "the next run", func() bool { return m.sync(t, "once", password...).code == 0 })
	if r := m.sync(t, "once", password...); !strings.HasPrefix(r.stdout, "0 orders imported, ") {
		t.Errorf("once more: %+v", r)
	}
	m.db = strings.TrimSuffix(db.URL, db.Name) + "none"
	m.sync(t, "once", password...).refused(t, `database "none" does not exist`)
}
