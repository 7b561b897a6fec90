package sandbox

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// Wrap makes the answers of the API go wrong.
func (f *Faults) Wrap(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || !slices.Contains(Endpoints, r.URL.Path) {
			api.ServeHTTP(w, r)
			return
		}
		var number order.StoreNumber
		if f.chosen() {
			number = peek(r)
		}
		one, ok := f.take(r.URL.Path, func() order.StoreNumber { return number })
		if !ok {
			api.ServeHTTP(w, r)
			return
		}
		serve(w, r, api, one)
	})
}

// peek reads which store a request is of, and leaves the body as it was. It
// reads outside the lock: a slow client must not hold up the others.
func peek(r *http.Request) order.StoreNumber {
	var head bytes.Buffer
	_, err := io.Copy(&head, io.LimitReader(r.Body, maxBody+1))
	rest := io.Reader(r.Body)
	if err != nil {
		rest = broken{err}
	}
	object, unread := wire.ParseObject(head.Bytes())
	r.Body = body{io.MultiReader(&head, rest), r.Body}
	if unread != nil {
		return 0
	}
	return wire.DecodeCredentials(object).Store
}

// body is read anew, and closed as it was.
type body struct {
	io.Reader
	io.Closer
}

// broken says again what a body broke off with.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

func serve(w http.ResponseWriter, r *http.Request, api http.Handler, one Fault) {
	w.Header().Set("X-Sandbox-Fault", string(one.Kind))
	switch one.Kind {
	case Failing:
		refuse(w, http.StatusInternalServerError, "The sandbox was told to fail.")
	case TooMany:
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "The sandbox was told to refuse.")
	case Cut:
		cutOff(w, r, api)
	case Slow:
		peek(r) // before the server's time-out for it ends
		if wait(r, time.Duration(one.DelayMS)*time.Millisecond) {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(writeTimeout)) // tests have none
			api.ServeHTTP(w, r)
		}
	}
}

// wait reports whether the client is still there after the delay.
func wait(r *http.Request, delay time.Duration) bool {
	select {
	case <-time.After(delay):
		return true
	case <-r.Context().Done():
		return false
	}
}

func refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"error": %q}`, text) // who asked may have gone
}

// cutOff lets the request be carried out, sends the first half of its answer
// and breaks the connection off.
func cutOff(w http.ResponseWriter, r *http.Request, api http.Handler) {
	whole := &kept{header: w.Header()}
	api.ServeHTTP(whole, r)
	w.Header().Set("Content-Length", strconv.Itoa(whole.body.Len()))
	w.WriteHeader(max(whole.status, http.StatusOK))
	_, _ = w.Write(whole.body.Bytes()[:whole.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// kept is an answer that is not sent. Deadlines are nobody's: nothing is
// waited for.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) Write(p []byte) (int, error) { return k.body.Write(p) }

func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

// SetWriteDeadline is asked for by lists.
func (k *kept) SetWriteDeadline(time.Time) error { return nil }

// Flush is asked for by what streams.
func (k *kept) Flush() {}
