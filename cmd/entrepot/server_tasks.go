package main

import (
	"context"
	"time"

	"entrepot/internal/order"
)

// beside is the service for what goes on beside the requests.
func (s server) beside() *order.Service {
	if s.chores != nil {
		return s.chores
	}
	return s.service
}

// purge drops lapsed carts every so often.
func (s server) purge(ctx context.Context) {
	ticker := time.NewTicker(purgeInterval)
	defer ticker.Stop()
	for {
		n, err := s.beside().PurgeCarts(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error("purging lapsed carts failed; it is tried again", "cause", err.Error())
		case n > 0:
			s.log.Info("purged lapsed carts", "carts", n)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

const (
	countInterval = time.Minute
	// countShare is how much longer than a count the pause after it is at
	// least: counting takes no more than a hundredth of a processor.
	countShare = 100
	// maxCountPause is half of the time after which an alert says that nobody
	// counts any more (deploy/alerts.yaml).
	maxCountPause = 30 * time.Minute
)

// countPause is how long to wait after a count that took so long.
func countPause(took time.Duration) time.Duration {
	return min(max(countInterval, countShare*took), maxCountPause)
}

// countOrders counts the orders by status for the metrics, again and again
// (docs/adr/0010-orders-by-status.md).
func (s server) countOrders(ctx context.Context) {
	for {
		began := time.Now()
		counts, err := s.beside().CountStatuses(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error("counting the orders failed; it is tried again", "cause", err.Error())
		default:
			s.recorder.Counted(statusNames(), named(counts), time.Now())
		}
		select {
		case <-time.After(countPause(time.Since(began))):
		case <-ctx.Done():
			return
		}
	}
}

func statusNames() []string {
	var names []string
	for _, status := range order.Statuses() {
		names = append(names, string(status))
	}
	return names
}

func named(counts map[order.Status]int64) map[string]int64 {
	names := make(map[string]int64, len(counts))
	for status, n := range counts {
		names[string(status)] = n
	}
	return names
}

// obeyHangups loads the certificate anew when the operator says so, or when
// its files have changed. A hang-up never ends a service.
func (s server) obeyHangups(ctx context.Context) {
	var looks <-chan time.Time
	if s.tls != nil {
		ticker := time.NewTicker(certificateInterval)
		defer ticker.Stop()
		looks = ticker.C
	}
	for {
		select {
		case <-looks:
			s.tls.reloadChanged()
		case <-s.hangups:
			if s.tls == nil {
				s.log.Info("nothing to reload: no certificate is served")
				continue
			}
			s.tls.reload()
		case <-ctx.Done():
			return
		}
	}
}
