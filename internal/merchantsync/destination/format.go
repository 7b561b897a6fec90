package destination

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// A Format is how a file holds changes: one line for each.
type Format struct {
	name   string
	header []byte // the file's first line; nil for none
	line   func(*merchantsync.Change) ([]byte, error)
	// mark reads a line without its end; ok is false for what no line is.
	mark func(line []byte) (m mark, ok bool)
	// prefix is how a line begins, given the store's part of a key.
	prefix func(store string) string
}

// mark is what a line tells of itself.
type mark struct {
	store, seq int64
	orderID    client.OrderID
}

// JSONLines has a JSON object on each line.
func JSONLines() Format {
	return Format{
		name: "JSON Lines",
		line: func(c *merchantsync.Change) ([]byte, error) {
			message, err := Message(c)
			return append(message, '\n'), err
		},
		mark:   messageMark,
		prefix: func(store string) string { return `{"key":"` + store },
	}
}

func messageMark(line []byte) (m mark, ok bool) {
	var h head
	if json.Unmarshal(line, &h) != nil {
		return mark{}, false
	}
	return markOf(h.Key, h.OrderID)
}

func markOf(key, orderID string) (m mark, ok bool) {
	store, seq, ok := parseKey(key)
	return mark{store, seq, client.OrderID(orderID)}, ok
}

// CSV has a header line and a record on each line.
func CSV() Format {
	header := []byte(strings.Join(columns, ",") + "\n")
	return Format{
		name:   "CSV",
		header: header,
		line:   row,
		mark:   rowMark,
		prefix: func(store string) string { return store },
	}
}

var orderIDColumn = slices.Index(columns, "order_id")

func rowMark(line []byte) (m mark, ok bool) {
	r := csv.NewReader(bytes.NewReader(line))
	r.FieldsPerRecord = len(columns)
	cells, err := r.Read()
	if err != nil {
		return mark{}, false
	}
	return markOf(cells[0], cells[orderIDColumn])
}
