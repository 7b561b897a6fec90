package api

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/wire"
)

// exchange is one request and its answer.
type exchange struct {
	w  http.ResponseWriter
	r  *http.Request
	id string

	endpoint    *endpoint // nil where there is none
	object      wire.Object
	credentials wire.Credentials
	args        wire.Args // what the request sent, for echoing in errors
	admitted    bool      // the credentials hold

	began   time.Time
	status  int
	bytes   int64
	outcome string // the key of the text that was answered, "ok", or what HTTP says
	said    string // the error text without its values, for the recorder
	cause   error  // of a server fault; for the log
}

func (a *API) newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{w: w, r: r, id: requestID(), args: wire.Args{}, began: time.Now(), outcome: "ok"}
	w.Header().Set("X-Request-Id", x.id)
	return x
}

// requestID tells requests apart in the log; it guards nothing.
func requestID() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], rand.Uint64())
	return hex.EncodeToString(b[:])
}

func (x *exchange) ctx() context.Context { return x.r.Context() }

// answer sends a whole JSON answer.
func (x *exchange) answer(status int, body []byte) {
	if x.packs(int64(len(body))) {
		x.pack(status, body)
		return
	}
	x.header(status, jsonType, int64(len(body)))
	_, _ = x.w.Write(body) // a client that has gone needs no answer
}

// unknownLength is that of an answer that is counted while it is sent.
const unknownLength = -1

func (x *exchange) header(status int, contentType string, length int64) {
	h := x.w.Header()
	h.Set("Content-Type", contentType)
	if length != unknownLength {
		h.Set("Content-Length", strconv.FormatInt(length, 10))
		x.bytes = length
	}
	x.status = status
	x.w.WriteHeader(status)
}

// refuse answers what HTTP itself has a status for, as JSON.
func (x *exchange) refuse(status int, sentence string) {
	x.outcome, x.said = http.StatusText(status), sentence
	x.answer(status, wire.AppendError(nil, sentence))
}

// page answers what the contract wants an HTML page for.
func (x *exchange) page(status int, sentence string) {
	x.outcome = http.StatusText(status)
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	body := fmt.Appendf(nil, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>%s</title></head>\n<body><h1>%s</h1><p>%s</p></body>\n</html>\n",
		title, title, html.EscapeString(sentence))
	x.header(status, "text/html; charset=utf-8", int64(len(body)))
	_, _ = x.w.Write(body)
}

// refusal is an error that HTTP itself has a status for.
type refusal struct {
	status   int
	sentence string
	retry    time.Duration // of a 429
}

func (r *refusal) Error() string { return r.sentence }

// fail answers an error in the endpoint's version's way: v1 with 200, v2 with
// 400, or 500 for a fault of the server.
func (a *API) fail(x *exchange, err error) {
	if fault.Is(err, fault.Credentials) {
		err = a.wrongCredentials(x, err)
	}
	if fault.Is(err, fault.TooMany) {
		err = &refusal{http.StatusTooManyRequests, sentence(err), quotaRetry}
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		if r.retry > 0 {
			x.w.Header().Set("Retry-After", strconv.Itoa(int((r.retry+time.Second-1)/time.Second)))
		}
		x.refuse(r.status, r.sentence)
		return
	}
	problem := wire.FaultProblem(x.endpoint.Endpoint, err, x.args)
	x.outcome = string(problem.Key)
	switch {
	case x.ctx().Err() != nil:
		x.outcome = "client gone"
	case problem.Key == wire.ServerFault || problem.Key == wire.ReferenceUnread:
		x.cause = err
	}
	x.said = wire.Text(x.endpoint.Endpoint, problem.Key, shownArgs(problem.Args))
	text := wire.Text(x.endpoint.Endpoint, problem.Key, problem.Args)
	x.answer(errorStatus(x.endpoint.Version(), problem.Key), wire.AppendError(nil, text))
}

// quotaRetry is when a sender that used up its quota of carts may try again:
// carts lapse all the time.
const quotaRetry = time.Minute

func errorStatus(version int, key wire.Key) int {
	switch {
	case version == 1:
		return http.StatusOK
	case key == wire.ServerFault:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// sentence is what a fault says to people, without what lies behind it.
func sentence(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Message
	}
	return http.StatusText(http.StatusTooManyRequests)
}

// wrongCredentials counts a wrong secret and says so or, after too many,
// refuses. Only guesses are slowed down: the right secret never comes here.
func (a *API) wrongCredentials(x *exchange, err error) error {
	wait := a.countGuess(x.r, x.credentials.Credentials)
	if wait > 0 {
		return &refusal{http.StatusTooManyRequests, "Too many wrong secrets for this store from your address. Wait a minute, and check the secret.", wait}
	}
	return err
}

// finish ends a request: it answers for a defect, writes the request's line in
// the log, and breaks off an answer that cannot be finished, so that it is not
// taken for a whole one.
func (a *API) finish(x *exchange) {
	p := recover()
	began := x.status != 0
	if p != nil && p != http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
		a.recovered(x, p)
	}
	a.logRequest(x)
	if p != nil && began {
		panic(http.ErrAbortHandler)
	}
}

// recovered logs a defect and, where nothing has been answered yet, answers.
func (a *API) recovered(x *exchange, p any) {
	a.log.LogAttrs(x.ctx(), slog.LevelError, "panic", slog.String("id", x.id), slog.String("stack", string(debug.Stack())))
	x.cause = fmt.Errorf("panic: %v", p)
	switch {
	case x.status != 0:
		x.outcome = "broken off"
	case x.endpoint == nil:
		x.refuse(http.StatusInternalServerError, "Something went wrong; the log has it under the request's id.")
	default:
		a.fail(x, x.cause)
	}
}

// logRequest names no values of the request but the store's number.
func (a *API) logRequest(x *exchange) {
	name := "none"
	if x.endpoint != nil {
		name = x.endpoint.name
	}
	took := time.Since(x.began)
	a.observer.Answered(name, x.outcome, x.status, took)
	if a.recorder != nil && x.credentials.Store != 0 {
		a.recorder.Record(x.seen(name, took))
	}
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("id", x.id), slog.String("endpoint", name), slog.Int("status", x.status),
		slog.String("outcome", x.outcome), slog.Int64("store", int64(x.credentials.Store)),
		slog.Int64("bytes", x.bytes), slog.Duration("took", took),
	}
	if x.cause != nil {
		level, attrs = slog.LevelError, append(attrs, slog.String("cause", x.cause.Error()))
	}
	a.log.LogAttrs(x.ctx(), level, "request", attrs...)
}
