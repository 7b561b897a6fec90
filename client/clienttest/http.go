package clienttest

import (
	"crypto/rand"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

const (
	maxBody  = 1 << 20
	jsonType = "application/json"
)

// endpoint is one address of the API.
type endpoint struct {
	name    string
	version int
	fault   string // its text for a request that cannot be parsed
	serve   func(*Server, *exchange) *answer
}

var endpoints = map[string]endpoint{
	"/v1/createTempCart":          {"v1/createTempCart", 1, "could not parse input", (*Server).createTempCart},
	"/v1/orderNumbers":            {"v1/orderNumbers", 1, "could not parse input", (*Server).orderNumbers},
	"/v1/orderDetail":             {"v1/orderDetail", 1, "could not parse input", (*Server).orderDetail},
	"/v2/orderDetail":             {"v2/orderDetail", 2, "Invalid post body", (*Server).orderDetail},
	"/v1/updateMerchantOrderId":   {"v1/updateMerchantOrderId", 1, "could not parse input", (*Server).updateMerchantOrderID},
	"/v1/updateVendorOrderStatus": {"v1/updateVendorOrderStatus", 1, "could not parse input", (*Server).updateVendorOrderStatus},
	"/v2/setShipmentTracking":     {"v2/setShipmentTracking", 2, "Invalid post body", (*Server).setShipmentTracking},
}

const regionPath = "/v1/magento-region"

// answer is what is sent.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newAnswer(status int, contentType string, body []byte) *answer {
	return &answer{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
}

func errorAnswer(status int, text string) *answer {
	return newAnswer(status, jsonType, []byte(`{"error":`+quote(text)+`}`))
}

func page(status int) *answer {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	return newAnswer(status, "text/html; charset=utf-8", []byte("<!DOCTYPE html><html><body><h1>"+title+"</h1></body></html>"))
}

func (a *answer) head(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
}

func (a *answer) send(w http.ResponseWriter) {
	a.head(w)
	_, _ = w.Write(a.body) // a client that has gone needs no answer
}

// ServeHTTP answers one request; a fault that was set comes first.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", "test-"+rand.Text()[:12])
	name := strings.TrimPrefix(r.URL.Path, "/")
	body, readErr := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	entry := Request{Endpoint: name, Header: r.Header.Clone(), Keys: shown(body)}
	fault, fails := s.nextFault(name)
	whole := &answer{}
	if !fails || fault.does {
		whole = s.answer(r, body, readErr)
	}
	if fails {
		entry.Status = fault.status
		s.record(entry)
		fault.fail(w, r, whole)
		return
	}
	entry.Status = whole.status
	s.record(entry)
	whole.send(w)
}

// answer looks at a request in the contract's order: path, method,
// Content-Type, Accept, size, parsing, credentials, keys.
func (s *Server) answer(r *http.Request, body []byte, readErr error) *answer {
	e, known := endpoints[r.URL.Path]
	if !known && r.URL.Path != regionPath || s.misses(r.URL.Path) {
		return errorAnswer(http.StatusNotFound, "There is no such endpoint.")
	}
	if r.Method != http.MethodPost {
		a := errorAnswer(http.StatusMethodNotAllowed, "Only POST is answered here.")
		a.header.Set("Allow", http.MethodPost)
		return a
	}
	if !known {
		return newAnswer(http.StatusOK, jsonType, []byte("{}"))
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != jsonType {
		return page(http.StatusUnsupportedMediaType)
	}
	if !admitsJSON(r.Header.Values("Accept")) {
		return page(http.StatusNotAcceptable)
	}
	if large := (*http.MaxBytesError)(nil); errors.As(readErr, &large) {
		return errorAnswer(http.StatusRequestEntityTooLarge, "The body is larger than 1 MiB.")
	}
	return s.serve(e, r, body)
}

func (s *Server) misses(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.onlyV1 && path == "/v2/orderDetail"
}

// admitsJSON: the most specific range that covers JSON decides (RFC 9110).
func admitsJSON(accept []string) bool {
	if len(accept) == 0 {
		return true
	}
	best, quality := 0, 0.0
	for element := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		kind, parameters, err := mime.ParseMediaType(element)
		if err != nil {
			kind = strings.TrimSpace(element)
		}
		specific := map[string]int{"*": 1, "*/*": 1, "application/*": 2, jsonType: 3}[kind]
		if specific > best {
			best, quality = specific, qualityOf(parameters)
		}
	}
	return quality > 0
}

func qualityOf(parameters map[string]string) float64 {
	q, err := strconv.ParseFloat(parameters["q"], 64)
	if err != nil {
		return 1
	}
	return q
}
