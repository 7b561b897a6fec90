package merchantsync

import "time"

// chosen is what a pass begins next.
type chosen struct {
	begin   []Delivery
	leftOut int64
	more    bool // places are left, and there may be more to fill them
}

// choose fills places with deliveries that are due again and with new changes.
// Half of the places are the new ones', so that many that fail again and again
// do not keep the others away.
func (p *pass) choose(tx Tx, next *chosen, places int, now time.Time) error {
	if places == 0 {
		return nil
	}
	due, err := p.due(tx, places, now)
	if err != nil {
		return err
	}
	forNew := places / 2
	if places%2 == 1 && p.feed.favour {
		forNew++
	}
	if err := p.claim(tx, next, max(forNew, places-len(due)), now); err != nil {
		return err
	}
	due = due[:min(len(due), places-len(next.begin))]
	next.begin = append(next.begin, due...)
	next.more = next.more && len(next.begin) < places
	p.feed.favour = !p.feed.favour
	return nil
}

// due are deliveries that may be tried again, without those under way, which
// the ledger still lists.
func (p *pass) due(tx Tx, places int, now time.Time) (due []Delivery, err error) {
	listed, err := tx.Deliveries(p.feed.o.Name, now, places+len(p.running))
	for _, d := range listed {
		if !p.running[d.Seq] && len(due) < places {
			due = append(due, d)
		}
	}
	return due, err
}

// claim moves new changes into the deliveries. Those of orders for which an
// earlier one waits are put behind it.
func (p *pass) claim(tx Tx, next *chosen, limit int, now time.Time) error {
	if limit == 0 {
		return nil
	}
	name := p.feed.o.Name
	position, err := tx.Position(name)
	if err != nil {
		return err
	}
	changes, err := tx.Changes(position, limit)
	if err != nil || len(changes) == 0 {
		return err
	}
	next.more = true
	for i := range changes {
		if !p.feed.o.wanted(&changes[i]) {
			next.leftOut++
			continue
		}
		if err := p.claimOne(tx, next, changes[i], now); err != nil {
			return err
		}
	}
	return tx.SetPosition(name, changes[len(changes)-1].Seq)
}

func (p *pass) claimOne(tx Tx, next *chosen, c Change, now time.Time) error {
	waits, err := tx.Waits(p.feed.o.Name, c.Number)
	if err != nil {
		return err
	}
	d := Delivery{Destination: p.feed.o.Name, Change: c, Since: now, RetryAt: now}
	if !waits {
		next.begin = append(next.begin, d)
	}
	return tx.PutDelivery(d)
}
