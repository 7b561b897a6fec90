package api

import (
	"net/http"
	"strconv"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// shop is who changes an order through the API.
const shop = "shop"

func (x *exchange) why() order.Why {
	return order.Why{Actor: shop, Reason: x.endpoint.name + ", request " + x.id}
}

// authenticate checks the credentials of an endpoint that changes an order.
func (a *API) authenticate(x *exchange) (order.StoreNumber, error) {
	_, err := a.service.Authenticate(x.ctx(), x.credentials.Credentials)
	x.admitted = err == nil
	return x.credentials.Store, err
}

// succeed answers {"success": text} about an order.
func (x *exchange) succeed(key wire.Key, number order.Number, args wire.Args) {
	args["number"] = strconv.FormatInt(int64(number), 10)
	x.answer(http.StatusOK, wire.AppendSuccess(nil, wire.Text(x.endpoint.Endpoint, key, args)))
}
