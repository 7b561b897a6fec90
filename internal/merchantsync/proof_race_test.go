//go:build race

package merchantsync_test

// usualOrders is what the race detector, with which everything takes some
// eight times as long, leaves time for.
const usualOrders = 120
