package postgres

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"

	"entrepot/internal/order"
)

// absent is NULL for the text "".
func absent[T ~string](text T) *string {
	if text == "" {
		return nil
	}
	s := string(text)
	return &s
}

// uuidOf is NULL for a text that is no UUID, which no row has.
func uuidOf(id order.CartID) pgtype.UUID {
	u, err := uuid.Parse(string(id))
	return pgtype.UUID{Bytes: u, Valid: err == nil}
}

// cartID is "" for NULL.
func cartID(u pgtype.UUID) order.CartID { return order.CartID(u.String()) }

func millis(t time.Time) int64 { return t.UnixMilli() }

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// optionalMillis is the time, or the given bound for a zero time.
func optionalMillis(t time.Time, otherwise int64) int64 {
	if t.IsZero() {
		return otherwise
	}
	return t.UnixMilli()
}
