package console_test

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
)

//go:embed testdata/access.js
var access string

// sights are the pages at their best.
var sights = []struct{ name, path string }{
	{"start", "/"},
	{"console", "/console?endpoint=orderNumbers&example=statuses"},
	{"cart", "/console?endpoint=createTempCart&example=cartInFull"},
	{"error", "/console?endpoint=updateVendorOrderStatus&example=StatusLocked"},
	{"reference", "/console/reference"},
}

// Every page fits a phone and a desk, can be read in either theme, and can be
// used without seeing it and without a mouse.
func TestLooks(t *testing.T) {
	t.Parallel()
	s := open(t, setup{orders: 150, demo: true})
	b := newTab(t, s.url)
	for _, sight := range sights {
		b.looks(1280, "light")
		b.open(s.url + sight.path)
		if sight.name != "start" && sight.name != "reference" {
			b.send()
			eval[bool](b, `(document.querySelectorAll('details').forEach((d) => { d.open = true; }), document.getElementById('recent-load').click(), true)`)
			b.wait(`document.querySelectorAll('#recent tbody tr').length > 0`)
		}
		for _, width := range []int64{390, 1280} {
			for _, theme := range []string{"light", "dark"} {
				b.look(sight.name, width, theme)
			}
		}
	}
}

func (b *tab) look(name string, width int64, theme string) {
	b.t.Helper()
	b.looks(width, theme)
	b.picture(fmt.Sprintf("%s-%d-%s", name, width, theme))
	if wide := eval[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		b.t.Errorf("%s scrolls sideways by %d pixels at a width of %d", name, wide, width)
	}
	for _, wrong := range eval[[]string](b, access) {
		b.t.Errorf("%s, %s, %d wide: %s", name, theme, width, wrong)
	}
}

// The check of access finds what it is for.
func TestAccessIsChecked(t *testing.T) {
	t.Parallel()
	s := open(t, setup{demo: true})
	b := newTab(t, s.url)
	b.open(s.url + "/")
	for spoil, want := range map[string]string{
		`main.append(document.createElement('input'))`:                                                          "has no label",
		`main.append(document.createElement('button'))`:                                                         "has no name",
		`main.append(document.createElement('h6'))`:                                                             "comes after a heading",
		`main.querySelector('p').style.color = '#888'`:                                                          "has a contrast of 3.",
		`main.querySelector('h2').id = 'main'`:                                                                  "two elements have the id",
		`main.querySelector('section[aria-labelledby]').setAttribute('aria-labelledby', 'gone')`:                "which is not there",
		`Object.assign(main.querySelector('p').style, {overflow: 'auto', width: '5rem', whiteSpace: 'nowrap'})`: "not by keyboard",
	} {
		b.open(s.url + "/")
		eval[bool](b, `(() => { const main = document.querySelector('main'); `+spoil+`; for (const h of document.querySelectorAll('h6')) h.textContent = 'x'; return true; })()`)
		if wrong := eval[[]string](b, access); !strings.Contains(strings.Join(wrong, "\n"), want) {
			t.Errorf("%s: found %q", spoil, wrong)
		}
	}
}
