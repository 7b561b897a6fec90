package destination

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"entrepot/internal/merchantsync"
)

const (
	// maxAnswer is more than an id needs, and bounds what a receiver can make
	// us hold.
	maxAnswer = 64 << 10
	maxID     = 255 // bytes of a shop's own id
	maxReason = 500 // bytes kept of what a receiver said
)

// merchantOrderID reads {"merchantOrderId": "…"}, a string or a number. The
// change was taken whatever the answer says, so what has no id, or none that
// could be reported, is as good as nothing.
func merchantOrderID(answer []byte) string {
	var a struct {
		ID any `json:"merchantOrderId"`
	}
	decoder := json.NewDecoder(bytes.NewReader(answer))
	decoder.UseNumber()
	if decoder.Decode(&a) != nil {
		return ""
	}
	text := ""
	switch id := a.ID.(type) {
	case string:
		text = strings.TrimSpace(id)
	case json.Number:
		text = id.String()
	}
	if len(text) > maxID || strings.ContainsFunc(text, unicode.IsControl) {
		return ""
	}
	return text
}

// excerpt makes the end of what a receiver said fit for a table and a
// terminal.
func excerpt(said []byte) string {
	if len(said) > maxReason {
		said = said[len(said)-maxReason:]
		for len(said) > 0 && !utf8.RuneStart(said[0]) {
			said = said[1:]
		}
	}
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(said), "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

func notTaken(format string, args ...any) *merchantsync.NotTakenError {
	return &merchantsync.NotTakenError{Reason: fmt.Sprintf(format, args...)}
}

// tail keeps the end of what is written to it.
type tail struct {
	kept []byte
	most int
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if extra := len(t.kept) - t.most; extra > 0 {
		t.kept = append(t.kept[:0], t.kept[extra:]...)
	}
	return len(p), nil
}

// start keeps the beginning of what is written to it.
type start struct {
	kept []byte
	most int
}

func (s *start) Write(p []byte) (int, error) {
	s.kept = append(s.kept, p[:min(len(p), s.most-len(s.kept))]...)
	return len(p), nil
}

// readSome reads a body to its end, as far as that is near.
func readSome(body io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(body, maxAnswer))
}
