package ledger_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"entrepot/internal/merchantsync/ledger"
)

func page(t *testing.T) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "sync-tables.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

var (
	heading  = regexp.MustCompile(`^## (entrepot_\w+)$`)
	rowOf    = regexp.MustCompile(`^\| (\w+) \| (whole|text|flag|time|amount|bytes|JSON) \| (yes|no) \| (yes|no) \| .*\|$`)
	ourTypes = map[bool]map[string]string{ // whether PostgreSQL
		true: {
			"whole": "bigint", "text": "text", "flag": "boolean", "time": "timestamp with time zone",
			"amount": "numeric", "bytes": "bytea", "JSON": "json",
		},
		false: {"whole": "INTEGER", "text": "TEXT", "flag": "INTEGER", "time": "TEXT", "amount": "TEXT", "bytes": "BLOB", "JSON": "TEXT"},
	}
)

// TestPageOfTables holds docs/sync-tables.md against the databases: every
// column, its type, and whether it may be NULL.
func TestPageOfTables(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		open(t, o)
		var want []string
		table := ""
		for line := range strings.Lines(page(t)) {
			line = strings.TrimSpace(line)
			if found := heading.FindStringSubmatch(line); found != nil {
				table = found[1]
			}
			if found := rowOf.FindStringSubmatch(line); found != nil {
				want = append(want, strings.Join([]string{table, found[1], ourTypes[isPostgres(o)][found[2]], found[3]}, "|"))
			}
		}
		sql := `SELECT t.name, c.name, c.type, CASE WHEN c."notnull" OR c.pk THEN 'no' ELSE 'yes' END
			FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'`
		if isPostgres(o) {
			sql = `SELECT table_name, column_name, data_type, CASE is_nullable WHEN 'YES' THEN 'yes' ELSE 'no' END
				FROM information_schema.columns WHERE table_schema = 'public'`
		}
		var got []string
		for line := range strings.SplitSeq(query(t, o, sql), "\n") {
			if name, _, _ := strings.Cut(line, "|"); name != "entrepot_schema_info" && name != "entrepot_goose_db_version" && name != "sqlite_sequence" {
				got = append(got, line)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := gocmp.Diff(got, want); diff != "" {
			t.Errorf("the page is not the tables (-tables +page):\n%s", diff)
		}
	})
}

var example = regexp.MustCompile("(?s)```sql\n(?:-- (PostgreSQL|SQLite)\n)?(.*?)```")

// TestPageOfQueries runs the page's examples.
func TestPageOfQueries(t *testing.T) {
	onBoth(t, func(t *testing.T, o ledger.Options) {
		l := open(t, o)
		put(t, l, rich(t))
		ran := 0
		for _, found := range example.FindAllStringSubmatch(page(t), -1) {
			if found[1] == "" || (found[1] == "PostgreSQL") == isPostgres(o) {
				query(t, o, strings.TrimSpace(found[2]))
				ran++
			}
		}
		if ran != 7 {
			t.Errorf("%d examples were run", ran)
		}
		if got := query(t, o, "SELECT state FROM entrepot_reports ORDER BY id"); got != "pending\npending\npending" {
			t.Errorf("the page's reports are %q", got)
		}
	})
}

// TestIndexesOfPostgres sees that no other index of a table that foreign keys
// lead to could be taken for its primary key's: the plan of a foreign key is
// made while the table is small, when one looks as good as the other, and then
// a first import gets slower with every order.
func TestIndexesOfPostgres(t *testing.T) {
	o := engines[1].fresh(t)
	open(t, o)
	const others = `SELECT indexname FROM pg_indexes WHERE tablename IN ('entrepot_orders', 'entrepot_changes')
		AND indexname NOT LIKE '%pkey' AND indexdef LIKE '%(store,%'`
	if got := query(t, o, others); got != "" {
		t.Errorf("these begin with the store: %s", got)
	}
}
