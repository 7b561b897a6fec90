package wire

import (
	"bytes"
	"strings"
	"testing"

	"entrepot/internal/fault"
)

// What is no order at all is called what it is.
func TestLineFaults(t *testing.T) {
	deep := strings.Repeat("[", 10_001)
	for line, want := range map[string]string{
		"":                               "is empty",
		`{"orderId": `:                   "ends in the middle of the object (byte 11): the file was cut off, or the order does not stand on one line",
		`{`:                              "ends in the middle of the object (byte 1): the file was cut off, or the order does not stand on one line",
		`{"a": "b`:                       "ends in the middle of the object (byte 8): the file was cut off, or the order does not stand on one line",
		`[{"orderId": 1}]`:               "is a list, not an object: each order stands on a line of its own",
		`[`:                              "is a list, not an object: each order stands on a line of its own",
		`"orderId": 1,`:                  "is not an object: each order stands on a line of its own",
		`orderId,orderDate`:              "is not an object: each order stands on a line of its own",
		"{\"name\": \"J\xf6rg\"}":        "is not UTF-8 (byte 12)",
		"{\"name\": \"\ufffd J\xf6rg\"}": "is not UTF-8 (byte 16)",
		`{"a": 1}  {"a": 2}`:             "has something after the object (byte 11)",
		`{"a": 1}x`:                      "has something after the object (byte 9)",
		`{"a": 01}`:                      "is not JSON (byte 8)",
		`{'a': 1}`:                       "is not JSON (byte 2)",
		"{\"a\": \"\x00\"}":              "is not JSON (byte 8)",
		`{"a": ` + deep:                  "has more than 10,000 maps and lists one within the other",
	} {
		_, err := DecodeRecord([]byte(line), 999)
		if !fault.Is(err, fault.Invalid) || err.Error() != want {
			t.Errorf("%.30q: %v, want %s", line, err, want)
		}
	}
}

// A NUL is dropped wherever it stands, as from every request, and only a NUL.
func TestImportDropsNUL(t *testing.T) {
	line := `{"order": {"orderId": "999-17", "orderDate": 1, "orderStatus": "IGLOBAL_ORDER_IN_PROCESS", "name": "A\u0000nn",
		"m\u0000y": {"k\u0000": ["a\u0000b", "\\u0000", "\\\u0000\u00001"]}, "items": [{"quantity": 1, "shelf": "\u0000"}]}, "beside": "x\u0000"}`
	answer := answerOf(t, mustRecord(t, line, 0))
	inner := object(answer["order"])
	if got := string(inner["my"]); got != `{"k":["ab","\\u0000","\\1"]}` {
		t.Errorf("my is %s", got)
	}
	if got := string(inner["name"]); got != `"Ann"` {
		t.Errorf("name is %s", got)
	}
	if got := string(inner["items"]); !strings.Contains(got, `"shelf":""`) {
		t.Errorf("items are %s", got)
	}
	if got := string(answer["beside"]); got != `"x"` {
		t.Errorf("beside is %s", got)
	}
}

// No answer of an order has a key "error": clients look for it.
func TestNoErrorIsDropped(t *testing.T) {
	for _, line := range []string{
		`{"order": ` + inProcess + `}, "error": null}`, `{"order": ` + inProcess + `}, "error": " "}`, inProcess + `, "error": false}`,
	} {
		r := mustRecord(t, line, 0)
		if raw, err := AppendDetail(nil, &r.Stored); err != nil || bytes.Contains(raw, []byte(`"error"`)) {
			t.Errorf("%s is answered as %s, %v", line, raw, err)
		}
	}
}
