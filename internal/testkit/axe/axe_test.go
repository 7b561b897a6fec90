package axe_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"entrepot/internal/testkit/axe"
)

// recorder stands in for a test and notes what fails it.
type recorder struct {
	testing.TB
	failed []string
}

func (*recorder) Helper() {}
func (r *recorder) Errorf(f string, args ...any) {
	r.failed = append(r.failed, fmt.Sprintf(f, args...))
}

// sound is a page in which nothing is wrong, around what a test adds to it. It
// forbids all scripts.
const sound = `<!DOCTYPE html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Sound</title>
<style>body { background: #fff; color: #000 } %s</style></head><body><main><h1>Sound</h1><p>All is well.</p>%s</main></body></html>`

// shown is what comes of a page: what would have failed a test.
func shown(t *testing.T, b axe.Browser, v axe.View, page string) []string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
		_, _ = w.Write([]byte(page))
	}))
	defer server.Close()
	b.Goto(server.URL)
	var r recorder
	b.As(&r).Check(v)
	return r.failed
}

func TestSoundPage(t *testing.T) {
	for _, failed := range shown(t, axe.Open(t), axe.View{Name: "sound"}, fmt.Sprintf(sound, "", "")) {
		t.Error(failed)
	}
}

// TestDefects: each defect is found, by its rule, and nothing else is.
func TestDefects(t *testing.T) {
	b := axe.Open(t)
	for _, defect := range []struct{ style, body, rule, element string }{
		{"", `<input id="name">`, "label (critical): ", `html <input id="name">`},
		{"", `<p style="color: #999">Pale</p>`, "color-contrast (serious): ", "at p:nth-child(3)"},
		{"", `<a href="/a">Go</a> and <img src="/i.png">`, "image-alt (critical): ", "<img"},
		{"", `<h4>Deep</h4>`, "heading-order (moderate): ", "<h4>Deep</h4>"},
		{"", `<p role="bla">Typo</p>`, "aria-roles (critical): ", `role="bla"`},
		{"", `<section aria-label="One">1</section><section aria-label="One">2</section>`, "landmark-unique (moderate): ", `aria-label="One"`},
		{"button { width: 9px; height: 9px; padding: 0; border: 0; display: block }", `<button aria-label="A"></button><button aria-label="B"></button>`, "target-size (serious): ", "<button"},
		// What is found in full only.
		{"div { overflow: auto; width: 99px } p { white-space: nowrap }", `<div tabindex="0" role="region" aria-label="Box"><p>So far, so good, but <b style="color: #999">pale</b></p></div>`, "color-contrast (serious): ", "at b"},
		{"div { position: sticky; bottom: 0; background: #fff; height: 1000px }", `<p style="color: #999">Pale</p><div></div>`, "color-contrast (serious): ", "at p:nth-child(3)"},
		// What cannot be told is not taken for good.
		{"", `<p style="background: linear-gradient(#fff, #000)">Where?</p>`, "color-contrast (serious, but axe-core cannot tell): ", "at p:nth-child(3)"},
	} {
		failed := shown(t, b, axe.View{Name: "defect", Looks: axe.Everywhere[:1]}, fmt.Sprintf(sound, defect.style, defect.body))
		text := strings.Join(strings.Fields(strings.Join(failed, "\n")), " ")
		if len(failed) == 0 || strings.Count(text, "defect, 390 wide and light: "+defect.rule) != len(failed) || !strings.Contains(text, defect.element) {
			t.Errorf("%s: found %q", defect.body, failed)
		}
	}
}

// TestWhereDefectsAre: a defect is told once, with where it is.
func TestWhereDefectsAre(t *testing.T) {
	b := axe.Open(t)
	for style, want := range map[string]string{
		"p { color: #999 }": "page, 390 wide and light, 390 wide and dark, 1280 wide and light, 1280 wide and dark: color-contrast",
		"@media (prefers-color-scheme: dark) { p { color: #999 } }": "page, 390 wide and dark, 1280 wide and dark: color-contrast",
		"@media (max-width: 400px) { p { color: #999 } }":           "page, 390 wide and light, 390 wide and dark: color-contrast",
	} {
		failed := shown(t, b, axe.View{Name: "page"}, fmt.Sprintf(sound, style, ""))
		if len(failed) != 1 || !strings.HasPrefix(failed[0], want) {
			t.Errorf("%s: found %q", style, failed)
		}
	}
}

// TestExceptions leave out what they say, and nothing else.
func TestExceptions(t *testing.T) {
	v := axe.View{Name: "page", Looks: axe.Crosswise, Except: func(f axe.Finding) bool { return f.Rule == "label" }}
	failed := shown(t, axe.Open(t), v, fmt.Sprintf(sound, "p { color: #999 }", "<input>"))
	if len(failed) != 1 || !strings.Contains(failed[0], "color-contrast") {
		t.Errorf("found %q", failed)
	}
}

// TestPageStaysAsItIs: after a look in full the page is what it was.
func TestPageStaysAsItIs(t *testing.T) {
	b := axe.Open(t)
	const body = `<div id="box" tabindex="0" style="color: black;"><p>As it was, and will be</p></div>`
	shown(t, b, axe.View{Name: "page"}, fmt.Sprintf(sound, "#box { overflow: auto; width: 99px } p { white-space: nowrap }", body))
	b.Run(`document.querySelector('h1').textContent = document.querySelector('main').innerHTML`)
	if now := b.Await("h1"); !strings.HasSuffix(now, body) {
		t.Errorf("the page has become %s", now)
	}
}
