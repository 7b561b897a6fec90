package api

import (
	"net/http"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// Admit checks a store's credentials for pages beside the API, and counts a
// wrong secret as the API does. After too many, wait says when the next may
// come; until then only the right secret is let in. The fault of a wrong one is
// Credentials.
func (a *API) Admit(r *http.Request, c order.Credentials) (wait time.Duration, err error) {
	_, err = a.service.Authenticate(r.Context(), c)
	if fault.Is(err, fault.Credentials) {
		wait = a.countGuess(r, c)
	}
	return wait, err
}

// countGuess counts a wrong secret. A missing one is no guess.
func (a *API) countGuess(r *http.Request, c order.Credentials) (wait time.Duration) {
	if c.Store == 0 || c.Secret == "" {
		return 0
	}
	wait = a.guesses.wrong(guessKey{a.clientAddress(r), c.Store})
	a.observer.WrongSecret(wait > 0)
	return wait
}
