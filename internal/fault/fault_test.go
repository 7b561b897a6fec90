package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"entrepot/internal/fault"
)

func TestErrorSaysFieldMessageAndCause(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{fault.New(fault.NotFound, "there is no such order"), "there is no such order"},
		{fault.Field("items[2].quantity", "is missing"), "items[2].quantity: is missing"},
		{fault.Wrap(fault.Unavailable, "the disk is full", io.ErrShortWrite), "the disk is full: short write"},
		{
			&fault.Error{Code: fault.Invalid, Field: "boxCount", Message: "is odd", Cause: io.ErrUnexpectedEOF},
			"boxCount: is odd: unexpected EOF",
		},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestCodeOf(t *testing.T) {
	plain := errors.New("plain")
	conflict := fault.New(fault.Conflict, "lost a race")
	tests := []struct {
		name string
		err  error
		want fault.Code
	}{
		{"a fault", conflict, fault.Conflict},
		{"a field", fault.Field("store", "is odd"), fault.Invalid},
		{"a wrapped fault", fmt.Errorf("move: %w", fmt.Errorf("save: %w", conflict)), fault.Conflict},
		{"a joined fault", errors.Join(plain, conflict), fault.Conflict},
		{"the outer of two", fault.Wrap(fault.Unavailable, "later", conflict), fault.Unavailable},
		{"a plain error", plain, fault.Internal},
		{"nothing", nil, fault.Internal},
	}
	for _, tt := range tests {
		if got := fault.CodeOf(tt.err); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestIs(t *testing.T) {
	wrapped := fmt.Errorf("load: %w", fault.New(fault.NotFound, "no such cart"))
	tests := []struct {
		err  error
		code fault.Code
		want bool
	}{
		{wrapped, fault.NotFound, true},
		{wrapped, fault.Exists, false},
		{io.EOF, fault.Internal, true},
		{io.EOF, fault.NotFound, false},
		{nil, fault.Internal, false}, // no error is no fault
	}
	for _, tt := range tests {
		if got := fault.Is(tt.err, tt.code); got != tt.want {
			t.Errorf("Is(%v, %s) = %t", tt.err, tt.code, got)
		}
	}
}

func TestCauseStaysReachable(t *testing.T) {
	err := fmt.Errorf("open: %w", fault.Wrap(fault.Unavailable, "no disk", io.ErrClosedPipe))
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Error("the cause is lost")
	}
	if fault.New(fault.Internal, "by itself").Unwrap() != nil {
		t.Error("a fault without a cause has one")
	}
}
