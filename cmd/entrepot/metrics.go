package main

import "entrepot/internal/metrics"

func newRecorder(version string, waiting func() int, g *gate) (recorder, error) {
	return metrics.New(version, metrics.Gauges{Waiting: waiting, Connections: g.open, MaxConnections: g.limit()}), nil
}
