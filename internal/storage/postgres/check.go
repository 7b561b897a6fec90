package postgres

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/order"
)

// What this storage keeps twice, or in step. Each query answers the store, the
// order's number (zero for none) and what is wrong.
var consistency = []string{
	`SELECT d.store, d.number, 'its document belongs to no order'
		FROM order_documents d LEFT JOIN orders o ON o.store = d.store AND o.number = d.number WHERE o.number IS NULL`,
	`SELECT c.store, c.number, 'there is history of an order that is not there'
		FROM order_changes c LEFT JOIN orders o ON o.store = c.store AND o.number = c.number WHERE o.number IS NULL`,
	`SELECT n.store, n.number, 'there is a note of an order that is not there'
		FROM order_notes n LEFT JOIN orders o ON o.store = n.store AND o.number = n.number WHERE o.number IS NULL`,
	`SELECT DISTINCT o.store, 0, 'there are orders of a store that is not there'
		FROM orders o LEFT JOIN stores s ON s.number = o.store WHERE s.number IS NULL`,
	`SELECT s.number, 0, 'the store has no counter' FROM stores s LEFT JOIN order_counters c ON c.store = s.number WHERE c.store IS NULL`,
	`SELECT c.store, 0, 'the counter stands at ' || c.last_number || ', and there is order ' || max(o.number)
		FROM order_counters c JOIN orders o ON o.store = c.store GROUP BY c.store, c.last_number HAVING max(o.number) > c.last_number`,
	`SELECT c.store, 0, 'the counter''s date is before that of the last order'
		FROM order_counters c JOIN orders o ON o.store = c.store GROUP BY c.store, c.last_placed_at HAVING max(o.placed_at) > c.last_placed_at`,
	// What is marked so, retention passes by.
	`SELECT o.store, o.number, 'is marked as erased, and its history does not say so' FROM orders o WHERE NOT o.identified
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
			SELECT store, ''::BYTEA, 0, 0, count(*), sum(octet_length(body)) FROM carts WHERE became = 0 GROUP BY store
			UNION ALL
			SELECT store, address, 0, 0, count(*), sum(octet_length(body)) FROM carts
				WHERE became = 0 AND octet_length(address) > 0 GROUP BY store, address
		) AS counted
		GROUP BY store, address HAVING sum(said) <> sum(there) OR sum(said_bytes) <> sum(there_bytes)`,
}

// Check implements order.Storage. Whether the server's files are whole is the
// server's to say (data checksums, amcheck).
func (s *Storage) Check(ctx context.Context, yield func(order.Problem)) error {
	return s.db.Read(ctx, func(tx pgx.Tx) error {
		return view{newSession(ctx, tx, false)}.check(yield)
	})
}

func (v view) check(yield func(order.Problem)) error {
	v.later(nothing, "SET LOCAL statement_timeout = 0") // a check takes as long as it takes
	if err := v.checkSchema(yield); err != nil {
		return err
	}
	for _, sql := range consistency {
		if err := v.inconsistencies(sql, yield); err != nil {
			return err
		}
	}
	return nil
}

func (v view) inconsistencies(sql string, yield func(order.Problem)) error {
	err := v.each(func(rows pgx.Rows) error {
		var p order.Problem
		err := rows.Scan((*int64)(&p.Order.Store), (*int64)(&p.Order.Number), &p.Text)
		if err == nil {
			yield(p)
		}
		return err
	}, sql)
	if err != nil {
		return fmt.Errorf("look for what is out of step: %w", err)
	}
	return nil
}

// schemaParts are the tables, indexes, constraints and triggers that the
// migrations make, one on a line: what is missing from a database keeps no
// program from answering, and lets a cart become two orders.
//
//go:embed schema.txt
var schemaParts string

// readParts is what a database has of them, as far as it is in force.
const readParts = `
	SELECT 'table ' || c.relname FROM pg_catalog.pg_class c
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
	UNION ALL
	SELECT CASE WHEN x.indisunique THEN 'unique ' ELSE '' END || 'index ' || i.relname || ' of ' || t.relname
		FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
		WHERE x.indisvalid AND t.relnamespace = current_schema()::regnamespace
	UNION ALL
	SELECT CASE k.contype WHEN 'c' THEN 'check ' WHEN 'f' THEN 'foreign key ' ELSE 'key ' END || k.conname || ' of ' || t.relname
		FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class t ON t.oid = k.conrelid
		WHERE k.contype IN ('c', 'f', 'p', 'u') AND k.convalidated AND t.relnamespace = current_schema()::regnamespace
	UNION ALL
	SELECT 'trigger ' || g.tgname || ' of ' || t.relname
		FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class t ON t.oid = g.tgrelid
		WHERE NOT g.tgisinternal AND t.relnamespace = current_schema()::regnamespace`

func (v view) parts() (parts []string, err error) {
	err = v.each(func(rows pgx.Rows) error {
		var part string
		err := rows.Scan(&part)
		parts = append(parts, part)
		return err
	}, readParts)
	slices.Sort(parts)
	return parts, err
}

// checkSchema finds what somebody has taken from the database, and triggers
// that somebody has added. Tables and indexes of others are let be.
func (v view) checkSchema(yield func(order.Problem)) error {
	is, err := v.parts()
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	want := strings.Split(strings.TrimSpace(schemaParts), "\n")
	for _, part := range want {
		if !slices.Contains(is, part) {
			yield(order.Problem{Text: "database: " + part + " is missing"})
		}
	}
	for _, part := range is {
		if strings.HasPrefix(part, "trigger ") && !slices.Contains(want, part) {
			yield(order.Problem{Text: "database: " + part + " is not entrepot's"})
		}
	}
	return nil
}
