package ledger

import (
	"fmt"
	"math"
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// view reads in the transaction of a connection.
type view struct {
	conn  conn
	store int64
}

var _ merchantsync.View = view{}

// Cursor implements merchantsync.View.
func (v view) Cursor() (c merchantsync.Cursor, err error) {
	_, err = one(v.conn, func(r row) { c.Number, c.PlacedAt = r.whole(0), r.moment(1) },
		"SELECT cursor_number, cursor_placed_at FROM entrepot_sync WHERE store = $1", v.store)
	return c, wrap("read the cursor", err)
}

const knownColumns = "number, placed_at, test, status, status_at, merchant_order_id, standing, digest, checks, check_at"

func readKnown(r row) merchantsync.Known {
	return merchantsync.Known{
		Number: r.whole(0), PlacedAt: r.moment(1), Test: r.flag(2), Status: client.Status(r.text(3)), StatusAt: r.moment(4),
		MerchantOrderID: r.text(5), Standing: merchantsync.Standing(r.text(6)), Digest: [32]byte(r.blob(7)),
		Checks: int(r.whole(8)), CheckAt: r.moment(9),
	}
}

const selectKnown = "SELECT " + knownColumns + " FROM entrepot_orders WHERE store = $1 AND number = $2 LIMIT 1"

// Known implements merchantsync.View.
func (v view) Known(numbers []int64) (map[int64]merchantsync.Known, error) {
	known := make(map[int64]merchantsync.Known, len(numbers))
	err := v.conn.lookUp(func(r row) {
		k := readKnown(r)
		known[k.Number] = k
	}, selectKnown, v.store, numbers)
	return known, wrap("look orders up", err)
}

const selectDocument = "SELECT CAST(document AS TEXT) FROM entrepot_orders WHERE store = $1 AND number = $2"

// Document implements merchantsync.View.
func (v view) Document(number int64) (document []byte, err error) {
	_, err = one(v.conn, func(r row) { document = []byte(r.text(0)) }, selectDocument, v.store, number)
	return document, wrap("read a document", err)
}

const selectBefore = `SELECT number, placed_at FROM entrepot_orders WHERE store = $1 AND number = (
	SELECT min(number) FROM (SELECT number FROM entrepot_orders WHERE store = $1 AND number < $2 ORDER BY number DESC LIMIT CAST($3 AS BIGINT)) AS below)`

// Before implements merchantsync.View.
func (v view) Before(number int64, n int) (lower int64, placed time.Time, ok bool, err error) {
	ok, err = one(v.conn, func(r row) { lower, placed = r.whole(0), r.moment(1) }, selectBefore, v.store, number, int64(max(1, n)))
	return lower, placed, ok, wrap("look for an earlier order", err)
}

const (
	selectPlacedRange = "SELECT min(number), max(number) FROM entrepot_orders WHERE store = $1 AND placed_at >= $2 AND placed_at < $3"
	selectPlaced      = "SELECT " + knownColumns + ` FROM entrepot_orders
		WHERE store = $1 AND number > $2 AND number <= $3 AND placed_at >= $4 AND placed_at < $5 ORDER BY number LIMIT CAST($6 AS BIGINT)`
	selectPlacedCount = "SELECT count(*) FROM entrepot_orders WHERE store = $1 AND placed_at >= $2 AND placed_at < $3"
)

// placedAtOnce bounds how many orders are in memory.
const placedAtOnce = 1000

// Placed implements merchantsync.View. An order without a date is in no range.
func (v view) Placed(from, before time.Time, yield func(merchantsync.Known) error) error {
	var first, last int64
	_, err := one(v.conn, func(r row) { first, last = r.whole(0), r.whole(1) }, selectPlacedRange, v.store, from, before)
	for after := first - 1; err == nil && after < last; {
		var page []merchantsync.Known
		page, err = all(v.conn, readKnown, selectPlaced, v.store, after, last, from, before, int64(placedAtOnce))
		after = math.MaxInt64
		for i := 0; err == nil && i < len(page); i++ {
			after = page[i].Number
			if err := yield(page[i]); err != nil {
				return err
			}
		}
	}
	return wrap("list orders by date", err)
}

// PlacedBetween implements merchantsync.View. An order without a date is in no
// range.
func (v view) PlacedBetween(from, before time.Time) (n int64, err error) {
	_, err = one(v.conn, func(r row) { n = r.whole(0) }, selectPlacedCount, v.store, from, before)
	return n, wrap("count orders", err)
}

const selectDue = "SELECT " + knownColumns + ` FROM entrepot_orders
	WHERE store = $1 AND check_at IS NOT NULL AND check_at <= $2 ORDER BY check_at, number LIMIT CAST($3 AS BIGINT)`

// Due implements merchantsync.View.
func (v view) Due(now time.Time, limit int) ([]merchantsync.Known, error) {
	list, err := all(v.conn, readKnown, selectDue, v.store, now, int64(limit))
	return list, wrap("list orders to look at", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
