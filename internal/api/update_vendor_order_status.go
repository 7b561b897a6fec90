package api

import (
	"context"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// updateVendorOrderStatus moves an order along fulfilment (contract, section
// 6, whose order of checks this keeps).
func (a *API) updateVendorOrderStatus(x *exchange) error {
	store, err := a.authenticate(x)
	if err != nil {
		return err
	}
	request, err := wire.DecodeStatus(x.object, store)
	if err != nil {
		return err
	}
	x.args["id"], x.args["status"] = request.Order.Sent, request.Sent
	id := order.ID{Store: store, Number: request.Order.Number}
	if err := a.move(x.ctx(), id, request.Sent, x.why()); err != nil {
		return err
	}
	x.succeed(wire.UpdatedStatus, id.Number, wire.Args{"status": request.Sent})
	return nil
}

// move looks for the order before it looks at the status asked for.
func (a *API) move(ctx context.Context, id order.ID, sent string, why order.Why) error {
	requested, invalid := order.ParseVendorStatus(sent)
	if invalid != nil {
		err := a.service.Operate(ctx, id.Store, func(r order.Reader) error { return r.Exists(id.Number) })
		if err != nil {
			return err
		}
		return invalid
	}
	return a.service.VendorMove(ctx, id, requested, why)
}
