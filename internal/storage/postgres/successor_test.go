package postgres_test

import (
	"strings"
	"testing"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/testkit"
)

// TestSuccessorAnswers: a view whose server has gone silent ends, although the
// database answers: the server that has been promoted does.
func TestSuccessorAnswers(t *testing.T) {
	o := database(t)
	openOn(t, o)
	old, through := testkit.RelayTo(t, o.URL)
	_, rest, _ := strings.Cut(o.URL, "@")
	successor, _, _ := strings.Cut(rest, "/")
	o.URL = strings.Replace(through, old.Addr(), old.Addr()+","+successor, 1) + "?target_session_attrs=read-write"
	s := openAgain(t, o).WithPatience(short)
	var began time.Time
	err := s.View(t.Context(), func(v order.View) error {
		if err := readStores(v); err != nil {
			return err
		}
		old.Strand()
		began = time.Now()
		return readStores(v)
	})
	gaveUp(t, "a view on the old server", began, err)
	if n := stores(t, s); n != 0 {
		t.Errorf("%d stores", n)
	}
}
