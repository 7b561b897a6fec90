package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// maxBody bounds a request, as the API bounds its own.
const maxBody = 1 << 20

// Handler answers /sandbox/… on the admin address (docs/sandbox.md).
type Handler struct {
	levers Levers
	faults *Faults // nil where answers never go wrong on purpose
	log    *slog.Logger
	mux    *http.ServeMux
}

// NewHandler makes the handler; without faults, as of a service that is no
// demo, /sandbox/faults says that there are none.
func NewHandler(levers Levers, faults *Faults, log *slog.Logger) *Handler {
	h := &Handler{levers, faults, log, http.NewServeMux()}
	h.post("/sandbox/orders", h.place)
	h.post("/sandbox/orders/{order}/{lever}", h.move)
	h.post("/sandbox/carts/{cart}/expire", h.expire)
	h.post("/sandbox/faults", h.inject)
	h.mux.HandleFunc("GET /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { h.answer(w, h.pending, nil) })
	h.mux.HandleFunc("DELETE /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { h.answer(w, h.clear, nil) })
	return h
}

// ServeHTTP refuses what a web page elsewhere has a browser send.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	new(http.CrossOriginProtection).Handler(h.mux).ServeHTTP(w, r)
}

// post takes JSON only, which no form of a web page can send.
func (h *Handler) post(path string, lever func(*http.Request, wire.Object) (any, error)) {
	h.mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		body, err := readObject(w, r)
		h.answer(w, func() (any, error) { return lever(r, body) }, err)
	})
}

var (
	errNotJSON = errors.New("the body must be application/json")
	errTooLong = errors.New("the body is longer than 1 MiB")
)

// readObject reads the body; an empty one is an empty object.
func readObject(w http.ResponseWriter, r *http.Request) (wire.Object, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, errNotJSON
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, errTooLong
	}
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "the body did not arrive", err)
	}
	if len(body) == 0 {
		return wire.Object{}, nil
	}
	object, err := wire.ParseObject(body)
	if err != nil {
		return nil, fault.New(fault.Invalid, "the body is not one JSON object in UTF-8")
	}
	return object, nil
}

func (h *Handler) place(r *http.Request, body wire.Object) (any, error) {
	return h.levers.Place(r.Context(), body)
}

func (h *Handler) move(r *http.Request, _ wire.Object) (any, error) {
	id, err := order.ParseID(r.PathValue("order"))
	if err != nil {
		return nil, fault.New(fault.Invalid, err.Error())
	}
	return h.levers.Move(r.Context(), id, r.PathValue("lever"))
}

func (h *Handler) expire(r *http.Request, _ wire.Object) (any, error) {
	id, ok := wire.ParseCartID(r.PathValue("cart"))
	if !ok {
		return nil, fault.New(fault.Invalid, "the path names no cart; expected the tempCartUUID that createTempCart answered")
	}
	return h.levers.ExpireCart(r.Context(), id)
}

var errNoFaults = fault.New(fault.Closed, "only the demo's answers go wrong on purpose")

func (h *Handler) inject(_ *http.Request, body wire.Object) (any, error) {
	if h.faults == nil {
		return nil, errNoFaults
	}
	f, err := decodeFault(body)
	if err == nil {
		err = h.faults.Inject(f)
	}
	if err != nil {
		return nil, err
	}
	return h.pending()
}

func (h *Handler) pending() (any, error) {
	if h.faults == nil {
		return nil, errNoFaults
	}
	return Pending{h.faults.Pending()}, nil
}

func (h *Handler) clear() (any, error) {
	if h.faults == nil {
		return nil, errNoFaults
	}
	h.faults.Clear()
	return h.pending()
}

// answer writes what a lever has to say, unless the request was wrong already.
func (h *Handler) answer(w http.ResponseWriter, lever func() (any, error), err error) {
	var said any
	if err == nil {
		said, err = lever()
	}
	status := http.StatusOK
	if err != nil {
		var text string
		if status, text = refusal(err); status == http.StatusInternalServerError {
			h.log.Error("a lever of the sandbox failed", "cause", err.Error())
		}
		said = Refusal{text}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(said) // who asked may have gone
}

// Refusal is the answer where there is no other.
type Refusal struct {
	Error string `json:"error"`
}

var statuses = map[fault.Code]int{
	fault.Invalid: http.StatusBadRequest, fault.NotFound: http.StatusNotFound, fault.Closed: http.StatusForbidden,
	fault.StatusLocked: http.StatusConflict, fault.Conflict: http.StatusConflict, fault.Expired: http.StatusConflict, fault.TooMany: http.StatusConflict,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// refusal is what is answered to an error. What lies behind a fault stays in
// the log.
func refusal(err error) (status int, text string) {
	if errors.Is(err, errNotJSON) {
		return http.StatusUnsupportedMediaType, err.Error()
	}
	if errors.Is(err, errTooLong) {
		return http.StatusRequestEntityTooLarge, err.Error()
	}
	if p, ok := errors.AsType[*wire.Problem](err); ok {
		return http.StatusBadRequest, wire.Text(wire.CreateTempCart, p.Key, p.Args)
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || statuses[f.Code] == 0 {
		return http.StatusInternalServerError, "the sandbox could not do it; the log says why"
	}
	return statuses[f.Code], Text(f)
}

// Text is what a fault says without its cause.
func Text(f *fault.Error) string {
	if f.Field != "" {
		return f.Field + " " + f.Message
	}
	return f.Message
}
