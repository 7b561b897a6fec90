package order_test

import (
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func TestParseOrigins(t *testing.T) {
	for text, want := range map[string]order.Origins{
		"": "", " , ": "",
		"https://shop.example.com":                             "https://shop.example.com",
		"HTTPS://Shop.Example.com:443/, http://127.0.0.1:8998": "https://shop.example.com http://127.0.0.1:8998",
		"http://a.example.com:80 http://a.example.com":         "http://a.example.com",
		"https://a.example.com:80,https://a.example.com:443":   "https://a.example.com:80 https://a.example.com",
	} {
		if got, err := order.ParseOrigins(text); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{
		"shop.example.com", "*", "https://*.example.com", "ftp://shop.example.com", "https://shop.example.com/path", "https://shop.example.com?a",
		"https://ann@shop.example.com", "https://", "https://a.example.com;script-src", "https://[::1]", "https://a.example.com:", "javascript:alert(1)",
		"https://a.example.com'", "https://shop.example.com#x", "https://-a.example.com", "https://a..example.com", "data:text/html,x", "https:shop.example.com",
	} {
		if got, err := order.ParseOrigins(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %q, %v, want the fault Invalid", text, got, err)
		}
	}
}
