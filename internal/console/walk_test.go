package console_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// send presses the button and waits for the answer.
func (b *tab) send() {
	b.t.Helper()
	b.filled()
	eval[bool](b, `(document.getElementById('answer').dataset.shown = '', document.getElementById('send').click(), true)`)
	b.answered()
}

// filled waits until the page has put the store's orders in.
func (b *tab) filled() {
	b.t.Helper()
	b.wait(`!/"\{(?!secret|mebibyte|thousand)[A-Za-z_]+\}"/.test(document.getElementById('body').value)`)
}

func (b *tab) answered() {
	b.t.Helper()
	b.wait(`document.getElementById('answer').dataset.shown > '0' && !document.getElementById('send').disabled`)
}

// choose takes an endpoint and an example in the page.
func (b *tab) choose(endpoint, example string) {
	b.t.Helper()
	eval[bool](b, fmt.Sprintf(`(document.querySelector('[data-choose=%s]').click(), true)`, endpoint))
	b.set("#example-"+endpoint, example)
}

// press types keys, as a keyboard does.
func (b *tab) press(keys string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// The demo's start page leads into the console with everything filled in.
func TestDemoWalk(t *testing.T) {
	t.Parallel()
	s := open(t, setup{orders: 120, demo: true})
	b := newTab(t, s.url)
	b.open(s.url + "/")
	if text := b.text("main"); !strings.Contains(text, "120 orders") || !strings.Contains(text, "VENDOR_END_OF_DAY_COMPLETE") {
		t.Errorf("the start page says %s", text)
	}
	b.do(chromedp.Click(chromedp.CSS(".hero .button")), chromedp.WaitReady(chromedp.CSS("html[data-ready]")))
	if got := eval[string](b, `document.getElementById('secret').value`); got != secret {
		t.Errorf("the secret is %q", got)
	}
	b.choose("orderNumbers", "sinceOrderId")
	b.send()
	if text := b.text("#viewer"); !strings.Contains(text, `"totalCount":10`) {
		t.Errorf("the answer is %s", text)
	}
	b.choose("orderDetail", "OrderNotFound")
	b.send()
	if text := b.text("#meaning"); !strings.Contains(text, "Could not find an order with orderId: 999999999") || !strings.Contains(text, "What to do:") {
		t.Errorf("the error is explained by %q", text)
	}
	if text := b.text("#figures"); !regexp.MustCompile(`^400 Bad Request[0-9.]+ ms[0-9]+ bytes`).MatchString(text) {
		t.Errorf("the figures are %q", text)
	}
	if rows := eval[int](b, `document.querySelectorAll('#earlier tbody tr').length`); rows != 2 {
		t.Errorf("%d answers are remembered", rows)
	}
}

// Every example, and every error that a request alone gets, is sent from the
// page and answered as it should be.
func TestExamplesInTheBrowser(t *testing.T) {
	t.Parallel()
	s := open(t, setup{orders: 40, demo: true})
	s.take(append(standing(900), waiting(960)...)...)
	b := newTab(t, s.url)
	b.open(s.url + "/console")
	last := func() {}
	for _, e := range endpoints(t) {
		for _, example := range e.Examples {
			b.choose(e.ID, example.Name)
			b.send()
			if got := b.text("#meaning"); got != "" || !strings.HasPrefix(b.text("#figures"), "200 OK") {
				t.Errorf("%s, %s: %s", e.ID, example.Name, got)
			}
		}
		for _, p := range e.Errors {
			try := func() {
				b.choose(e.ID, p.ID)
				b.send()
				got := strings.TrimPrefix(b.text("#meaning p"), "Error: ")
				if !fits(p.Text, got) || !strings.HasPrefix(b.text("#figures"), fmt.Sprint(p.Status)) || !strings.Contains(b.text("#meaning"), p.Remedy) {
					t.Errorf("%s, %s: %s %s", e.ID, p.ID, b.text("#figures"), b.text("#meaning"))
				}
			}
			switch {
			case p.Example.Condition != "":
			case p.Example.Repeat > 0:
				last = try // it is felt for a minute
			default:
				try()
			}
		}
	}
	last()
}

// Who has no mouse gets from the top of the page to an answer.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	s := open(t, setup{orders: 50})
	b := newTab(t, s.url)
	b.open(s.url + "/console?endpoint=orderNumbers")
	at := func() string { return eval[string](b, `document.activeElement.id`) }
	until := func(id string) {
		t.Helper()
		for range 80 {
			if at() == id {
				return
			}
			b.press(kb.Tab)
		}
		t.Fatalf("Tab does not lead to %s", id)
	}
	until("store")
	b.press("999")
	until("secret")
	b.press(secret)
	until("example-orderNumbers")
	b.filled()
	until("send")
	if outline := eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`); outline == "none" {
		t.Error("nobody sees where the focus is")
	}
	b.press(kb.Enter)
	b.answered()
	if text := b.text("#viewer"); !strings.Contains(text, `"totalCount":10`) {
		t.Errorf("the answer is %s", text)
	}
	b.press(kb.Enter, kb.ModifierCtrl)
	b.wait(`document.querySelectorAll('#earlier tbody tr').length === 2`)
}

// What goes wrong is told, and what was typed stays.
func TestMishaps(t *testing.T) {
	t.Parallel()
	s := open(t, setup{orders: 50})
	b := newTab(t, s.url)
	b.open(s.url + "/console?endpoint=orderNumbers&example=sinceDate")
	b.set("#store", "999")
	b.set("#secret", strings.Replace(secret, "5", "6", 1))
	b.wait(`document.getElementById('credentials-say').textContent.includes('no such store, or its secret is another')`)
	b.set("#secret", secret)
	b.wait(`document.getElementById('credentials-say').textContent.includes('are right')`)
	b.filled()
	const broken = `{"store": 999, "secret": "{secret}", "sinceDate":`
	b.set("#body", broken)
	if text := b.text("#body-say"); !strings.Contains(text, "not JSON") {
		t.Errorf("of broken JSON it says %q", text)
	}
	if kept := eval[string](b, `document.querySelector('section:not([hidden]) [data-key=sinceDate]').value`); len(kept) != 8 {
		t.Errorf("the form lost its date: %q", kept)
	}
	b.send()
	if text := b.text("#meaning"); !strings.Contains(text, "could not parse input") {
		t.Errorf("broken JSON is answered with %q", text)
	}
	gone := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	s.instead.Store(&gone)
	eval[bool](b, `(document.getElementById('send').click(), true)`)
	b.wait(`document.getElementById('send-say').textContent.includes('cannot be reached')`)
	if kept := eval[string](b, `document.getElementById('body').value`); kept != broken {
		t.Errorf("what was typed is lost: %q", kept)
	}
	s.instead.Store(nil)
	b.send()
}
