package api

import (
	"net/http"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// createTempCart takes a shopper's cart (contract, section 2). It is open to
// who knows a store's number, and limited for who shows no secret.
func (a *API) createTempCart(x *exchange) error {
	address := a.clientAddress(x.r)
	sender := order.CartSender{Credentials: x.credentials.Credentials, Address: address.String()}
	store, err := a.service.AdmitCart(x.ctx(), sender)
	if fault.Is(err, fault.Closed) {
		return &wire.Problem{Key: wire.BadField, Args: wire.Args{"field": "store", "problem": sentence(err)}}
	}
	if err != nil {
		return err
	}
	x.admitted = true
	if sender.Secret == "" {
		if err := a.carts.admit(address, store.Number); err != nil {
			return err
		}
	}
	contents, err := wire.DecodeCart(x.object)
	if err != nil {
		return err
	}
	id, err := a.service.CreateCart(x.ctx(), store, sender, contents)
	if err != nil {
		return err
	}
	x.answer(http.StatusOK, wire.AppendCart(nil, id))
	return nil
}
