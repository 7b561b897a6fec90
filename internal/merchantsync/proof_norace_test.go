//go:build !race

package merchantsync_test

const usualOrders = 600
