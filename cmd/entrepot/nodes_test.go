//go:build unix

package main_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"entrepot/internal/testkit"
)

const (
	nodeStore  = 1000 // a test store, so that the checkout's pages place its orders
	nodeSecret = "5b0f6d6e-6b1c-4c0e-9c43-0d3ad2d3a010"
)

// onDatabase are the flags of a command on a PostgreSQL database.
func onDatabase(d testkit.PostgresDatabase) []string {
	return []string{"--db", d.URL, "--db-password-file", d.PasswordFile}
}

// prepare makes the tables, and a store, with the program's own commands.
func prepare(t testing.TB, d testkit.PostgresDatabase) shop {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secret.txt")
	if err := os.WriteFile(file, []byte(nodeSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	add := []string{"store", "add", "--number", fmt.Sprint(nodeStore), "--test", "--name", "Sample shop", "--secret-file", file}
	for _, args := range [][]string{{"migrate"}, add} {
		if r := command(t, append(args, onDatabase(d)...)...); r.code != 0 {
			t.Fatalf("%v: %+v", args, r)
		}
	}
	return shop{store: nodeStore, secret: nodeSecret}
}

// startNodes starts services that share a database.
func startNodes(t testing.TB, d testkit.PostgresDatabase, n int, flags ...string) (nodes []*process) {
	t.Helper()
	for range n {
		args := slices.Concat([]string{"serve", "--addr", "127.0.0.1:0"}, onDatabase(d), flags)
		nodes = append(nodes, launch(t, exec.CommandContext(t.Context(), program(t), args...)))
	}
	for _, p := range nodes {
		p.await(t)
	}
	return nodes
}

func urlsOf(nodes []*process) (urls []string) {
	for _, p := range nodes {
		urls = append(urls, p.url)
	}
	return urls
}

// browsing is who presses the checkout's button, and goes nowhere else. No
// answer within its time is none.
var browsing = &http.Client{
	Timeout:       nodeTimeout,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

const nodeTimeout = 20 * time.Second

// refusal is an answer that says that something was not done, or was done and
// nobody knows.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

// at is the shop at one of the nodes.
func (s shop) at(url string) shop { s.url = url; return s }

// sendCart sends a cart, and answers its id.
func (s shop) sendCart(ctx context.Context, reference string) (cart string, err error) {
	a, err := s.within(ctx, cartPath, fmt.Sprintf(`"referenceId": %q, %s`, reference, cartKeys))
	if err == nil && a.body.CartUUID == "" {
		err = refusal{a.text}
	}
	return a.body.CartUUID, err
}

// update sends an update.
func (s shop) update(ctx context.Context, path, keys string) error {
	a, err := s.within(ctx, path, keys)
	if err == nil && a.body.Success == nil {
		err = refusal{a.text}
	}
	return err
}

// within is post with a bound.
func (s shop) within(ctx context.Context, path, keys string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, nodeTimeout)
	defer cancel()
	return s.post(ctx, path, keys)
}

// press presses the button of the checkout's page, and answers the order's id
// that the shopper is sent on with.
func (s shop) press(ctx context.Context, cart string) (order string, err error) {
	form := url.Values{
		"store": {fmt.Sprint(s.store)}, "tempCartUUID": {cart}, "shipping": {"express"}, "card": {"4111111111111111"},
		"customerName": {"Ann Example"}, "customerAddress1": {"1 Example Street"}, "customerCity": {"Toronto"}, "customerCountry": {"CA"},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/checkout", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := browsing.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	to, err := url.Parse(response.Header.Get("Location"))
	if order = to.Query().Get("orderId"); err != nil || response.StatusCode != http.StatusSeeOther || order == "" {
		return "", refusal{fmt.Sprintf("%d %.200s", response.StatusCode, text)}
	}
	return order, nil
}

// follower is a shop's scheduled job: it asks for what came after the last
// order that it saw.
type follower struct {
	shop
	cursor    int64
	timestamp string
	seen      map[int64]string // when each was placed, as the list says
	disorder  []string         // what it saw that no list may show
}

func newFollower(s shop) *follower { return &follower{shop: s, seen: map[int64]string{}} }

// poll asks once.
func (f *follower) poll(ctx context.Context, url string) error {
	keys := `"sinceDate": "20200101"`
	if f.cursor > 0 {
		keys = fmt.Sprintf(`"sinceOrderId": %d`, f.cursor)
	}
	a, err := f.at(url).within(ctx, numbersPath, keys)
	if err == nil && a.body.Total == nil {
		err = refusal{a.text}
	}
	if err != nil {
		return err
	}
	for _, o := range a.body.Orders {
		f.see(o)
	}
	return nil
}

// see notes an order, whose number and date must not be below the last one's.
func (f *follower) see(o listed) {
	var n int64
	if _, err := fmt.Sscanf(o.ID, fmt.Sprint(f.store)+"-%d", &n); err != nil || n <= f.cursor || laterThan(f.timestamp, o.Timestamp) {
		f.disorder = append(f.disorder, fmt.Sprintf("order %s of %s is listed after order %d of %s", o.ID, o.Timestamp, f.cursor, f.timestamp))
	}
	f.cursor, f.timestamp = max(f.cursor, n), o.Timestamp
	f.seen[n] = o.Timestamp
}

// laterThan compares times as the contract writes them, whose fractions have
// no trailing zeros.
func laterThan(a, b string) bool {
	if a == "" {
		return false
	}
	x, errX := time.Parse(time.DateTime, a)
	y, errY := time.Parse(time.DateTime, b)
	return errX != nil || errY != nil || x.After(y)
}

// number is the number of an order's id.
func (s shop) number(id string) (n int64, err error) {
	_, err = fmt.Sscanf(id, fmt.Sprint(s.store)+"-%d", &n)
	return n, err
}
