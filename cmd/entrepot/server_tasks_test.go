package main

import (
	"testing"
	"time"
)

// TestCountPause keeps counting cheap, and often enough for the alert that
// nobody counts (deploy/alerts.yaml).
func TestCountPause(t *testing.T) {
	for took, want := range map[time.Duration]time.Duration{
		time.Millisecond: time.Minute,
		3 * time.Second:  5 * time.Minute,
		time.Hour:        30 * time.Minute,
	} {
		if got := countPause(took); got != want {
			t.Errorf("after a count of %s the pause is %s, want %s", took, got, want)
		}
	}
}
