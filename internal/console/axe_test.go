package console_test

import (
	"net/http"
	"strings"
	"testing"

	"entrepot/internal/testkit"
	"entrepot/internal/testkit/axe"
)

// view is something that the pages show, and how one gets there.
type view struct {
	name, path string
	walk       func(*tab)
	looks      []axe.Look
}

const unfold = `document.querySelectorAll('details').forEach((d) => { d.open = true; })`

var views = []view{
	{name: "start", path: "/", walk: func(b *tab) { b.script(`document.querySelector('.skip').focus()`) }},
	{name: "reference", path: "/console/reference", walk: func(b *tab) { b.script(unfold) }},
	{name: "list, compared", path: "/console?endpoint=orderNumbers&example=sinceOrderId", walk: (*tab).compare},
	{name: "detail, found", path: "/console?endpoint=orderDetail&example=orderId", walk: (*tab).find},
	{name: "folded", path: "/console?endpoint=orderNumbers&example=statuses", walk: (*tab).fold, looks: axe.Crosswise},
	{name: "error", path: "/console?endpoint=updateVendorOrderStatus&example=StatusLocked", walk: (*tab).answer},
	{name: "no JSON", path: "/console?endpoint=magentoRegion", walk: (*tab).sent, looks: axe.Crosswise},
	{name: "wrong secret", path: "/console?endpoint=orderDetail", walk: (*tab).mistype, looks: axe.Crosswise},
	{name: "broken JSON", path: "/console?endpoint=orderDetail", walk: (*tab).mangle, looks: axe.Crosswise},
	{name: "provoked", path: "/console?endpoint=orderDetail&example=InternalError", walk: (*tab).answer, looks: axe.Crosswise},
}

// Nothing that the pages show keeps anybody out, as far as axe-core can tell.
func TestAccessible(t *testing.T) {
	t.Parallel()
	testkit.Need(t, testkit.Chromium, testkit.Axe)
	s := open(t, setup{orders: 150, demo: true})
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			newTab(t, s.url).accessible(s, v)
		})
	}
}

// The same holds for every endpoint's form, with every key in sight.
func TestAccessibleForms(t *testing.T) {
	t.Parallel()
	testkit.Need(t, testkit.Chromium, testkit.Axe)
	s := open(t, setup{orders: 20, demo: true})
	b := newTab(t, s.url)
	b.open(s.url + "/console")
	for i, e := range endpoints(t) {
		b.script(`document.querySelector('[data-choose=` + e.ID + `]').click(); ` + unfold)
		b.filled()
		look := axe.Crosswise[i%2:][:1] // in turn: they are alike
		axe.View{Name: "form of " + e.ID, Looks: look}.Check(b.ctx, t)
	}
}

// The same holds where there is no demo, and while the server is slow or gone.
func TestAccessibleWithoutServer(t *testing.T) {
	t.Parallel()
	testkit.Need(t, testkit.Chromium, testkit.Axe)
	s := open(t, setup{orders: 20})
	b := newTab(t, s.url)
	b.accessible(s, view{"no demo", "/console", func(*tab) {}, axe.Crosswise})
	held := make(chan struct{})
	hold := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-held; panic(http.ErrAbortHandler) })
	s.instead.Store(&hold)
	b.script(`document.getElementById('send').click()`)
	b.wait(`!document.getElementById('stop').hidden`)
	axe.View{Name: "sending", Looks: axe.Crosswise}.Check(b.ctx, t)
	close(held)
	b.wait(`document.getElementById('send-say').textContent.includes('cannot be reached')`)
	axe.View{Name: "server gone", Looks: axe.Crosswise}.Check(b.ctx, t)
}

func (b *tab) accessible(s *shop, v view) {
	b.t.Helper()
	b.looks(1280, "light")
	b.open(s.url + v.path)
	v.walk(b)
	axe.View{Name: v.name, Looks: v.looks, Except: drawn}.Check(b.ctx, b.t)
}

// drawn: axe-core does not know how the shapes of a drawing are filled.
// TestLooks reckons the contrast of what stands on them.
func drawn(f axe.Finding) bool {
	return f.Open && f.Rule == "color-contrast" && strings.HasPrefix(f.HTML, "<text ")
}

// script runs statements.
func (b *tab) script(statements string) {
	b.t.Helper()
	eval[bool](b, `(() => { `+statements+`; return true; })()`)
}

// sent sends what is in the form, and unfolds what there is.
func (b *tab) sent() {
	b.t.Helper()
	b.send()
	b.script(unfold)
}

// answer sends what names the store, and shows all there is to see.
func (b *tab) answer() {
	b.t.Helper()
	b.sent()
	b.script(`document.getElementById('recent-load').click()`)
	b.wait(`document.querySelectorAll('#recent tbody tr').length > 0`)
}

// find looks for something in an answer.
func (b *tab) find() {
	b.t.Helper()
	b.answer()
	b.set("#find", "id")
	b.wait(`document.querySelector('.row.found')`)
}

func (b *tab) fold() {
	b.t.Helper()
	b.send()
	b.script(`document.getElementById('fold').click()`)
	b.wait(`document.querySelector('#viewer button[aria-expanded=false]')`)
}

// compare compares two answers, each of which has lines of its own.
func (b *tab) compare() {
	b.t.Helper()
	b.send()
	b.choose("orderNumbers", "sinceDate")
	b.answer()
	b.script(`document.querySelectorAll('#earlier input').forEach((box) => box.click()); document.getElementById('compare').click()`)
	b.wait(`document.querySelector('#difference .plus') && document.querySelector('#difference .minus')`)
}

// mistype gives a secret that is not the store's, in letters to be read.
func (b *tab) mistype() {
	b.t.Helper()
	b.script(`document.getElementById('reveal').click()`)
	b.set("#secret", strings.Replace(secret, "5", "6", 1))
	b.wait(`document.querySelector('#credentials-say.bad')`)
	b.script(`document.getElementById('send').click(); document.getElementById('recent-load').click()`)
	b.answered()
	b.wait(`document.getElementById('recent-say').textContent.includes('no such store')`)
}

// mangle makes the body one that is not JSON, and sends it.
func (b *tab) mangle() {
	b.t.Helper()
	b.set("#body", `{"store": `)
	b.wait(`document.querySelector('#body[aria-invalid=true]') && document.querySelector('#body-say.bad')`)
	b.script(`document.getElementById('send').click()`)
	b.answered()
}
