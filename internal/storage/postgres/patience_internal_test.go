package postgres

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

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

// TestAtWork: a backend that has nothing to do, be it that the question or the
// answer was lost on its line, is not waited for; one that is another
// server's, neither.
func TestAtWork(t *testing.T) {
	s := fresh(t)
	err := s.db.Read(t.Context(), func(tx pgx.Tx) error {
		asked := tx.Conn()
		backend, server := asked.PgConn().PID(), addressOf(asked)
		works := func(server string) bool { return s.works(t.Context(), backend, server, time.Minute) }
		if works(server) {
			t.Error("it is idle")
		}
		answered := make(chan error, 1)
		go func() {
			_, err := tx.Exec(t.Context(), "SELECT pg_sleep(600)")
			answered <- err
		}()
		for end := time.Now().Add(time.Minute); !works(server); {
			if time.Now().After(end) {
				t.Error("it is at work, and is not seen")
				break
			}
		}
		if works("192.0.2.1:5432") {
			t.Error("it is another server's")
		}
		err := s.db.Read(t.Context(), func(other pgx.Tx) error {
			_, err := other.Exec(t.Context(), "SELECT pg_cancel_backend($1)", int64(backend))
			return err
		})
		if asked := <-answered; asked == nil {
			t.Error("what was to sleep has ended by itself")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestPatienceTakesTheAnswer: a transaction that has ended is never said to be
// late, however busy the one is who waits for it.
func TestPatienceTakesTheAnswer(t *testing.T) {
	ended := make(chan struct{})
	close(ended)
	for range 100 {
		result := make(chan error, 1)
		if there, _ := awaited(result, ended); there {
			t.Fatal("there is a result of nothing")
		}
		result <- errAway
		if there, err := awaited(result, ended); !there || !errors.Is(err, errAway) {
			t.Fatalf("the wait has ended with the transaction, and the result is %v", err)
		}
	}
}
