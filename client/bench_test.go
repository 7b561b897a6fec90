package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
)

const benchOrders = 10_000

func benchList(b *testing.B) []byte {
	b.Helper()
	var list bytes.Buffer
	if err := writeList(&list, benchOrders/1000); err != nil {
		b.Fatal(err)
	}
	return list.Bytes()
}

// BenchmarkOrderNumbers reads lists over loopback, with statuses.
func BenchmarkOrderNumbers(b *testing.B) {
	list := benchList(b)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(list) }))
	defer server.Close()
	c, err := New(server.URL, 999, "secret", Options{})
	if err != nil {
		b.Fatal(err)
	}
	perOrder(b, func() (n int, err error) {
		for _, err := range c.OrderNumbers(b.Context(), OrderNumbersQuery{SinceOrderID: "1", Statuses: true}) {
			if err != nil {
				return n, err
			}
			n++
		}
		return n, nil
	})
}

// BenchmarkListReader reads the same from memory.
func BenchmarkListReader(b *testing.B) {
	list := benchList(b)
	perOrder(b, func() (n int, err error) {
		err = newListReader(bytes.NewReader(list)).read(func(Counts) {}, func(OrderNumber) bool {
			n++
			return true
		})
		return n, err
	})
}

// BenchmarkListByEncodingJSON is what the reader is measured against:
// encoding/json's decoder, order by order.
func BenchmarkListByEncodingJSON(b *testing.B) {
	list := benchList(b)
	perOrder(b, func() (n int, err error) {
		decoder := json.NewDecoder(bytes.NewReader(list))
		for token := json.Token(nil); token != json.Delim('['); {
			if token, err = decoder.Token(); err != nil {
				return n, err
			}
		}
		for decoder.More() {
			var o struct {
				TestOrder             bool    `json:"testOrder"`
				ID                    string  `json:"id"`
				Timestamp             string  `json:"timestamp"`
				MerchantOrderID       *string `json:"merchantOrderId"`
				OrderStatus           string  `json:"orderStatus"`
				OrderStatusDate       int64   `json:"orderStatusDate"`
				OrderStatusDateString string  `json:"orderStatusDateString"`
			}
			if err := decoder.Decode(&o); err != nil {
				return n, err
			}
			n++
		}
		_, err = io.Copy(io.Discard, decoder.Buffered())
		return n, err
	})
}

func perOrder(b *testing.B, read func() (int, error)) {
	b.ReportAllocs()
	for b.Loop() {
		n, err := read()
		if err == nil && n != benchOrders {
			err = fmt.Errorf("%d orders", n)
		}
		if err != nil && !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchOrders, "ns/order")
}

// BenchmarkDecodeOrder reads an order with everything.
func BenchmarkDecodeOrder(b *testing.B) {
	body, err := os.ReadFile("../internal/wire/testdata/detail_everything.json")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeOrder(body); err != nil {
			b.Fatal(err)
		}
	}
}
