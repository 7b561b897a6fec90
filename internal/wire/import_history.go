package wire

import (
	"slices"
	"strings"

	"entrepot/internal/order"
)

// change says what stands in From and To of a history's entries of a kind.
type change struct {
	kind     order.ChangeKind
	from, to content
}

type content int

const (
	nothing content = iota
	aStatus
	anything
)

// changes are the kinds that order.Erase knows how to erase: what came in under
// another would stay for ever.
var changes = []change{
	{order.ChangePlaced, nothing, aStatus},
	{order.ChangeStatus, aStatus, aStatus},
	{order.ChangeMerchantOrderID, anything, anything},
	{order.ChangeTracking, nothing, anything},
	{order.ChangeNote, nothing, nothing},
	{order.ChangeImported, nothing, aStatus},
	{order.ChangeErased, nothing, nothing},
}

func (f *fields) history() (history []order.Change) {
	for _, entry := range f.maps("history") {
		history = append(history, entry.change())
		entry.end(f)
	}
	return history
}

func (f *fields) change() order.Change {
	form := f.changeForm()
	return order.Change{
		At: f.time("at"), Actor: f.text("actor"), Kind: form.kind,
		From: f.content("from", form.from, form.kind), To: f.content("to", form.to, form.kind), Reason: f.text("reason"),
	}
}

func (f *fields) changeForm() change {
	kind := f.required("kind")
	at := slices.IndexFunc(changes, func(c change) bool { return string(c.kind) == kind })
	if at < 0 {
		f.fail("kind", "is none of "+kindNames()) // the name of somebody, maybe
		return change{}
	}
	return changes[at]
}

func kindNames() string {
	names := make([]string, len(changes))
	for i, c := range changes {
		names[i] = string(c.kind)
	}
	return strings.Join(names, ", ")
}

// content reads From or To of an entry.
func (f *fields) content(key string, want content, kind order.ChangeKind) string {
	switch want {
	case anything:
		return f.text(key)
	case aStatus:
		status, ok := order.ParseStatus(f.required(key))
		if !ok {
			f.fail(key, "is no status known here")
		}
		return string(status)
	}
	if f.text(key) != "" {
		f.fail(key, "has no place in an entry of kind "+string(kind))
	}
	return ""
}

// checkHistory sees that the history leads to the status of the answer.
func (f *fields) checkHistory(r *order.Record) {
	if len(r.History) == 0 {
		return
	}
	status := ""
	for _, c := range r.History {
		if changesStatus(c.Kind) {
			status = c.To
		}
	}
	if status != string(r.Head.State.Status) {
		f.fail("history", "does not end in the order's status")
	}
}

// changesStatus reports whether an entry's To is the status that the order had
// from then on.
func changesStatus(kind order.ChangeKind) bool {
	return slices.ContainsFunc(changes, func(c change) bool { return c.kind == kind && c.to == aStatus })
}
