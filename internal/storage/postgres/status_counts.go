package postgres

import (
	"fmt"

	"github.com/jackc/pgx/v5"

	"entrepot/internal/order"
)

const countStatuses = `SELECT store, number, status FROM orders
	WHERE (store, number) > ($1, $2) ORDER BY store, number LIMIT $3`

// CountStatuses implements order.View.
func (v view) CountStatuses(after order.ID, limit int, counts map[order.Status]int64) (last order.ID, err error) {
	var status string
	err = v.each(func(rows pgx.Rows) error {
		err := rows.Scan((*int64)(&last.Store), (*int64)(&last.Number), &status)
		counts[order.Status(status)]++
		return err
	}, countStatuses, int64(after.Store), int64(after.Number), int64(limit))
	if err != nil {
		return order.ID{}, fmt.Errorf("count orders by status: %w", err)
	}
	return last, nil
}
