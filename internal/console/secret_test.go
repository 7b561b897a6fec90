package console_test

import (
	"fmt"
	"strings"
	"testing"
)

// The secret is in the page's memory, in the requests' bodies, and nowhere else.
func TestSecretStaysInThePage(t *testing.T) {
	t.Parallel()
	s := open(t, setup{orders: 50})
	b := newTab(t, s.url)
	b.open(s.url + "/console?endpoint=orderDetail")
	b.set("#store", "999")
	b.set("#secret", secret)
	b.send()
	b.set("#body", fmt.Sprintf(`{"store":999,"secret":%q,"orderId":"999-7","misc":%q}`, secret, secret))
	b.send()
	link := eval[string](b, `new Promise((resolve) => {
		navigator.clipboard.writeText = (text) => { resolve(text); return Promise.resolve(); };
		document.getElementById('link').click();
	})`)
	eval[bool](b, `(document.getElementById('recent-load').click(), true)`)
	b.wait(`document.querySelectorAll('#recent tbody tr').length > 1`)
	if strings.Contains(link, secret) || !strings.Contains(link, "999-7") {
		t.Errorf("the link is %s", link)
	}
	for _, address := range append(b.addresses(), eval[string](b, `location.href`)) {
		if strings.Contains(address, secret) {
			t.Errorf("the secret is in the address %s", address)
		}
	}
	kept := eval[string](b, `(async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, history.state,
		await indexedDB.databases(), await caches.keys()]))()`)
	if kept != `[{},{},"",null,[],[]]` {
		t.Errorf("the page keeps %s", kept)
	}
	eval[bool](b, `(document.getElementById('body').remove(), true)`) // where it was typed
	if shown := eval[string](b, `document.documentElement.outerHTML`); strings.Contains(shown, secret) {
		t.Error("the secret is written in the page")
	}
	if text := s.log.String(); strings.Contains(text, secret) || !strings.Contains(text, "orderDetail") {
		t.Errorf("the log says %s", text)
	}
	b.opens(link)
}

// opens goes to a link to a form, and finds what was typed there.
func (b *tab) opens(link string) {
	b.t.Helper()
	b.open("about:blank")
	b.open(link)
	if got := eval[string](b, `document.getElementById('body').value`); !strings.Contains(got, `"orderId":"999-7"`) || !strings.Contains(got, `"secret":"{secret}"`) {
		b.t.Errorf("the link leads to %s", got)
	}
	if got := eval[string](b, `document.querySelector('section:not([hidden]) [data-key=orderId]').value`); got != "999-7" {
		b.t.Errorf("the form has %q", got)
	}
}

// Two answers can be compared, and a request sent again.
func TestVisit(t *testing.T) {
	t.Parallel()
	s := open(t, setup{orders: 50})
	b := newTab(t, s.url)
	b.open(s.url + "/console?endpoint=updateMerchantOrderId")
	b.set("#store", "999")
	b.set("#secret", secret)
	b.filled()
	b.choose("orderDetail", "orderId")
	b.send()
	b.choose("updateMerchantOrderId", "merchantOrderId")
	b.send()
	eval[bool](b, `(document.querySelectorAll('#earlier tbody tr')[1].querySelector('td:last-child button').click(), true)`)
	b.wait(`document.querySelectorAll('#earlier tbody tr').length === 3`)
	b.answered()
	eval[bool](b, `(() => {
		const boxes = document.querySelectorAll('#earlier input');
		boxes[0].click();
		boxes[2].click();
		document.getElementById('compare').click();
		return true;
	})()`)
	b.wait(`document.querySelectorAll('#difference span').length > 0`)
	plus := eval[string](b, `[...document.querySelectorAll('#difference .plus')].map((s) => s.textContent).join('|')`)
	if !strings.Contains(plus, `"merchantOrderId":"12-34567"`) || strings.Contains(plus, "orderDate") {
		t.Errorf("the difference is %s", b.text("#difference"))
	}
}
