package api

import (
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// setShipmentTracking records tracking numbers (contract, section 7).
func (a *API) setShipmentTracking(x *exchange) error {
	store, err := a.authenticate(x)
	if err != nil {
		return err
	}
	request, err := wire.DecodeTracking(x.object, store)
	if err != nil {
		return err
	}
	x.args["id"] = request.Order.Sent
	id := order.ID{Store: store, Number: request.Order.Number}
	if err := a.service.AddTracking(x.ctx(), id, request.Numbers, x.why()); err != nil {
		return err
	}
	x.succeed(wire.UpdatedTracking, id.Number, wire.Args{})
	return nil
}
