package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"entrepot/internal/order"
)

// newestMovable is the newest order that the shop may move, zero when there is
// none: what the demo prints has to work.
func newestMovable(ctx context.Context, s *order.Service) (newest order.Listed, err error) {
	err = s.Operate(ctx, demoStore, func(r order.Reader) error {
		return r.List(order.ListQuery{WithStatus: true}, func(l *order.Listed) error {
			if l.Status == order.InProcess || (newest.Status != order.InProcess && slices.Contains(order.VendorStatuses()[:3], l.Status)) {
				newest = *l
			}
			return nil
		})
	})
	return newest, err
}

// welcome says where everything is, and a few things to begin with.
func welcome(con console, url, admin string, c *demoCommand, d demoFile, movable order.Listed) {
	_, _ = fmt.Fprintf(con.Out, `
entrepot demo
  serving   %s
  console   %s/console (the start page is %s)
  levers    %s
  database  %s
  store     %d
  secret    %s
`, url, url, url, cmp.Or(admin, "off"), c.Data, d.Store, d.Secret)
	post := func(title, path, keys string) {
		_, _ = fmt.Fprintf(con.Out, "\n%s:\n  curl -s %s%s -H 'Content-Type: application/json' \\\n    -d '{\"store\": %d, \"secret\": \"%s\", %s}'\n",
			title, url, path, d.Store, d.Secret, keys)
	}
	since := time.Now().UTC().AddDate(0, 0, -2).Format("20060102")
	post("The orders of the last two days, with their statuses", "/v1/orderNumbers", fmt.Sprintf(`"sinceDate": %q, "statuses": true`, since))
	if movable.Number > 0 {
		to := order.Preparing
		if movable.Status == order.Preparing {
			to = order.ShipmentReady
		}
		post(fmt.Sprintf("Everything about order %d-%d", d.Store, movable.Number), "/v2/orderDetail", fmt.Sprintf(`"orderId": %d`, movable.Number))
		post("Move it along", "/v1/updateVendorOrderStatus", fmt.Sprintf(`"orderId": %d, "orderStatus": %q`, movable.Number, to))
	}
	_, _ = fmt.Fprintf(con.Out, "\nIts orders in a table of your own (in another terminal):\n  %s sync once --url %s --store %d --secret-file %s\n",
		invoked(), url, d.Store, quoted(fromHere(c.secretFile())))
	_, _ = fmt.Fprint(con.Out, "\nCtrl-C ends it; the next start finds the same store and orders.\n\n")
}

// invoked is how to call this program again in the folder that it was called
// in.
func invoked() string {
	if strings.Contains(os.Args[0], "go-build") { // of `go run`, which is gone with it
		return "go run ./cmd/entrepot"
	}
	return quoted(os.Args[0])
}

// fromHere is a path that is no longer than it has to be.
func fromHere(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(short) {
		return short
	}
	return path
}

// quoted is a word as a shell reads it.
func quoted(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
