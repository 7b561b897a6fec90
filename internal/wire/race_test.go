//go:build race

package wire

const raceFactor = 4
