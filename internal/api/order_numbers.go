package api

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// orderNumbers lists a store's orders (contract, section 3).
func (a *API) orderNumbers(x *exchange) error {
	list := newSpool(a.spoolDir)
	defer list.close()
	counts, err := a.readList(x, list)
	if err != nil {
		return err
	}
	return a.sendList(x, counts, list)
}

// readList reads the list from one state of the database.
func (a *API) readList(x *exchange, list *spool) (counts wire.Counts, err error) {
	select {
	case a.lists <- struct{}{}:
		defer func() { <-a.lists }()
	case <-x.ctx().Done():
		return counts, x.ctx().Err()
	}
	store := x.credentials.Store
	err = a.service.Read(x.ctx(), x.credentials.Credentials, func(r order.Reader) error {
		x.admitted = true
		request, err := wire.DecodeNumbers(x.object, store)
		if err != nil {
			return err
		}
		x.args["id"] = request.Since.Sent
		l := listing{store: store, statuses: request.Statuses, list: list, parts: a.parts}
		err = l.read(r, request.Query)
		counts = l.counts
		return err
	})
	return counts, err
}

// sendList sends the counts, the list and the end. Once the head is out, an
// error can only break the answer off.
func (a *API) sendList(x *exchange, counts wire.Counts, list *spool) error {
	head := wire.AppendListHead(make([]byte, 0, spoolRoom), counts)
	length := int64(len(head)+len(wire.ListTail)) + list.len()
	packs := x.packs(length)
	if list.inMemory() && (packs || length < minGzip) {
		x.answer(http.StatusOK, list.whole(head, wire.ListTail))
		return nil
	}
	send := func(w io.Writer) error { return a.writeList(x, w, head, list) }
	if err := a.sendLong(x, packs, length, send); err != nil {
		x.outcome = "broken off"
		if _, atClient := errors.AsType[net.Error](err); !atClient {
			x.cause = err
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// sendLong sends a list as it is or, where there is a slot for that, packed on
// its way.
func (a *API) sendLong(x *exchange, packs bool, length int64, send func(io.Writer) error) error {
	if packs {
		select {
		case a.streams <- struct{}{}:
			defer func() { <-a.streams }()
			return x.packStream(http.StatusOK, send)
		default:
		}
	}
	x.header(http.StatusOK, jsonType, length)
	return send(x.w)
}

func (a *API) writeList(x *exchange, w io.Writer, head []byte, list *spool) error {
	control := http.NewResponseController(x.w)
	extend := func() error { return control.SetWriteDeadline(time.Now().Add(a.timeout)) }
	if list.inMemory() { // in one piece
		if err := extend(); err != nil {
			return fmt.Errorf("bound a write: %w", err)
		}
		_, err := w.Write(list.whole(head, wire.ListTail))
		return err
	}
	_, err := w.Write(head)
	if err == nil {
		err = list.sendTo(w, extend)
	}
	if err == nil {
		_, err = io.WriteString(w, wire.ListTail)
	}
	return err
}
