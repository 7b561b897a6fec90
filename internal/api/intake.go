package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"entrepot/internal/wire"
)

// MaxBody is how large a request's body may be, in bytes.
const MaxBody = 1 << 20

var errTooLarge = &refusal{status: http.StatusRequestEntityTooLarge, sentence: "The body is larger than 1 MiB."}

// bodies are reused; a large one is left to the garbage collector.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keptBody = 64 << 10

// readBody reads a request's body. The bytes are valid until release is
// called.
func readBody(w http.ResponseWriter, r *http.Request) (body []byte, release func(), err error) {
	if r.ContentLength > MaxBody {
		w.Header().Set("Connection", "close") // nobody reads what is still to come
		return nil, func() {}, errTooLarge
	}
	buffer, _ := bodies.Get().(*bytes.Buffer)
	buffer.Reset()
	release = func() {
		if buffer.Cap() <= keptBody {
			bodies.Put(buffer)
		}
	}
	_, err = io.Copy(buffer, http.MaxBytesReader(w, r.Body, MaxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, release, errTooLarge
	}
	if err != nil { // the client broke off, or was too slow
		return nil, release, &wire.Problem{Key: wire.Unparsable}
	}
	return buffer.Bytes(), release, nil
}

const jsonType = "application/json"

// sendsJSON reports whether the body is declared to be JSON.
func sendsJSON(h http.Header) bool {
	declared := h.Get("Content-Type")
	if declared == jsonType { // as nearly all clients write it
		return true
	}
	mediaType, _, err := mime.ParseMediaType(declared)
	return (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter)) && mediaType == jsonType
}

// acceptsJSON reports whether an answer in JSON is admitted. The most specific
// range that covers JSON decides (RFC 9110, section 12.5.1).
func acceptsJSON(h http.Header) bool {
	fields := strings.Join(h.Values("Accept"), ",")
	if fields == "*/*" || strings.Trim(fields, " \t,") == "" {
		return true
	}
	specific, admitted := 0, false
	for element := range strings.SplitSeq(fields, ",") {
		mediaRange, parameters, _ := strings.Cut(element, ";")
		s := specificity(strings.ToLower(strings.TrimSpace(mediaRange)))
		if s == 0 || s < specific {
			continue
		}
		ok := quality(parameters) > 0
		if s > specific {
			specific, admitted = s, ok
		} else {
			admitted = admitted || ok
		}
	}
	return admitted
}

func specificity(mediaRange string) int {
	switch mediaRange {
	case jsonType:
		return 3
	case "application/*":
		return 2
	case "*/*", "*": // Java's own client sends a lone star
		return 1
	}
	return 0
}

// quality is the q-value of a range's parameters; 1 when there is none, or
// none that can be read.
func quality(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, text, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			if q, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil {
				return q
			}
		}
	}
	return 1
}
