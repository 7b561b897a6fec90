package destination

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"entrepot/internal/merchantsync"
)

// Key names a change: "<store>-<sequence>". It stays the same however often
// the change is told.
func Key(c *merchantsync.Change) string {
	return strconv.FormatInt(c.Store, 10) + "-" + strconv.FormatInt(c.Seq, 10)
}

// parseKey reads a key.
func parseKey(key string) (store, seq int64, ok bool) {
	left, right, found := strings.Cut(key, "-")
	store, storeErr := strconv.ParseInt(left, 10, 64)
	seq, seqErr := strconv.ParseInt(right, 10, 64)
	return store, seq, found && storeErr == nil && seqErr == nil && store > 0 && seq > 0
}

// timeLayout is RFC 3339 with three decimals.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

// head is what a message says of its change.
type head struct {
	Key      string `json:"key"`
	Sequence int64  `json:"sequence"`
	Kind     string `json:"kind"`
	OrderID  string `json:"orderId"`
	Standing string `json:"standing"`
	Status   string `json:"status"`
	Test     bool   `json:"test"`
	At       string `json:"at"`
}

// messageKeys are not the document's to set.
var messageKeys = []string{"key", "sequence", "kind", "orderId", "standing", "status", "test", "at", "order"}

var errNoOrder = errors.New(`the kept document has no "order"`)

// Message is a change as JSON on one line, without the line's end. What the
// service sent stands in it as it came: the order, and what was beside it.
func Message(c *merchantsync.Change) ([]byte, error) {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(c.Document, &document); err != nil {
		return nil, fmt.Errorf("read the kept document of order %s: %w", c.OrderID, err)
	}
	if len(document["order"]) == 0 {
		return nil, fmt.Errorf("order %s: %w", c.OrderID, errNoOrder)
	}
	var b bytes.Buffer
	err := writeHead(&b, head{
		Key(c), c.Seq, string(c.Kind), string(c.OrderID), string(c.Standing), string(c.Status), c.Test, formatTime(c.At),
	})
	if err != nil {
		return nil, err
	}
	for _, key := range append([]string{"order"}, beside(document)...) {
		if err := writeMember(&b, key, document[key]); err != nil {
			return nil, fmt.Errorf("order %s: %w", c.OrderID, err)
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// writeHead leaves the object open.
func writeHead(b *bytes.Buffer, h head) error {
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	b.Write(text[:len(text)-1])
	return nil
}

func beside(document map[string]json.RawMessage) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(document)), func(key string) bool {
		return slices.Contains(messageKeys, key)
	})
}

// writeMember writes no line breaks, whatever white space the document has.
func writeMember(b *bytes.Buffer, key string, value json.RawMessage) error {
	name, err := json.Marshal(key)
	if err != nil {
		return fmt.Errorf("write %q: %w", key, err)
	}
	b.WriteByte(',')
	b.Write(name)
	b.WriteByte(':')
	if err := json.Compact(b, value); err != nil {
		return fmt.Errorf("write %q: %w", key, err)
	}
	return nil
}
