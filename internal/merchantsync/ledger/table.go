package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// kind is what a column holds.
type kind int

const (
	whole    kind = iota // int64
	words                // string
	flag                 // bool
	instant              // time.Time
	amount               // a decimal, as string
	blob                 // []byte
	jsonText             // string
)

// column is a column that is written.
type column struct {
	name string
	kind kind
}

// table is a table, and how rows are put into it.
type table struct {
	name    string
	columns []column
	one     string // inserts a row; a parameter for each column
	many    string // inserts rows; an array for each column. PostgreSQL only
}

// newTable reads columns such as "number:whole".
func newTable(name, columns, conflict string) *table {
	t := &table{name: name}
	for _, field := range strings.Fields(columns) {
		column, kind, _ := strings.Cut(field, ":")
		t.columns = append(t.columns, newColumn(column, kind))
	}
	into := fmt.Sprintf("INSERT INTO %s (%s) ", name, strings.Join(t.names(), ", "))
	t.one = into + "VALUES (" + strings.Join(t.placeholders(), ", ") + ")" + conflict
	t.many = into + t.unnest() + conflict
	return t
}

var kinds = map[string]kind{"": words, "whole": whole, "flag": flag, "time": instant, "amount": amount, "blob": blob, "json": jsonText}

func newColumn(name, of string) column {
	k, ok := kinds[of]
	if !ok {
		panic("no kind of column: " + of) // a defect of this package
	}
	return column{name, k}
}

func (t *table) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

func (t *table) placeholders() []string {
	marks := make([]string, len(t.columns))
	for i := range t.columns {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return marks
}

// arrays are the types of the parameters of many.
var arrays = map[kind]string{whole: "BIGINT[]", words: "TEXT[]", flag: "BOOLEAN[]", instant: "TIMESTAMPTZ[]", amount: "TEXT[]", blob: "BYTEA[]", jsonText: "TEXT[]"}

// casts are for columns whose values travel as text.
var casts = map[kind]string{amount: "::NUMERIC", jsonText: "::JSON"}

func (t *table) unnest() string {
	var selected, given []string
	for i, c := range t.columns {
		selected = append(selected, "u."+c.name+casts[c.kind])
		given = append(given, fmt.Sprintf("$%d::%s", i+1, arrays[c.kind]))
	}
	return fmt.Sprintf("SELECT %s FROM unnest(%s) AS u (%s)",
		strings.Join(selected, ", "), strings.Join(given, ", "), strings.Join(t.names(), ", "))
}

// replacing updates the row that is there already, all but what is kept.
func replacing(key, columns string, keep ...string) string {
	var sets []string
	for _, name := range others(key, columns, keep) {
		sets = append(sets, name+" = excluded."+name)
	}
	return fmt.Sprintf(" ON CONFLICT (%s) DO UPDATE SET %s", key, strings.Join(sets, ", "))
}

// replacingOther is replacing for rows that are not what they should be.
func replacingOther(name, key, columns string) string {
	var old, given []string
	for _, column := range others(key, columns, nil) {
		old = append(old, name+"."+column)
		given = append(given, "excluded."+column)
	}
	return replacing(key, columns) + fmt.Sprintf(" WHERE (%s) IS DISTINCT FROM (%s)", strings.Join(old, ", "), strings.Join(given, ", "))
}

// others are the columns that are neither in the key nor kept.
func others(key, columns string, keep []string) (names []string) {
	keep = append(strings.Split(key, ", "), keep...)
	for _, field := range strings.Fields(columns) {
		name, _, _ := strings.Cut(field, ":")
		if !slices.Contains(keep, name) {
			names = append(names, name)
		}
	}
	return names
}
