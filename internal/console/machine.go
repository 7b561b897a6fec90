package console

import (
	"fmt"
	"slices"
	"strings"

	"entrepot/internal/order"
)

// machine is the state machine of orders, as order.Next has it. Statuses that
// allow the same moves are one box.
type machine struct {
	Boxes  []box
	Arrows []arrow
	Moves  []move
}

// box is a status, or several that allow the same.
type box struct {
	Statuses []order.Status
	First    bool // orders begin here
	Final    bool // nothing leads out
}

// Begins reports whether an order may begin in a status.
func (b box) Begins(s order.Status) bool {
	return order.FirstState(true).Status == s || order.FirstState(false).Status == s
}

// arrow leads from one box to another.
type arrow struct {
	From, To int
	Label    string
}

// move is a row of the table.
type move struct {
	From, Move string
	To         []string
}

func newMachine() machine {
	m := machine{Boxes: boxes()}
	labels := map[[2]int][]string{}
	var pairs [][2]int
	for _, from := range order.Statuses() {
		for _, mv := range order.Allowed(from) {
			to := destinations(from, mv)
			m.Moves = append(m.Moves, move{string(from), string(mv), names(to)})
			for _, t := range to {
				pair := [2]int{m.box(from), m.box(t)}
				if pair[0] == pair[1] {
					continue
				}
				if labels[pair] == nil {
					pairs = append(pairs, pair)
				}
				if !slices.Contains(labels[pair], string(mv)) {
					labels[pair] = append(labels[pair], string(mv))
				}
			}
		}
	}
	for _, p := range pairs {
		m.Arrows = append(m.Arrows, arrow{p[0], p[1], strings.Join(labels[p], ", ")})
	}
	return m
}

// boxes puts the statuses together that allow the same moves.
func boxes() (list []box) {
	at := map[string]int{}
	for _, s := range order.Statuses() {
		allowed := fmt.Sprint(order.Allowed(s))
		i, known := at[allowed]
		final := len(order.Allowed(s)) == 0
		if !known || final {
			i, at[allowed] = len(list), len(list)
			list = append(list, box{Final: final})
		}
		list[i].Statuses = append(list[i].Statuses, s)
		list[i].First = list[i].First || list[i].Begins(s)
	}
	return list
}

func (m machine) box(s order.Status) int {
	return slices.IndexFunc(m.Boxes, func(b box) bool { return slices.Contains(b.Statuses, s) })
}

// destinations are where a move may lead from a status.
func destinations(from order.Status, mv order.Move) (list []order.Status) {
	for _, resume := range append(order.Statuses(), "") {
		if resume != "" && !order.CanResume(from, resume) {
			continue
		}
		for _, asked := range order.VendorStatuses() {
			next, err := order.Next(order.State{Status: from, Resume: resume}, mv, asked)
			if err == nil && next.Status != "" && !slices.Contains(list, next.Status) {
				list = append(list, next.Status)
			}
		}
	}
	return list
}

func names(statuses []order.Status) (list []string) {
	for _, s := range statuses {
		list = append(list, string(s))
	}
	return list
}
