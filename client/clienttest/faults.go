package clienttest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is an answer that goes wrong.
type Fault struct {
	endpoint string // "" for any
	does     bool   // what was asked is done all the same
	status   int    // 0: the connection is broken off instead
	header   http.Header
	body     string
	cut      int  // bytes of the true answer after which it is broken off
	cuts     bool // whether it is
	hang     bool // no answer until the client goes
}

// At limits a fault to an endpoint, such as "v1/orderNumbers".
func (f Fault) At(endpoint string) Fault {
	f.endpoint = endpoint
	return f
}

// InternalError is a 500 of the API. Nothing is done.
func InternalError() Fault {
	return Answer(http.StatusInternalServerError, "application/json", `{"error":"Could not process order details"}`)
}

// Throttled is a 429 with a Retry-After; none when it is zero. Nothing is done.
func Throttled(retryAfter time.Duration) Fault {
	f := Answer(http.StatusTooManyRequests, "application/json", `{"error":"Too many requests."}`)
	if retryAfter > 0 {
		f.header.Set("Retry-After", strconv.Itoa(int(retryAfter/time.Second)))
	}
	return f
}

// WebPage is an HTML page with that status, as a proxy sends it. Nothing is
// done.
func WebPage(status int) Fault {
	return Answer(status, "text/html; charset=utf-8", "<!DOCTYPE html><html><body><h1>Maintenance</h1></body></html>")
}

// Answer is any answer. Nothing is done.
func Answer(status int, contentType, body string) Fault {
	return Fault{status: status, header: http.Header{"Content-Type": {contentType}}, body: body}
}

// LostRequest breaks the connection off before anything is done.
func LostRequest() Fault { return Fault{} }

// LostAnswer does what was asked, and breaks the connection off.
func LostAnswer() Fault { return Fault{does: true, cuts: true} }

// CutOff does what was asked, and breaks the answer off after some bytes of
// its body.
func CutOff(after int) Fault { return Fault{does: true, cuts: true, cut: after} }

// Hang does nothing and answers nothing until the client goes.
func Hang() Fault { return Fault{hang: true} }

// Fail makes the next requests, as many as times says, go wrong. Faults happen
// in the order in which they were set, each at its endpoint.
func (s *Server) Fail(times int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range times {
		s.faults = append(s.faults, f)
	}
}

// nextFault takes the first fault that is for an endpoint.
func (s *Server) nextFault(endpoint string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.faults, func(f Fault) bool { return f.endpoint == "" || f.endpoint == endpoint })
	if i < 0 {
		return Fault{}, false
	}
	f := s.faults[i]
	s.faults = slices.Delete(s.faults, i, i+1)
	return f, true
}

// fail goes wrong in place of an answer, or of a part of it.
func (f Fault) fail(w http.ResponseWriter, r *http.Request, whole *answer) {
	switch {
	case f.hang:
		<-r.Context().Done()
	case f.cuts && f.cut > 0:
		whole.head(w)
		_, _ = w.Write(whole.body[:min(f.cut, len(whole.body))])
		_ = http.NewResponseController(w).Flush()
	case !f.cuts && f.status > 0:
		(&answer{status: f.status, header: f.header.Clone(), body: []byte(f.body)}).send(w)
		return
	}
	panic(http.ErrAbortHandler) // breaks the connection off
}
