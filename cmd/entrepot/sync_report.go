package main

import (
	"context"
	"errors"
	"fmt"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/ledger"
)

type syncReportCommand struct {
	ledgerFlags
	File string `arg:"" help:"CSV file with a header: order_id, kind (merchant_order_id, status or tracking), value." type:"existingfile"`
}

// Run adds the lines that are not there; the next run of sync sends them.
func (c *syncReportCommand) Run(ctx context.Context, con console) error {
	added, err := c.add(ctx)
	if err == nil || added > 0 {
		_, _ = fmt.Fprintf(con.Err, "entrepot: %d reports added\n", added)
	}
	return several(ctx, con.Err, err, c.explain)
}

func (c *syncReportCommand) add(ctx context.Context) (added int, err error) {
	tables, err := ledger.Open(ctx, c.options())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, tables.Close()) }()
	return addReports(ctx, tables, int64(c.Store), c.File)
}

func (c *syncReportCommand) explain(err error) error {
	if errors.Is(err, merchantsync.ErrInUse) {
		return withHint(err, "a running `entrepot sync run` reads the file of its --reports; or insert rows into entrepot_reports, which anybody may at any time")
	}
	if isError[*hinted](err) {
		return err
	}
	return c.explainTables(err)
}
