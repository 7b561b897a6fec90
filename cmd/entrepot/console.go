package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"entrepot/internal/api"
	pages "entrepot/internal/console"
	"entrepot/internal/order"
)

// handler is the API, with the console beside it where that is switched on.
func (s server) handler() http.Handler {
	if !s.console {
		return api.New(s.api)
	}
	exists := func(ctx context.Context, number order.StoreNumber) bool {
		_, err := s.service.Store(ctx, number)
		return err == nil
	}
	recent := pages.NewRecent(exists, time.Now)
	s.api.Recorder = recorded{recent}
	requests := api.New(s.api)
	c, err := pages.New(pages.Config{Service: s.service, Gate: requests, Recent: recent, Log: s.log, Demo: s.demo})
	if err != nil {
		panic(err) // the API's description is part of the program, and tests read it
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.ofConsole(r) {
			c.ServeHTTP(w, r)
		} else {
			requests.ServeHTTP(w, r)
		}
	})
}

// ofConsole reports whether a request is for a page.
func (s server) ofConsole(r *http.Request) bool {
	if r.URL.Path == "/" {
		return s.demo != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead)
	}
	return r.URL.Path == "/console" || strings.HasPrefix(r.URL.Path, "/console/")
}

// recorded hands what the API saw to the console.
type recorded struct{ recent *pages.Recent }

// Record implements api.Recorder.
func (r recorded) Record(s api.Seen) { r.recent.Record(pages.Request(s)) }
