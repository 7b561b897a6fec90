package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"entrepot/client"
)

// The secret is in nothing that can be printed, even where a server echoes it.
func TestSecretStaysSecret(t *testing.T) {
	const its = `zqx3f1w52-"Pa<ss>"-\k81` // no part of which is an address in memory
	quoted, err := json.Marshal(its)
	if err != nil {
		t.Fatal(err)
	}
	inside := strings.Trim(string(quoted), `"`)
	var attempts []client.Attempt
	url, answer := "", ""
	url = answering(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Request-Id", "id "+its)
		w.Header().Set("Content-Type", "text/html; x="+inside)
		status := 200
		if strings.HasPrefix(answer, "!") {
			status = 500
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.NewReplacer("BODY", string(body), "SECRET", inside, "PLAIN", strings.ToUpper(its)).Replace(answer))
	})
	c, err := client.New(url, 999, its, client.Options{Retry: client.Retry{Attempts: 1}, Observe: func(a client.Attempt) { attempts = append(attempts, a) }})
	if err != nil {
		t.Fatal(err)
	}
	var printed []any
	for _, answer = range []string{
		"<html>BODY PLAIN", "!PLAIN BODY", `{"error":"not SECRET"}`, `{"error":"Invalid security credentials SECRET"}`, `{"error":"orderId: SECRET is not a valid orderId"}`,
		`{"order":{"orderId":1,"orderDate":"SECRET"}}`, `{"totalCount":0,"orders":[{"id":"1","testOrder":"SECRET"}]}`, `{"totalCount":"SECRET","orders":[]}`,
		`{"orders":[{"id":"1"}],"error":"SECRET"}`, "{", "PLAIN", `{"success":1,"x":"SECRET"}`, strings.Repeat("x", 180) + "PLAIN",
	} {
		_, err1 := c.Order(t.Context(), "1")
		_, err2 := list(t.Context(), c, client.OrderNumbersQuery{SinceOrderID: "1"})
		err3 := c.UpdateStatus(t.Context(), "1", client.VendorShipmentReady)
		for _, err := range []error{err1, err2, err3} {
			for ; err != nil; err = errors.Unwrap(err) {
				printed = append(printed, err)
			}
		}
	}
	if len(printed) < 60 {
		t.Errorf("only %d errors", len(printed))
	}
	closed, err := client.New("http://127.0.0.1:1", 999, its, client.Options{Retry: client.Retry{Attempts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	_, unreachable := closed.Order(t.Context(), "1")
	printed = append(printed, c, *c, struct{ C *client.Client }{c}, []client.Client{*c}, unreachable)
	for _, a := range attempts {
		printed = append(printed, a)
	}
	for _, p := range printed {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			text := strings.ToLower(fmt.Sprintf(verb, p))
			for _, form := range []string{its, inside, "zqx3f1w52"} {
				if strings.Contains(text, strings.ToLower(form)) {
					t.Errorf("%s of %T: %s", verb, p, text)
				}
			}
		}
	}
}
