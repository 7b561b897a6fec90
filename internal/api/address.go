package api

import (
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress is the address of the connection or, when that is a trusted
// proxy's, the last address in X-Forwarded-For that is not. An IPv6 client is
// known by its network of 64 bits: it has all the addresses in there.
func (a *API) clientAddress(r *http.Request) netip.Addr {
	connection, err := netip.ParseAddrPort(r.RemoteAddr)
	address := connection.Addr().Unmap()
	if err == nil && a.trusts(address) {
		address = a.forwarded(r.Header, address)
	}
	if address.Is6() {
		if network, err := address.WithZone("").Prefix(64); err == nil {
			return network.Addr()
		}
	}
	return address
}

func (a *API) forwarded(h http.Header, proxy netip.Addr) netip.Addr {
	hops := strings.Split(strings.Join(h.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return proxy
		}
		if hop = hop.Unmap(); !a.trusts(hop) {
			return hop
		}
	}
	return proxy
}

func (a *API) trusts(address netip.Addr) bool {
	for _, p := range a.proxies {
		if p.Contains(address) {
			return true
		}
	}
	return false
}
