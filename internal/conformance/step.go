package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"entrepot/internal/conformance/match"
)

// steps runs a case's steps until one fails.
func (r *runner) steps(ctx context.Context, steps []step, v vars) *Failure {
	for i := range steps {
		failure, err := r.step(ctx, &steps[i], v)
		if err != nil {
			failure = &Failure{Got: err.Error()}
		}
		if failure == nil {
			continue
		}
		failure.Step, failure.Of = i+1, len(steps)
		failure.Request = r.target.hide(failure.Request)
		failure.Expected = r.target.hide(failure.Expected)
		failure.Got = r.target.hide(failure.Got)
		for j := range failure.Mismatches {
			failure.Mismatches[j] = r.target.hide(failure.Mismatches[j])
		}
		return failure
	}
	return nil
}

func (r *runner) step(ctx context.Context, s *step, v vars) (*Failure, error) {
	if s.Place != "" {
		return r.placeStep(ctx, s, v)
	}
	times, err := s.times(v)
	if err != nil {
		return nil, err
	}
	for range times {
		if failure, err := r.requests(ctx, s, v); failure != nil || err != nil {
			return failure, err
		}
	}
	return nil, nil
}

// requests sends the request once, or once for each thing that it is for.
func (r *runner) requests(ctx context.Context, s *step, v vars) (*Failure, error) {
	if len(s.For) == 0 {
		return r.request(ctx, s, v)
	}
	for _, it := range s.For {
		if err := v.bindIt(it); err != nil {
			return nil, err
		}
		if failure, err := r.request(ctx, s, v); failure != nil || err != nil {
			return failure, err
		}
	}
	return nil, nil
}

func (s *step) times(v vars) (int, error) {
	text, err := v.expand(s.Times)
	if err != nil || text == "" {
		return 1, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("cannot do this %s times", text)
	}
	return n, nil
}

func (r *runner) placeStep(ctx context.Context, s *step, v vars) (*Failure, error) {
	cart, err := v.expand(s.Place)
	if err != nil {
		return nil, err
	}
	placed, err := r.place(ctx, cart, s.As)
	switch {
	case s.Again && err != nil:
		return nil, nil // refusing is as good as the same answer
	case err != nil:
		return &Failure{Request: "place an order of cart " + cart, Expected: "the id of the order", Got: err.Error()}, nil
	case s.Again && placed[s.As] != v[s.As]:
		return &Failure{Request: "place an order of cart " + cart + " again", Expected: v[s.As], Got: placed[s.As]}, nil
	}
	maps.Copy(v, placed)
	return nil, nil
}

// place has an order placed and binds its id to a name.
func (r *runner) place(ctx context.Context, cart, as string) (vars, error) {
	id, err := r.target.Place(ctx, cart)
	if err != nil {
		return nil, fmt.Errorf("place an order: %w", err)
	}
	_, number, found := strings.Cut(id, "-")
	if !found {
		return nil, fmt.Errorf("place an order: %q is no full id", id)
	}
	return vars{as: id, as + "Number": number}, nil
}

// request sends one request and compares its answer.
func (r *runner) request(ctx context.Context, s *step, v vars) (*Failure, error) {
	req, err := s.request(v)
	if err != nil {
		return nil, err
	}
	want, err := r.table.expectation(s, v)
	if err != nil {
		return nil, err
	}
	if s.Guess {
		r.countGuess()
	}
	failure := &Failure{Request: req.describe(), Expected: want.describe()}
	got, err := r.caller.send(ctx, req)
	if err != nil {
		failure.Got = err.Error()
		return failure, nil
	}
	r.slowed = r.slowed || s.Guess && got.status == http.StatusTooManyRequests && want.status != got.status
	failure.Got, failure.Mismatches = got.describe(), want.compare(got, req, s.Capture, v)
	if len(failure.Mismatches) > 0 {
		return failure, nil
	}
	return nil, nil
}

func (s *step) request(v vars) (request, error) {
	req := request{method: s.Method, chunked: s.Chunked}
	if req.method == "" {
		req.method = http.MethodPost
	}
	var errs [3]error
	req.path, errs[0] = v.expand(s.Path)
	req.body, errs[1] = v.expand(strings.TrimSuffix(s.Body, "\n"))
	req.headers, errs[2] = v.expandHeaders(s.Headers)
	if n := s.Size - len(req.body); n > 0 {
		req.body += strings.Repeat(" ", n)
	}
	return req, errors.Join(errs[:]...)
}

// compare says what of the answer is not as expected, and captures what later steps ask for.
func (e *expected) compare(a *answer, req request, capture map[string]string, v vars) match.Mismatches {
	found := e.compareHead(a)
	if req.method == http.MethodHead {
		return found
	}
	if e.isHTML() {
		return append(found, compareText(e.matches, string(a.body))...)
	}
	doc, err := match.Parse(a.body)
	if err != nil {
		return append(found, "answer: "+err.Error())
	}
	found = append(found, e.compareBody(a, doc)...)
	for name, path := range capture {
		n := doc.At(path)
		if n == nil {
			found = append(found, "answer has no "+path)
		}
		v[name] = n.Value()
	}
	return found
}

// isHTML: the two answers that are no JSON.
func (e *expected) isHTML() bool {
	return e.status == http.StatusUnsupportedMediaType || e.status == http.StatusNotAcceptable
}

func (e *expected) compareHead(a *answer) match.Mismatches {
	var found match.Mismatches
	if a.status != e.status {
		found = append(found, fmt.Sprintf("status: expected %d, got %d", e.status, a.status))
	}
	if problem := e.contentType(a.header.Get("Content-Type")); problem != "" {
		found = append(found, problem)
	}
	for _, name := range sortedKeys(e.wants) {
		found = append(found, compareHeader(name, e.wants[name], a.header)...)
	}
	return found
}

func (e *expected) contentType(got string) string {
	want := "application/json"
	if e.isHTML() {
		want = "text/html"
	}
	kind, params, err := mime.ParseMediaType(got)
	charset, given := params["charset"]
	if err != nil || kind != want || given && !strings.EqualFold(charset, "utf-8") {
		return fmt.Sprintf("Content-Type: expected %s, got %q", want, got)
	}
	return ""
}

func compareHeader(name string, want *string, got http.Header) match.Mismatches {
	value, present := got.Get(name), len(got.Values(name)) > 0
	switch {
	case want == nil && present:
		return match.Mismatches{fmt.Sprintf("%s: expected none, got %q", name, value)}
	case want == nil, *want == value && present:
		return nil
	}
	if re, ok := strings.CutPrefix(*want, "~"); ok && present && matchesText(re, value) {
		return nil
	}
	return match.Mismatches{fmt.Sprintf("%s: expected %q, got %q", name, *want, value)}
}
