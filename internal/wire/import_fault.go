package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// lineFault says why a line is not one JSON object. It repeats nothing of it.
func lineFault(line []byte) error {
	line = bytes.TrimRight(line, blanks)
	trimmed := bytes.TrimLeft(line, blanks)
	switch at := brokenUTF8(line); {
	case len(trimmed) == 0:
		return errors.New("is empty")
	case at >= 0:
		return fmt.Errorf("is not UTF-8 (byte %d)", at+1)
	case trimmed[0] == '[':
		return errors.New("is a list, not an object: each order stands on a line of its own")
	case trimmed[0] != '{':
		return errors.New("is not an object: each order stands on a line of its own")
	}
	return syntaxFault(line)
}

const blanks = " \t\r\n"

// brokenUTF8 is where the first byte stands that is not UTF-8; -1 for none.
func brokenUTF8(text []byte) int {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

func syntaxFault(line []byte) error {
	d := json.NewDecoder(bytes.NewReader(line))
	var first json.RawMessage
	err := d.Decode(&first)
	syntax, isSyntax := errors.AsType[*json.SyntaxError](err)
	switch {
	case err == nil:
		rest := line[d.InputOffset():]
		at := len(line) - len(bytes.TrimLeft(rest, blanks))
		return fmt.Errorf("has something after the object (byte %d)", at+1)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("ends in the middle of the object (byte %d): the file was cut off, or the order does not stand on one line", len(line))
	case isSyntax && strings.Contains(syntax.Error(), "max depth"):
		return errors.New("has more than 10,000 maps and lists one within the other")
	case isSyntax:
		return fmt.Errorf("is not JSON (byte %d)", syntax.Offset)
	}
	return errNoObject
}
