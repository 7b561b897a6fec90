package order

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"entrepot/internal/fault"
)

// Origins are the web origins of a shop, such as https://shop.example.com,
// separated by blanks: where its shoppers may be sent, and who may frame the
// checkout. It is made by ParseOrigins and so is safe in a header.
type Origins string

// maxOrigins keeps the header that names them all short.
const maxOrigins = 20

// plainHost is a name or an IPv4 address: what a Content-Security-Policy can
// name.
var plainHost = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// ParseOrigins reads origins that are separated by commas or blanks. The fault
// is Invalid.
func ParseOrigins(text string) (Origins, error) {
	var list []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		u, err := url.Parse(word)
		origin := originOf(u)
		if err != nil || origin == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return "", fault.Field("allowedOrigins", word+" is no origin; expected one like https://shop.example.com")
		}
		if !slices.Contains(list, origin) {
			list = append(list, origin)
		}
	}
	if len(list) > maxOrigins {
		return "", fault.Field("allowedOrigins", "are too many; expected up to 20")
	}
	return Origins(strings.Join(list, " ")), nil
}

// List are the origins one by one.
func (o Origins) List() []string { return strings.Fields(string(o)) }

// Admits parses an address whose origin is one of these; nil for any other.
func (o Origins) Admits(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || !slices.Contains(o.List(), originOf(u)) {
		return nil
	}
	return u
}

// originOf is "" for what has none that a shop's page may have.
func originOf(u *url.URL) string {
	if u == nil || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if !plainHost.MatchString(host) || strings.HasSuffix(u.Host, ":") {
		return ""
	}
	if port == "" || (u.Scheme == "http" && port == "80") || (u.Scheme == "https" && port == "443") {
		return u.Scheme + "://" + host
	}
	return u.Scheme + "://" + host + ":" + port
}
