// Command pocketbase is PocketBase with orders, which the bench measures
// entrepot beside. It is given its best case: no rules to check, an index for
// what is looked for, no log of requests, and the documents, which would slow
// down lists and changes, in a collection of their own.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
	"github.com/spf13/cobra"
)

func main() {
	app := pocketbase.New()
	app.RootCmd.AddCommand(&cobra.Command{
		Use: "fill ORDERS FILE", Args: cobra.ExactArgs(2), Short: "make orders; each holds the JSON of the file",
		RunE: func(_ *cobra.Command, args []string) error { return fill(app, args[0], args[1]) },
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

func fill(app core.App, orders, file string) error {
	count, err := strconv.Atoi(orders)
	if err != nil {
		return fmt.Errorf("read the number of orders: %w", err)
	}
	document, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	app.Settings().Logs.MaxDays = 0
	if err := app.Save(app.Settings()); err != nil {
		return err
	}
	if err := errors.Join(app.Save(heads()), app.Save(documents())); err != nil {
		return err
	}
	const batch = 10_000
	for from := 1; from <= count; from += batch {
		err := app.RunInTransaction(func(tx core.App) error {
			return insert(tx.DB(), from, min(from+batch, count+1), string(document))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// heads are what is listed, and changed.
func heads() *core.Collection {
	c := open("heads")
	c.Fields.Add(
		&core.TextField{Name: "orderId"}, &core.NumberField{Name: "number"}, &core.TextField{Name: "placedAt"},
		&core.BoolField{Name: "test"}, &core.TextField{Name: "status"},
	)
	c.AddIndex("heads_number", true, "number", "")
	return c
}

// documents are what is looked up.
func documents() *core.Collection {
	c := open("orders")
	c.Fields.Add(&core.TextField{Name: "orderId"}, &core.TextField{Name: "status"}, &core.JSONField{Name: "document"})
	return c
}

func open(name string) *core.Collection {
	c := core.NewBaseCollection(name)
	c.ListRule, c.ViewRule, c.UpdateRule = types.Pointer(""), types.Pointer(""), types.Pointer("")
	return c
}

func insert(db dbx.Builder, from, to int, document string) error {
	for n := from; n < to; n++ {
		id, orderID, status := fmt.Sprintf("%015d", n), fmt.Sprintf("999-%d", n), "VENDOR_PREPARING_ORDER"
		_, err := db.Insert("heads", dbx.Params{
			"id": id, "orderId": orderID, "number": n, "placedAt": "2026-01-01 00:00:00.0", "test": n%25 == 0, "status": status,
		}).Execute()
		if err == nil {
			_, err = db.Insert("orders", dbx.Params{"id": id, "orderId": orderID, "status": status, "document": document}).Execute()
		}
		if err != nil {
			return fmt.Errorf("insert order %d: %w", n, err)
		}
	}
	return nil
}
