package client

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Client asks one server for one store. It is safe for use by several
// goroutines at once.
type Client struct {
	base    string
	store   int64
	secret  secret
	options Options
	http    *http.Client
}

// New makes a client of the server at baseURL (scheme and host, and a path
// before /v1 and /v2 where a proxy wants one) for a store. The secret may be
// empty for a client that only sends carts. An error says what is wrong with
// the arguments; nothing is asked yet.
func New(baseURL string, store int64, storeSecret string, options Options) (*Client, error) {
	base, err := checkURL(baseURL)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	if store <= 0 {
		return nil, fmt.Errorf("client: %d is no store's number", store)
	}
	options = options.withDefaults()
	return &Client{base: base, store: store, secret: hide(storeSecret), options: options, http: options.httpClient()}, nil
}

// checkURL repeats nothing of a URL that may hold a password.
func checkURL(text string) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return "", errors.New("the server's URL is no http or https URL")
	case u.User != nil:
		return "", errors.New("the server's URL has a user or password in it, which the API does not know")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("the server's URL has a query or a fragment")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// Store is the number of the store that the client asks for.
func (c *Client) Store() int64 { return c.store }

// String names the server and the store.
func (c Client) String() string { return fmt.Sprintf("client of store %d at %s", c.store, c.base) }

// Format prints String for every verb: what else a client holds is for nobody.
func (c Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }
