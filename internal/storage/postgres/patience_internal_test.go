package postgres

import (
	"testing"
	"time"

	"entrepot/internal/order"
)

// TestSlowQuestion: a database that is slow and not away is waited for.
func TestSlowQuestion(t *testing.T) {
	s := fresh(t).WithPatience(2 * time.Second)
	err := s.View(t.Context(), func(v order.View) error {
		var slept string
		return v.(view).one([]any{&slept}, "SELECT pg_sleep(2.2)::TEXT")
	})
	if err != nil {
		t.Error(err)
	}
}
