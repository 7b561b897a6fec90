package main

import (
	"encoding/hex"
	"fmt"

	"entrepot/internal/storage/transfer"
)

// copiedJSON is what became of a copy (docs/cli-json.md).
type copiedJSON struct {
	Copied   int64             `json:"copied"`  // orders, by this run
	Updated  int64             `json:"updated"` // orders and carts that had changed since an earlier run
	Finished bool              `json:"finishedBefore"`
	Same     bool              `json:"same"`
	Stores   []copiedStoreJSON `json:"stores"`
}

type copiedStoreJSON struct {
	Store       int64          `json:"store"`
	Source      copiedSideJSON `json:"source"`
	Destination copiedSideJSON `json:"destination"`
	Difference  optional       `json:"difference"` // the first one
}

type copiedSideJSON struct {
	Orders   int64  `json:"orders"`
	Changes  int64  `json:"changes"`
	Notes    int64  `json:"notes"`
	Carts    int64  `json:"carts"`
	Checksum string `json:"checksum"`
}

func copiedSide(s transfer.Side) copiedSideJSON {
	return copiedSideJSON{s.Orders, s.Changes, s.Notes, s.Carts, hex.EncodeToString(s.Checksum[:])}
}

func (c *dbCopyCommand) print(con console, r transfer.Report, same bool) error {
	if c.JSON {
		return writeJSON(con.Out, copiedOf(r, same))
	}
	t := newTable(con.Out, "STORE", "SIDE", "ORDERS", "HISTORY", "NOTES", "CARTS", "CHECKSUM")
	for _, s := range copiedOf(r, same).Stores {
		for _, side := range []struct {
			name string
			copiedSideJSON
		}{{"file", s.Source}, {"database", s.Destination}} {
			t.row(s.Store, side.name, side.Orders, side.Changes, side.Notes, side.Carts, side.Checksum)
		}
	}
	if err := t.flush(); err != nil || !same {
		return err
	}
	_, err := fmt.Fprintln(con.Err, "entrepot: "+c.outcome(r))
	return err
}

func copiedOf(r transfer.Report, same bool) copiedJSON {
	j := copiedJSON{Copied: r.Added, Updated: r.Mended, Finished: r.Finished, Same: same, Stores: []copiedStoreJSON{}}
	for _, s := range r.Stores {
		store := copiedStoreJSON{Store: int64(s.Number), Source: copiedSide(s.Source), Destination: copiedSide(s.Destination)}
		if s.Difference != nil {
			store.Difference = optional(s.Difference.Error())
		}
		j.Stores = append(j.Stores, store)
	}
	return j
}

// outcome is for a copy that is the same.
func (c *dbCopyCommand) outcome(r transfer.Report) string {
	switch {
	case c.VerifyOnly:
		return "both are the same"
	case r.Finished:
		return "the copy had been finished before; both are the same"
	}
	text := fmt.Sprintf("%d orders copied, %d a second", r.Added, perSecond(r.Added, r.Copying))
	if r.Mended > 0 {
		text += fmt.Sprintf(", %d brought up to date", r.Mended)
	}
	return text + "; both are the same, and the stores are open as they were"
}
