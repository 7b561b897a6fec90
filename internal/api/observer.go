package api

import "time"

// Observer is told what becomes of requests, for metrics. It is called by many
// at once and must be quick.
type Observer interface {
	// Answered tells of a request: the name of its endpoint, "none" where
	// there is no such; its outcome, which is "ok", the key of an error text
	// or what HTTP calls it; its HTTP status; and how long it took. Endpoints
	// and outcomes are few.
	Answered(endpoint, outcome string, status int, took time.Duration)
	// WrongSecret tells of a wrong secret, and whether it was refused because
	// there had been too many.
	WrongSecret(refused bool)
}

// unobserved is the Observer of those who want none.
type unobserved struct{}

func (unobserved) Answered(string, string, int, time.Duration) {}
func (unobserved) WrongSecret(bool)                            {}
