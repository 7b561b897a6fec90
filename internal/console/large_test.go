package console_test

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
)

// many is a list of so many orders.
func many(n int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"totalCount":%d,"orderCount":%d,"testOrderCount":0,"orders":[`, n, n)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"testOrder":false,"id":"999-%d","timestamp":"2015-01-01 00:33:14.0"}`, i+1)
	}
	b.WriteString("]}")
	return b.Bytes()
}

// A list of 100,000 orders does not freeze the page: while it is made ready
// other tasks get their turn, again and again, and only what is in sight is in
// the page.
func TestLargeList(t *testing.T) {
	t.Parallel()
	const orders = 100_000
	list := many(orders)
	s := open(t, setup{orders: 20})
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(list)
	})
	b := newTab(t, s.url)
	b.looks(1280, "light")
	b.open(s.url + "/console?endpoint=orderNumbers")
	b.set("#store", "999")
	b.set("#secret", secret)
	b.filled()
	s.instead.Store(&answer)
	// Counts the turns that others get between the answer's arrival, when its
	// status is shown, and its lines' being there.
	turns := eval[int](b, `new Promise((resolve) => {
		const answer = document.getElementById('answer');
		let turns = 0;
		const count = () => {
			if (answer.dataset.shown > '0') { resolve(turns); return; }
			if (answer.dataset.shown === '') turns++;
			setTimeout(count);
		};
		document.getElementById('send').click();
		count();
	})`)
	// The list is cut in steps of 64 KiB; timers get a turn every few of them.
	if least := len(list) / (64 << 10) / 20; turns < least {
		t.Errorf("others got %d turns, expected %d", turns, least)
	}
	if lines := eval[int](b, `Number(document.getElementById('answer').dataset.shown)`); lines != orders+7 {
		t.Errorf("%d lines", lines)
	}
	rows := func() int { return eval[int](b, `document.querySelectorAll('#viewer .row').length`) }
	if n := rows(); n == 0 || n > 200 {
		t.Errorf("%d rows are in the page", n)
	}
	b.set("#find", `"999-99000"`)
	b.wait(`document.getElementById('found').textContent === 'line 1 of 1' && document.querySelector('.row.found')`)
	if text, n := b.text(".row.found"), rows(); text != `{"testOrder":false,"id":"999-99000","timestamp":"2015-01-01 00:33:14.0"},` || n > 200 {
		t.Errorf("found %q among %d rows", text, n)
	}
	eval[bool](b, `(document.getElementById('fold').click(), true)`)
	b.wait(`document.querySelectorAll('#viewer .row').length === 6`)
}
