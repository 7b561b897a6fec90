//go:build unix

package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/testkit"
)

// block is a piece of a page that is run.
var block = regexp.MustCompile("(?s)\n```(sql|sh|yaml)\n(.*?)```\n")

// manual is docs/postgresql.md, run from top to bottom: SQL as the superuser,
// commands in one folder. Only the server's name and its port are other ones.
type manual struct {
	server *testkit.PostgresServer
	dir    string
	super  testkit.PostgresDatabase
	nodes  int
}

func TestPostgresPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/postgresql.md")
	if err != nil {
		t.Fatal(err)
	}
	server := testkit.StartPostgres(t)
	p := &manual{server: server, dir: t.TempDir(), super: server.Database(t)}
	ran := map[string]int{}
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		ran[b[1]]++
		switch b[1] {
		case "sql":
			p.sql(t, b[2])
		case "sh":
			p.shell(t, b[2])
		case "yaml":
			p.node(t, b[2])
		}
	}
	if ran["sql"] < 5 || ran["sh"] < 5 || ran["yaml"] < 2 {
		t.Errorf("the page has %v", ran)
	}
}

// here is a text of the page with this server in it.
func (p *manual) here(text string) string {
	host := fmt.Sprintf("127.0.0.1:%d", p.server.Port)
	text = regexp.MustCompile(`db\d?\.example\.com`).ReplaceAllString(text, host)
	return strings.NewReplacer("/etc/entrepot", p.dir, "0.0.0.0:8999", "127.0.0.1:0", "127.0.0.1:9999", "127.0.0.1:0").Replace(text)
}

// sql runs a block as the superuser: what grants rights and what looks, in the
// database that the owner has made; what names another, there.
func (p *manual) sql(t *testing.T, statements string) {
	t.Helper()
	name := "entrepot"
	switch {
	case strings.Contains(statements, "CREATE DATABASE "):
		name = "postgres"
	case strings.Contains(statements, "in the restored database"):
		name = "entrepot_restored"
	}
	conn := p.connect(t, name)
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	for statement := range strings.SplitSeq(statements, ";\n") {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func (p *manual) connect(t *testing.T, name string) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s", p.server.Port, name))
	if err != nil {
		t.Fatal(err)
	}
	password, err := os.ReadFile(p.super.PasswordFile)
	if err != nil {
		t.Fatal(err)
	}
	config.Password = strings.TrimSpace(string(password))
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func (p *manual) shell(t *testing.T, script string) {
	t.Helper()
	programs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(programs) == 0 {
		t.Fatalf("there are no programs of PostgreSQL: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", p.here(script))
	cmd.Dir = p.dir
	cmd.Env = append(environment(), "PATH="+filepath.Dir(program(t))+":"+programs[len(programs)-1]+":"+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s\n%v\n%s", script, err, out)
	}
}

// node starts a node with a file of settings; one that is not whole is about
// the URL alone. What it is asked was put there by the page's commands.
func (p *manual) node(t *testing.T, settings string) {
	t.Helper()
	p.nodes++
	if !strings.Contains(settings, "db-password-file") {
		settings += "db-password-file: /etc/entrepot/serve.txt\naddr: 0.0.0.0:8999\n"
	}
	file := filepath.Join(p.dir, fmt.Sprintf("node%d.yaml", p.nodes))
	if err := os.WriteFile(file, []byte(p.here(settings)), 0o600); err != nil {
		t.Fatal(err)
	}
	node := launch(t, exec.CommandContext(t.Context(), program(t), "serve", "--config", file))
	node.await(t)
	cart := strings.NewReader(`{"store": 999, "items": [{"description": "Mug", "quantity": 1, "unitPrice": 1}]}`)
	a, err := send(t.Context(), node.url+cartPath, cart)
	if err != nil {
		t.Fatal(err)
	}
	a.succeeded(t)
}

// TestGrantsOfThePage holds the page to what the command prints.
func TestGrantsOfThePage(t *testing.T) {
	text, err := os.ReadFile("../../docs/postgresql.md")
	if err != nil {
		t.Fatal(err)
	}
	printed := command(t, "migrate", "--print-grants", "entrepot_serve").stdout
	plain := strings.ReplaceAll(printed, `"`, "")
	if strings.Count(plain, "\n") < 4 || !strings.Contains(string(text), "```sql\n"+plain+"```") {
		t.Errorf("docs/postgresql.md does not have\n%s", plain)
	}
}
