package api

import (
	"errors"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// listing writes a list into a spool, each order after a comma.
type listing struct {
	store    order.StoreNumber
	statuses bool
	list     *spool
	parts    *listParts
	counts   wire.Counts

	// The part that is being written, if all of it is.
	open   bool
	key    partKey
	begin  int // in the block
	before wire.Counts
}

// read reads the list from one state of the database: where it can never
// change, from the parts that are there.
func (l *listing) read(r order.Reader, q order.ListQuery) error {
	span, final, err := r.Span(q)
	if err != nil {
		return err
	}
	if final > 0 {
		return l.readSpan(r, span, final)
	}
	return r.List(q, func(o *order.Listed) error {
		if err := l.list.settle(listedRoom(o)); err != nil {
			return err
		}
		l.add(o)
		return nil
	})
}

// listedRoom is more than an order of a list takes: a letter takes six at most.
func listedRoom(o *order.Listed) int { return 512 + 6*len(o.MerchantOrderID) }

func (l *listing) add(o *order.Listed) {
	l.counts.Add(o.Test)
	*l.list.block = wire.AppendListed(append(*l.list.block, ','), l.store, o, l.statuses)
}

// readSpan goes from part to part; what is between those that are there it
// reads order by order.
func (l *listing) readSpan(r order.Reader, span order.Span, final order.Number) (err error) {
	for err == nil && span.After < span.Through {
		key := partOf(l.store, span.After+1)
		own := key.span()
		p, there := l.parts.find(key)
		there = there && own.Through <= final
		if !there && key.worth(span) && own.Through <= final {
			p, there, err = l.makePart(r, key)
		}
		switch {
		case err != nil:
		case there:
			err = l.addPart(p, key, span)
			span.After = own.Through
		case key.within(span):
			whole := order.Span{After: span.After, Through: max(own.Through, span.Through/partOrders*partOrders)}
			span.After, err = l.readOrders(r, whole)
		default:
			some := order.Span{After: span.After, Through: min(own.Through, span.Through)}
			span.After, err = l.readOrders(r, some)
		}
	}
	return err
}

// makePart reads and keeps a part of which a list has the end or the beginning.
func (l *listing) makePart(r order.Reader, key partKey) (p part, there bool, err error) {
	before := l.counts
	if _, err = l.readOrders(r, key.span()); err != nil {
		return p, false, err
	}
	*l.list.block, l.counts = (*l.list.block)[:l.begin], before
	p, there = l.parts.find(key)
	return p, there, nil
}

// addPart adds a part, or what a list has of it.
func (l *listing) addPart(p part, key partKey, span order.Span) error {
	if key.within(span) {
		l.count(p.counts)
		return l.list.addExtent(p.extent)
	}
	if err := l.list.settle(partRoom); err != nil {
		return err
	}
	return l.list.addCut(p.extent, func(body []byte) []byte {
		body, counts := wire.CutListed(body, span)
		l.count(counts)
		return body
	})
}

func (l *listing) count(c wire.Counts) {
	l.counts.Live += c.Live
	l.counts.Test += c.Test
}

var errPartThere = errors.New("the next part is there")

// readOrders reads orders up to the end, or to the first part that is there,
// and answers through where it came. It keeps the parts that it has whole.
func (l *listing) readOrders(r order.Reader, span order.Span) (through order.Number, err error) {
	through = span.Through
	if err := l.beginPart(partOf(l.store, span.After+1), span); err != nil {
		return 0, err
	}
	err = r.List(order.ListQuery{Span: span}, func(o *order.Listed) error {
		if key := partOf(l.store, o.Number); key != l.key {
			l.endPart()
			if _, there := l.parts.find(key); there {
				through = key.span().After
				return errPartThere
			}
			if err := l.beginPart(key, span); err != nil {
				return err
			}
		}
		l.add(o)
		return nil
	})
	if err != nil && !errors.Is(err, errPartThere) {
		return 0, err
	}
	if err == nil {
		l.endPart()
	}
	return through, nil
}

func (l *listing) beginPart(key partKey, span order.Span) error {
	if err := l.list.settle(partRoom); err != nil {
		return err
	}
	l.key, l.open, l.begin, l.before = key, key.within(span), len(*l.list.block), l.counts
	return nil
}

// endPart keeps the part, if it is whole and of some size.
func (l *listing) endPart() {
	body := (*l.list.block)[l.begin:]
	if !l.open || len(body) == 0 {
		return
	}
	l.open = false
	l.parts.keep(l.key, body, wire.Counts{Live: l.counts.Live - l.before.Live, Test: l.counts.Test - l.before.Test})
}
