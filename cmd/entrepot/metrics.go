package main

import "entrepot/internal/metrics"

func newRecorder(version string, waiting func() int, g *gate) (recorder, error) {
	return metrics.New(version, metrics.Gauges{Waiting: waiting, Connections: g.open, MaxConnections: g.limit()}), nil
}

// newSharedRecorder is for a database that several nodes share.
func newSharedRecorder(version string, database func() (used, limit int), g *gate) *metrics.Metrics {
	return metrics.New(version, metrics.Gauges{Database: database, Connections: g.open, MaxConnections: g.limit()})
}
