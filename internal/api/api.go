// Package api serves the contract over HTTP: one file per endpoint, and what
// they share: the order of checks, credentials, limits and error rendering.
package api

import (
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// Config is what an API needs. Zero values have working defaults, but for
// Service.
type Config struct {
	Service *order.Service
	Log     *slog.Logger

	// TrustedProxies may say, by X-Forwarded-For, for whom they speak.
	TrustedProxies []netip.Prefix
	// SpoolDir is where lists that are too long for memory wait for their
	// client; the system's temporary folder when empty.
	SpoolDir string
	// WriteTimeout bounds each write to a client, not the whole answer.
	WriteTimeout time.Duration
	// CartRate bounds how many carts a second an address may send a store
	// without its secret; zero means DefaultCartRate.
	CartRate float64
	// Clock tells the limits the time; it defaults to time.Now.
	Clock func() time.Time
	// Observer is told what becomes of requests; nil for none.
	Observer Observer
	// Recorder is told what each request was; nil for none.
	Recorder Recorder
}

// DefaultWriteTimeout is long enough for a bad line and short enough for a
// client that has gone.
const DefaultWriteTimeout = 30 * time.Second

// API is the handler of all endpoints.
type API struct {
	service  *order.Service
	log      *slog.Logger
	proxies  []netip.Prefix
	spoolDir string
	timeout  time.Duration
	guesses  *guesses
	carts    *cartRates
	lists    chan struct{} // a slot for each list that is being read
	streams  chan struct{} // a slot for each list that is being sent as gzip
	parts    *listParts
	observer Observer
	recorder Recorder // nil for none
	routes   map[string]*endpoint
}

// endpoint is one address of the API.
type endpoint struct {
	wire.Endpoint
	name  string
	serve func(*API, *exchange) error
}

// New makes the handler.
func New(c Config) *API {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.WriteTimeout == 0 {
		c.WriteTimeout = DefaultWriteTimeout
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.CartRate == 0 {
		c.CartRate = DefaultCartRate
	}
	if c.Observer == nil {
		c.Observer = unobserved{}
	}
	return &API{
		service: c.Service, log: c.Log, proxies: c.TrustedProxies, spoolDir: c.SpoolDir,
		timeout: c.WriteTimeout, guesses: newGuesses(c.Clock), carts: newCartRates(c.CartRate, c.Clock),
		lists:   make(chan struct{}, 2*runtime.GOMAXPROCS(0)), // half of the readers: lookups keep the others
		streams: make(chan struct{}, maxGzipStreams), parts: newListParts(c.SpoolDir), observer: c.Observer, recorder: c.Recorder, routes: routes(),
	}
}

func routes() map[string]*endpoint {
	return map[string]*endpoint{
		"/v1/createTempCart":          {wire.CreateTempCart, "createTempCart", (*API).createTempCart},
		"/v1/orderNumbers":            {wire.OrderNumbers, "orderNumbers", (*API).orderNumbers},
		"/v1/orderDetail":             {wire.OrderDetailV1, "v1/orderDetail", (*API).orderDetail},
		"/v2/orderDetail":             {wire.OrderDetailV2, "v2/orderDetail", (*API).orderDetail},
		"/v1/updateMerchantOrderId":   {wire.UpdateMerchantOrderID, "updateMerchantOrderId", (*API).updateMerchantOrderID},
		"/v1/updateVendorOrderStatus": {wire.UpdateVendorOrderStatus, "updateVendorOrderStatus", (*API).updateVendorOrderStatus},
		"/v2/setShipmentTracking":     {wire.SetShipmentTracking, "setShipmentTracking", (*API).setShipmentTracking},
	}
}

// regionPath is asked by Magento plug-ins about regions that they do not
// know; an empty object tells them to go on without.
const regionPath = "/v1/magento-region"

// ServeHTTP answers one request. Paths are compared as they are: a router
// that cleans them would answer with redirects, which no client of the
// contract follows.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := a.newExchange(w, r)
	defer a.finish(x)
	x.endpoint = a.routes[r.URL.Path]
	switch {
	case x.endpoint == nil && r.URL.Path != regionPath:
		x.refuse(http.StatusNotFound, "There is no such endpoint. The API answers POST requests to "+knownPaths+".")
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		x.refuse(http.StatusMethodNotAllowed, "Only POST is answered here.")
	case x.endpoint == nil:
		x.answer(http.StatusOK, []byte("{}"))
	case !sendsJSON(r.Header):
		x.page(http.StatusUnsupportedMediaType, "The body must be application/json.")
	case !acceptsJSON(r.Header):
		x.page(http.StatusNotAcceptable, "The answer is application/json, which the Accept header does not admit.")
	default:
		a.serveEndpoint(x)
	}
}

const knownPaths = "/v1/createTempCart, /v1/orderNumbers, /v1/orderDetail, /v2/orderDetail, " +
	"/v1/updateMerchantOrderId, /v1/updateVendorOrderStatus and /v2/setShipmentTracking"

func (a *API) serveEndpoint(x *exchange) {
	body, release, err := readBody(x.w, x.r)
	defer release()
	if err != nil {
		a.fail(x, err)
		return
	}
	if x.object, err = wire.ParseObject(body); err != nil {
		a.fail(x, &wire.Problem{Key: wire.Unparsable})
		return
	}
	x.credentials = wire.DecodeCredentials(x.object)
	if !x.credentials.StoreGiven && x.endpoint.Version() == 2 {
		a.fail(x, &wire.Problem{Key: wire.StoreRequired})
		return
	}
	if err := x.endpoint.serve(a, x); err != nil {
		a.fail(x, err)
	}
}
