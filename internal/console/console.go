// Package console serves the pages on which a developer tries the API: the
// console, which makes requests and shows answers, the API's reference, and the
// demo's start page. Requests go from the browser to the API itself; a store's
// secret is in the page's memory only.
package console

import (
	"bytes"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"entrepot/internal/order"
	"entrepot/openapi"
)

// Config is what a Console needs.
type Config struct {
	Service *order.Service
	Gate    Gate
	Recent  *Recent
	Clock   func() time.Time // defaults to time.Now
	Log     *slog.Logger     // defaults to none
	Demo    *Demo            // nil for a service that is no demo
}

// Console is the handler of the pages.
type Console struct {
	service   *order.Service
	gate      Gate
	recent    *Recent
	clock     func() time.Time
	log       *slog.Logger
	demo      *Demo
	document  *document
	endpoints []Endpoint
	machine   machine
	mux       *http.ServeMux
}

// New reads the API's description and makes the pages' handler.
func New(c Config) (*Console, error) {
	d, err := parseDocument(openapi.Document())
	if err != nil {
		return nil, err
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	made := &Console{
		service: c.Service, gate: c.Gate, recent: c.Recent, clock: c.Clock, log: c.Log, demo: c.Demo,
		document: d, endpoints: d.endpoints(), machine: newMachine(), mux: http.NewServeMux(),
	}
	made.routes()
	return made, nil
}

func (c *Console) routes() {
	c.mux.HandleFunc("GET /console", c.console)
	c.mux.HandleFunc("GET /console/reference", c.reference)
	c.mux.HandleFunc("GET /console/static/{file}", c.static)
	c.mux.HandleFunc("POST /console/recent", c.asked(c.recentOf))
	c.mux.HandleFunc("POST /console/orders", c.asked(c.ordersOf))
	if c.demo != nil {
		c.mux.HandleFunc("GET /{$}", c.start)
	}
}

// ServeHTTP answers /console and what is below it, and a demo's start page.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	c.mux.ServeHTTP(w, r)
}

// page is what every page is made of.
type page struct {
	Title   string
	Current string // the page's address
	Demo    bool
	Store   string // filled in; empty for none
	Secret  string
	Body    any
}

func (c *Console) newPage(r *http.Request, title string, body any) page {
	p := page{Title: title, Current: r.URL.Path, Demo: c.demo != nil, Body: body}
	if c.demo != nil && ofThisMachine(r) {
		p.Store, p.Secret = strconv.FormatInt(int64(c.demo.Store), 10), c.demo.Secret
	}
	return p
}

// show writes a page whole, or none.
func (c *Console) show(w http.ResponseWriter, name string, p page) {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, p); err != nil {
		c.log.Error("a page of the console could not be made", "page", name, "cause", err.Error())
		http.Error(w, "Something went wrong; the log has it.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // who asked may have gone
}

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"prose": prose, "inline": inline, "split": splitKeys, "path": subPath,
	"add":  func(a, b int) int { return a + b },
	"list": func(values ...any) []any { return values },
}).ParseFS(files, "templates/*.html"))

// splitKeys sets those keys apart that a form shows at once.
func splitKeys(keys []Key, required bool) (list []Key) {
	for _, k := range keys {
		if shown := k.Required || firstKeys[k.Name]; shown == required && k.Name != "store" && k.Name != "secret" {
			list = append(list, k)
		}
	}
	return list
}

// firstKeys are not required by themselves, but one of them is.
var firstKeys = map[string]bool{
	"orderId": true, "referenceId": true, "sinceOrderId": true, "sinceDate": true, "throughDate": true,
	"missingMerchantOrderId": true, "statuses": true, "number": true,
}

// subPath is a field's place in the body: items, 0, sku.
func subPath(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return fmt.Sprintf("%s.%s", prefix, name)
}
