package api

import (
	"net/http"
	"net/netip"
	"testing"
)

func TestClientAddress(t *testing.T) {
	proxies := []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("2001:db8:aaaa::/48"),
	}
	const proxy = "10.1.2.3:4567"
	tests := []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"a client of its own", "192.0.2.7:1234", nil, "192.0.2.7"},
		{"a spoofed header", "192.0.2.7:1234", []string{"198.51.100.1"}, "192.0.2.7"},
		{"a spoofed proxy", "192.0.2.7:1234", []string{"198.51.100.1, 10.0.0.1"}, "192.0.2.7"},
		{"a proxy", proxy, []string{"192.0.2.7"}, "192.0.2.7"},
		{"a proxy without a header", proxy, nil, "10.1.2.3"},
		{"a proxy with an empty header", proxy, []string{""}, "10.1.2.3"},
		{"what a client put before the proxy's word", proxy, []string{"198.51.100.1, 192.0.2.7"}, "192.0.2.7"},
		{"two proxies", proxy, []string{"192.0.2.7, 10.9.9.9"}, "192.0.2.7"},
		{"three proxies, two headers", proxy, []string{"198.51.100.1, 192.0.2.7", "10.9.9.9, 127.0.0.1"}, "192.0.2.7"},
		{"nobody but proxies", proxy, []string{"10.9.9.9, 10.8.8.8"}, "10.1.2.3"},
		{"garbage", proxy, []string{"unknown"}, "10.1.2.3"},
		{"garbage before a client", proxy, []string{"unknown, 192.0.2.7"}, "192.0.2.7"},
		{"garbage behind a client", proxy, []string{"192.0.2.7, <script>"}, "10.1.2.3"},
		{"a list that ends early", proxy, []string{"192.0.2.7,"}, "10.1.2.3"},
		{"a network for an address", proxy, []string{"192.0.2.0/24"}, "10.1.2.3"},
		{"blanks", proxy, []string{" \t192.0.2.7 "}, "192.0.2.7"},
		{"a mapped proxy", "[::ffff:10.1.2.3]:80", []string{"192.0.2.7"}, "192.0.2.7"},
		{"a mapped client", proxy, []string{"::ffff:192.0.2.7"}, "192.0.2.7"},
		{"a mapped proxy in between", proxy, []string{"192.0.2.7, ::ffff:10.9.9.9"}, "192.0.2.7"},
		{"the network of a client", "[2001:db8:1:2:3:4:5:6]:80", nil, "2001:db8:1:2::"},
		{"its neighbour", "[2001:db8:1:2:ffff::1]:80", nil, "2001:db8:1:2::"},
		{"the next network", "[2001:db8:1:3::1]:80", nil, "2001:db8:1:3::"},
		{"a forwarded network", proxy, []string{"2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::"},
		{"a proxy of six", "[2001:db8:aaaa:1::1]:80", []string{"192.0.2.7"}, "192.0.2.7"},
		{"a zone", "[fe80::1%eth0]:80", nil, "fe80::"},
		{"no address", "@", []string{"192.0.2.7"}, "invalid IP"},
		{"nothing", "", nil, "invalid IP"},
	}
	a := New(Config{TrustedProxies: proxies})
	for _, tt := range tests {
		r := &http.Request{RemoteAddr: tt.remote, Header: http.Header{"X-Forwarded-For": tt.forwarded}}
		if got := a.clientAddress(r).String(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestNobodyIsTrustedUnasked(t *testing.T) {
	r := &http.Request{RemoteAddr: "127.0.0.1:80", Header: http.Header{"X-Forwarded-For": {"192.0.2.7"}}}
	if got := New(Config{}).clientAddress(r).String(); got != "127.0.0.1" {
		t.Errorf("%s, want the connection's", got)
	}
}
