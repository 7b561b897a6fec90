package api

import (
	"errors"
	"net"
	"net/http"

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
		request, err := wire.DecodeNumbers(x.object, store)
		if err != nil {
			return err
		}
		x.args["id"] = request.Since.Sent
		return r.List(request.Query, func(l *order.Listed) error {
			first := counts == wire.Counts{}
			counts.Add(l.Test)
			return list.add(func(dst []byte) []byte {
				if !first {
					dst = append(dst, ',')
				}
				return wire.AppendListed(dst, store, l, request.Statuses)
			})
		})
	})
	return counts, err
}

// sendList sends the counts, the list and the end. Once the head is out, an
// error can only break the answer off.
func (a *API) sendList(x *exchange, counts wire.Counts, list *spool) error {
	head := wire.AppendListHead(make([]byte, 0, 128), counts)
	x.header(http.StatusOK, jsonType, int64(len(head)+len(wire.ListTail))+list.len())
	_, err := x.w.Write(head)
	if err == nil {
		err = list.sendTo(x.w, a.timeout)
	}
	if err == nil {
		_, err = x.w.Write([]byte(wire.ListTail))
	}
	if err != nil {
		x.outcome = "broken off"
		if _, atClient := errors.AsType[net.Error](err); !atClient {
			x.cause = err
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}
