package sqlite

import (
	"context"
	"fmt"
	"hash/crc32"

	"entrepot/internal/order"
	"entrepot/internal/sqlitedb"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is what is kept of a document beside it. SQLite has none of its
// own: a flipped bit in a text would be answered as if it had been said.
func checksum(body []byte) int64 { return int64(crc32.Checksum(body, castagnoli)) }

// inexactCounter is a condition: SQLite keeps what is given in a column of
// whole numbers, even if it is none.
const inexactCounter = "typeof(last_number) <> 'integer'"

// What this storage keeps twice, or in step. Each query answers the store, the
// order's number (zero for none) and what is wrong.
var consistency = []string{
	`SELECT d.store, d.number, 'document ' || d.id || ' belongs to no order'
		FROM order_documents d LEFT JOIN orders o ON o.document = d.id WHERE o.document IS NULL`,
	`SELECT o.store, o.number, 'document ' || d.id || ' was made for order ' || d.store || '-' || d.number
		FROM orders o JOIN order_documents d ON d.id = o.document WHERE d.store <> o.store OR d.number <> o.number`,
	`SELECT number, 0, 'the store has no counter' FROM stores WHERE number NOT IN (SELECT store FROM order_counters)`,
	"SELECT store, 0, 'the counter is no whole number' FROM order_counters WHERE " + inexactCounter,
	`SELECT c.store, 0, 'the counter stands at ' || c.last_number || ', and there is order ' || max(o.number)
		FROM order_counters c JOIN orders o ON o.store = c.store GROUP BY c.store HAVING max(o.number) > c.last_number`,
	`SELECT c.store, 0, 'the counter''s date is before that of the last order'
		FROM order_counters c JOIN orders o ON o.store = c.store GROUP BY c.store HAVING max(o.placed_at) > c.last_placed_at`,
	// What is marked so, retention passes by.
	`SELECT store, number, 'is marked as erased, and its history does not say so' FROM orders AS o WHERE identified = 0
		AND NOT EXISTS (SELECT 1 FROM order_changes c WHERE c.store = o.store AND c.number = o.number AND c.kind = 'erased')`,
	`SELECT c.store, c.became, 'a cart says that it became this order, and the order does not say so'
		FROM carts c LEFT JOIN orders o ON o.store = c.store AND o.number = c.became AND o.cart = c.id
		WHERE c.became <> 0 AND o.number IS NULL`,
	`SELECT o.store, o.number, 'its cart is waiting, and could become another order'
		FROM carts c JOIN orders o ON o.store = c.store AND o.cart = c.id WHERE c.became = 0`,
	`SELECT store, 0, 'the usage of carts says ' || sum(said) || ' carts and ' || sum(said_bytes) || ' bytes, and there are ' ||
			sum(there) || ' and ' || sum(there_bytes)
		FROM (
			SELECT store, address, carts AS said, bytes AS said_bytes, 0 AS there, 0 AS there_bytes FROM cart_usage
			UNION ALL
			SELECT store, x'', 0, 0, count(*), sum(length(body)) FROM carts WHERE became = 0 GROUP BY store
			UNION ALL
			SELECT store, address, 0, 0, count(*), sum(length(body)) FROM carts WHERE became = 0 AND length(address) > 0 GROUP BY store, address
		)
		GROUP BY store, address HAVING sum(said) <> sum(there) OR sum(said_bytes) <> sum(there_bytes)`,
}

// Check implements order.Storage.
func (s *Storage) Check(ctx context.Context, yield func(order.Problem)) error {
	return s.db.Read(ctx, func(conn *sqlitedb.Conn) error {
		before := conn.SetInterrupt(ctx.Done())
		defer conn.SetInterrupt(before)
		ofFile := func(problem string) { yield(order.Problem{Text: "database file: " + problem}) }
		if err := sqlitedb.Integrity(conn.Conn, ofFile); err != nil {
			return err
		}
		if err := checkSchema(conn.Conn, ofFile); err != nil {
			return err
		}
		for _, sql := range consistency {
			if err := inconsistencies(conn, sql, yield); err != nil {
				return err
			}
		}
		return nil
	})
}

func inconsistencies(conn *sqlitedb.Conn, sql string, yield func(order.Problem)) error {
	err := query(conn, sql).each(func(r row) error {
		id := order.ID{Store: order.StoreNumber(r.int(0)), Number: order.Number(r.int(1))}
		yield(order.Problem{Order: id, Text: r.text(2)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for what is out of step: %w", err)
	}
	return nil
}

const selectCartIDs = "SELECT id FROM carts WHERE id > ? ORDER BY id LIMIT ?"

// CartIDs implements order.View.
func (v view) CartIDs(after order.CartID, limit int) (ids []order.CartID, err error) {
	from := uuidBytes(after)
	if from == nil {
		from = []byte{}
	}
	err = query(v.conn, selectCartIDs, from, int64(limit)).each(func(r row) error {
		ids = append(ids, r.cartID(0))
		return nil
	})
	return ids, err
}
