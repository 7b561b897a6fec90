package api

import (
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// updateMerchantOrderID records the shop's own id (contract, section 5).
func (a *API) updateMerchantOrderID(x *exchange) error {
	store, err := a.authenticate(x)
	if err != nil {
		return err
	}
	request, err := wire.DecodeMerchantOrderID(x.object, store)
	if err != nil {
		return err
	}
	x.args["id"] = request.Order.Sent
	id := order.ID{Store: store, Number: request.Order.Number}
	if err := a.service.SetMerchantOrderID(x.ctx(), id, request.MerchantOrderID, x.why()); err != nil {
		return err
	}
	x.succeed(wire.UpdatedMerchantOrderID, id.Number, wire.Args{"value": request.MerchantOrderID})
	return nil
}
