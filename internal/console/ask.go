package console

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// Gate checks a store's credentials and counts wrong secrets, by the same
// limit as the API: wait is above zero when there were too many.
type Gate interface {
	Admit(r *http.Request, c order.Credentials) (wait time.Duration, err error)
}

// maxQuestion is more than credentials need.
const maxQuestion = 4 << 10

// asked answers a question that needs the store's secret.
func (c *Console) asked(answer func(context.Context, order.StoreNumber) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var raw json.RawMessage
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxQuestion)).Decode(&raw)
		object, notObject := wire.ParseObject(raw)
		if errors.Join(err, notObject) != nil {
			refuse(w, http.StatusBadRequest, "The body must be a JSON object with store and secret.")
			return
		}
		credentials := wire.DecodeCredentials(object).Credentials
		wait, err := c.gate.Admit(r, credentials)
		if err == nil {
			var body any
			if body, err = answer(r.Context(), credentials.Store); err == nil {
				respond(w, http.StatusOK, body)
				return
			}
		}
		c.refuse(w, wait, err)
	}
}

func (c *Console) refuse(w http.ResponseWriter, wait time.Duration, err error) {
	switch {
	case wait > 0:
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		refuse(w, http.StatusTooManyRequests, "Too many wrong secrets for this store from your address. Wait a minute, and check the secret.")
	case fault.Is(err, fault.Credentials):
		refuse(w, http.StatusForbidden, "Invalid security credentials")
	default:
		c.log.Error("the console could not answer", "cause", err.Error())
		refuse(w, http.StatusInternalServerError, "Something went wrong; the log has it.")
	}
}

func refuse(w http.ResponseWriter, status int, sentence string) {
	respond(w, status, map[string]string{"error": sentence})
}

func respond(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // they are strings and numbers
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // who asked may have gone
}

// seen is a request as the page shows it.
type seen struct {
	Time      string   `json:"time"`
	Endpoint  string   `json:"endpoint"`
	Secret    bool     `json:"secret"` // it came with the right secret
	Keys      []string `json:"keys"`
	Error     *string  `json:"error"`
	Status    int      `json:"status"`
	Millis    float64  `json:"milliseconds"`
	RequestID string   `json:"requestId"`
	Bytes     int64    `json:"bytes"`
}

func (c *Console) recentOf(_ context.Context, store order.StoreNumber) (any, error) {
	list := []seen{}
	for _, q := range c.recent.Of(store) {
		s := seen{
			Time: q.At.Format("2006-01-02T15:04:05.000Z"), Endpoint: q.Endpoint, Secret: q.Secret, Keys: append([]string{}, q.Keys...),
			Status: q.Status, Millis: float64(q.Took.Microseconds()) / 1000, RequestID: q.RequestID, Bytes: q.Bytes,
		}
		if q.Error != "" {
			s.Error = &q.Error
		}
		list = append(list, s)
	}
	return map[string]any{"requests": list}, nil
}

// lookedAt is how many of a store's newest orders examples are made of.
const lookedAt = 2000

// ordersOf names an order of a store for each blank of the examples.
func (c *Console) ordersOf(ctx context.Context, store order.StoreNumber) (any, error) {
	found, carriers := map[string]string{}, map[string]int{}
	now := c.clock().UTC()
	found["today"], found["weekAgo"] = now.Format("20060102"), now.AddDate(0, 0, -7).Format("20060102")
	var ids, references []string
	err := c.service.Heads(ctx, order.HeadQuery{Store: store, Newest: lookedAt}, func(h *order.Head) error {
		ids = append(ids, h.String())
		found[string(h.State.Status)] = h.String() // the newest comes last
		if h.ReferenceID != "" {
			references = append(references, h.ReferenceID)
			carriers[h.ReferenceID]++
		}
		return nil
	})
	for _, reference := range references {
		if carriers[reference] == 1 {
			found["reference"] = reference
		} else {
			found["duplicate"] = reference
		}
	}
	if len(ids) > 0 {
		found["newest"], found["earlier"] = ids[len(ids)-1], ids[max(0, len(ids)-1-10)]
	}
	return map[string]any{"fillings": found}, err
}
