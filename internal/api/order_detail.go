package api

import (
	"errors"
	"net/http"
	"sync"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// orderDetail answers everything known of an order (contract, section 4), with
// the habits of either version.
func (a *API) orderDetail(x *exchange) error {
	var stored order.Stored
	err := a.service.Read(x.ctx(), x.credentials.Credentials, func(r order.Reader) error {
		x.admitted = true
		request, err := wire.DecodeDetail(x.object, x.credentials.Store)
		if err != nil {
			return err
		}
		if request.ByOrder {
			x.args["id"] = request.Order.Sent
			stored, err = r.Detail(request.Order.Number)
			return err
		}
		stored, err = byReference(r, request.Reference, x.credentials.Store)
		return err
	})
	if err != nil {
		return err
	}
	answer, _ := details.Get().(*[]byte)
	defer func() {
		if cap(*answer) <= keptBody {
			details.Put(answer)
		}
	}()
	if *answer, err = wire.AppendDetail((*answer)[:0], &stored); err != nil {
		return err
	}
	x.answer(http.StatusOK, *answer)
	return nil
}

// details are the answers' buffers, which are reused. Making them anew was a
// third of all memory that lookups asked for.
var details = sync.Pool{New: func() any { return new([]byte) }}

// byReference finds the one order of a reference id. An order that is found
// but cannot be read has a text of its own.
func byReference(r order.Reader, reference string, store order.StoreNumber) (order.Stored, error) {
	args := wire.Args{"reference": reference, "store": store.String()}
	number, err := r.Find(reference)
	switch {
	case fault.Is(err, fault.NotFound):
		return order.Stored{}, &wire.Problem{Key: wire.ReferenceNotFound, Args: args}
	case fault.Is(err, fault.Duplicate):
		return order.Stored{}, &wire.Problem{Key: wire.ReferenceDuplicate, Args: args}
	case err != nil:
		return order.Stored{}, err
	}
	stored, err := r.Detail(number)
	if err != nil {
		return stored, errors.Join(&wire.Problem{Key: wire.ReferenceUnread, Args: args}, err)
	}
	return stored, nil
}
