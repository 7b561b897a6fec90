package client

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

// listOf is a list of n thousand orders as the service writes it, without
// holding it. The same thousand come again and again: making them would take
// longer than reading them.
func listOf(thousands int) io.Reader {
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(writeList(w, thousands)) }()
	return r
}

func writeList(w io.Writer, thousands int) error {
	orders := appendListed(nil, 0)
	for i := 1; i < 1000; i++ {
		orders = appendListed(append(orders, ','), i)
	}
	_, err := fmt.Fprintf(w, `{"totalCount":%d,"orderCount":%[1]d,"testOrderCount":0,"orders":[%s`, 1000*thousands, orders)
	orders = append([]byte{','}, orders...)
	for i := 1; i < thousands && err == nil; i++ {
		_, err = w.Write(orders)
	}
	if err == nil {
		_, err = io.WriteString(w, "]}")
	}
	return err
}

func appendListed(b []byte, i int) []byte {
	return fmt.Appendf(b, `{"testOrder":false,"id":"999-%d","timestamp":"2015-01-01 00:33:14.25","merchantOrderId":"12-%d","orderStatus":"VENDOR_PREPARING_ORDER","orderStatusDate":1420097594000,"orderStatusDateString":"2015-01-01 07:33:14.0"}`, 1000+i, i)
}

// The time that the caller takes between two reads is not the server's: no
// watch runs then.
func TestSlowCallerIsNotSilence(t *testing.T) {
	watch := time.AfterFunc(time.Hour, func() { t.Error("the watch rang") })
	body := &watchedBody{r: strings.NewReader(plainList), watch: watch, idle: time.Hour, read: new(int64)}
	if n, err := body.Read(make([]byte, 5)); n != 5 || err != nil || *body.read != 5 {
		t.Fatal(n, err)
	}
	if watch.Stop() {
		t.Error("the watch runs while the caller has the bytes")
	}
}

// What a list takes does not grow with it.
func TestListOfAMillionTakesNoMemory(t *testing.T) {
	orders, step := 1_000_000, 200_000
	if raceEnabled { // which makes reading thirty times slower, and needs no more memory for it
		orders, step = 100_000, 20_000
	}
	l := newListReader(listOf(orders / 1000))
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	seen, first, most := 0, uint64(0), uint64(0)
	err := l.read(func(Counts) {}, func(OrderNumber) bool {
		seen++
		switch {
		case seen == 1000:
			first = live()
		case seen%step == 0:
			most = max(most, live())
		}
		return true
	})
	if err != nil || seen != orders {
		t.Fatal(seen, err)
	}
	if most > first+256<<10 {
		t.Errorf("%d bytes live after 1,000 orders, %d later", first, most)
	}
	if len(l.buf) != firstBuffer {
		t.Errorf("the buffer has grown to %d", len(l.buf))
	}
}
