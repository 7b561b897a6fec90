package pgdb_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
)

// TestConnectFaults wants one line that says what is wrong, and no password.
func TestConnectFaults(t *testing.T) {
	const secret = "not-to-be-seen"
	wrong := filepath.Join(t.TempDir(), "wrong")
	if err := os.WriteFile(wrong, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	right := database(t)
	tests := []struct {
		name string
		edit func(*pgdb.Options)
		code fault.Code
		is   error
		says string
	}{
		{"wrong password", func(o *pgdb.Options) { o.PasswordFile = wrong }, fault.Unavailable, pgdb.ErrRefused, "password authentication failed for user"},
		{"unknown user", func(o *pgdb.Options) { o.URL = strings.Replace(o.URL, "//test_", "//nobody_", 1) }, fault.Unavailable, pgdb.ErrRefused, "password authentication failed for user"},
		{"no password", func(o *pgdb.Options) { o.PasswordFile = "" }, fault.Unavailable, nil, "password"},
		{"missing database", func(o *pgdb.Options) { o.URL += "_not" }, fault.Unavailable, pgdb.ErrNoDatabase, `_not" does not exist`},
		{"unknown host", func(o *pgdb.Options) { o.URL = "postgres://u@db..invalid/x" }, fault.Unavailable, pgdb.ErrUnknownHost, "the host db..invalid is not known"},
		{"unreachable port", func(o *pgdb.Options) { o.URL = "postgres://u@" + closedPort(t) + "/x" }, fault.Unavailable, pgdb.ErrUnreachable, "connection refused"},
		{"two unreachable hosts", func(o *pgdb.Options) { o.URL = "postgres://u@" + closedPort(t) + "," + closedPort(t) + "/x" }, fault.Unavailable, pgdb.ErrUnreachable, "connection refused; 127.0.0.1:"},
		{"a host that says nothing", func(o *pgdb.Options) { o.URL = "postgres://u@" + silentPort(t) + "/x" }, fault.Unavailable, pgdb.ErrUnreachable, "does not answer"},
		{"no read-write host", func(o *pgdb.Options) { o.URL += "?target_session_attrs=read-only" }, fault.Unavailable, nil, "read only"},
		{"no file of the password", func(o *pgdb.Options) { o.PasswordFile = "/does/not/exist" }, fault.Internal, os.ErrNotExist, "read the password of the database"},
		{"a password in the URL", func(o *pgdb.Options) { o.URL = "postgres://u:" + secret + "@localhost/x" }, fault.Invalid, nil, "keep it in a file"},
		{"a password with a slash in the URL", func(o *pgdb.Options) { o.URL = "postgresql://u:" + secret + "/%@localhost/x" }, fault.Invalid, nil, "keep it in a file"},
		{"a password among the options", func(o *pgdb.Options) { o.URL = "postgres://u@localhost/x?password=" + secret }, fault.Invalid, nil, "keep it in a file"},
		{"a port that is none", func(o *pgdb.Options) { o.URL = "postgres://localhost:" + secret + "/x" }, fault.Invalid, nil, "should look like"},
		{"keywords", func(o *pgdb.Options) { o.URL = "host=localhost password=" + secret }, fault.Invalid, nil, "begins with postgres://"},
		{"no URL", func(o *pgdb.Options) { o.URL = "" }, fault.Invalid, nil, "begins with postgres://"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := right
			o.ConnectTimeout = 200 * time.Millisecond
			if test.name != "a host that says nothing" {
				o.ConnectTimeout = 0
			}
			test.edit(&o)
			_, openErr := pgdb.Open(t.Context(), o)
			for doing, err := range map[string]error{"open": openErr, "migrate": pgdb.Migrate(t.Context(), o)} {
				wantLine(t, doing, err, test.code, test.is, test.says)
				if err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), password(t, right))) {
					t.Errorf("%s: the password is shown", doing)
				}
			}
			if err := o.Check(); (err != nil) != (test.code == fault.Invalid) {
				t.Errorf("check: %v", err)
			}
		})
	}
}

func wantLine(t *testing.T, doing string, err error, code fault.Code, is error, says string) {
	t.Helper()
	if !fault.Is(err, code) || (is != nil && !errors.Is(err, is)) {
		t.Errorf("%s: %v; want %s, %v", doing, err, code, is)
	}
	if err != nil && (!strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 250) {
		t.Errorf("%s: %q; want a line with %q", doing, err, says)
	}
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// silentPort is an address that takes connections and does not answer.
func silentPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}
