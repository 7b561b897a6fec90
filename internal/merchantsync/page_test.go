package merchantsync_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"entrepot/client"
	"entrepot/internal/merchantsync"
)

// importer notes when which order is asked for. Orders below 1000 are there.
type importer struct {
	mu    sync.Mutex
	asked map[int64][]time.Time
	takes time.Duration
	begun time.Time
}

func newImporter() *importer { return &importer{asked: map[int64][]time.Time{}, begun: time.Now()} }

func (i *importer) ImportNow(ctx context.Context, number int64) error {
	i.mu.Lock()
	i.asked[number] = append(i.asked[number], time.Now())
	i.mu.Unlock()
	select {
	case <-time.After(i.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	switch {
	case number >= 5000:
		return errors.New("the network is down")
	case number >= 1000:
		return fmt.Errorf("v2/orderDetail: %w", &client.NotFoundError{Key: "orderId"})
	}
	return nil
}

// seconds are when a number was asked for, since the start.
func (i *importer) seconds(number int64) (all []float64) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, at := range i.asked[number] {
		all = append(all, at.Sub(i.begun).Seconds())
	}
	return all
}

func (i *importer) times() (all []time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, times := range i.asked {
		all = append(all, times...)
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// withPage runs a page on a clock of its own.
func withPage(t *testing.T, o merchantsync.PageOptions, test func(*testing.T, *merchantsync.Page, *importer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Store = 999
		i := newImporter()
		page, err := merchantsync.NewPage(i, o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { page.Run(ctx) })
		test(t, page, i)
		stop()
		running.Wait()
		time.Sleep(time.Minute) // on this clock: what was planned comes to nothing
		synctest.Wait()
	})
}

// visit is what a browser sees, and when, since it asked.
type visit struct {
	*httptest.ResponseRecorder
	after time.Duration
}

func ask(page http.Handler, method, query string) visit {
	begun, w := time.Now(), httptest.NewRecorder()
	page.ServeHTTP(w, httptest.NewRequest(method, "/thanks?"+query, http.NoBody))
	return visit{w, time.Since(begun)}
}

func get(page http.Handler, number int64) visit {
	return ask(page, http.MethodGet, fmt.Sprintf("orderId=999-%d", number))
}

func TestPageRedirects(t *testing.T) {
	for target, want := range map[string]string{
		"https://shop.example.com/thanks":                             "https://shop.example.com/thanks?orderId=999-17",
		"https://shop.example.com/thanks?a=%20b&flag&c=1;2#top":       "https://shop.example.com/thanks?a=%20b&flag&c=1;2&orderId=999-17#top",
		"https://shop.example.com/?orderId=1&x=1&order%49d=2&orderid": "https://shop.example.com/?x=1&orderid&orderId=999-17",
		"http://shop.example.com:8080":                                "http://shop.example.com:8080?orderId=999-17",
	} {
		withPage(t, merchantsync.PageOptions{Redirect: target}, func(t *testing.T, page *merchantsync.Page, i *importer) {
			got := ask(page, http.MethodGet, "orderId=999-0017&next=//evil.example.com&orderId=999-1")
			if got.Code != http.StatusSeeOther || got.Header().Get("Location") != want || got.Body.Len() != 0 {
				t.Errorf("%d to %s, want %s", got.Code, got.Header().Get("Location"), want)
			}
			if len(i.seconds(17)) != 1 || got.after != 700*time.Millisecond {
				t.Errorf("asked at %v, answered after %s", i.seconds(17), got.after)
			}
		})
	}
	for _, bad := range []string{"shop.example.com", "//shop.example.com/", "javascript:alert(1)", "https://", "/thanks", "http://[/"} {
		if _, err := merchantsync.NewPage(newImporter(), merchantsync.PageOptions{Store: 999, Redirect: bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestPageTrustsNothing: what is no id of ours is never asked for, nor echoed.
func TestPageTrustsNothing(t *testing.T) {
	withPage(t, merchantsync.PageOptions{Redirect: "https://shop.example.com/"}, func(t *testing.T, page *merchantsync.Page, i *importer) {
		for _, query := range []string{
			"", "orderId=", "orderId=17", "orderId=999-", "orderId=-17", "orderId=998-17", "orderId=999-0", "orderId=999--1", "orderId=999-%2B1",
			"orderId=999-1.0", "orderId=999-1e3", "orderId=999-0x1", "orderId=999-1_0", "orderId=999-%201", "orderId=999-9223372036854775808",
			"orderId=999-" + strings.Repeat("0", 70) + "1", "orderId=999-<script>alert(1)</script>", "orderId=999-1%0d%0aX:%20y", "orderId=999-1-2",
			"orderId=999-%D9%A1", "order=999-1", "orderid=999-1", "orderId=%ff",
		} {
			got := ask(page, http.MethodGet, query)
			if got.Code != http.StatusBadRequest || got.Header().Get("Location") != "" || strings.Contains(got.Body.String(), "script") {
				t.Errorf("%q: %d %s", query, got.Code, got.Body)
			}
		}
		time.Sleep(time.Minute)
		if asked := i.times(); len(asked) != 0 {
			t.Errorf("%d orders were asked for", len(asked))
		}
		if got := get(page, 9223372036854775807); got.Code != http.StatusSeeOther {
			t.Errorf("the highest number: %d", got.Code)
		}
	})
}

func TestPageMethods(t *testing.T) {
	withPage(t, merchantsync.PageOptions{}, func(t *testing.T, page *merchantsync.Page, i *importer) {
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE"} {
			if got := ask(page, method, "orderId=999-1"); got.Code != http.StatusMethodNotAllowed || got.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("%s: %d %v", method, got.Code, got.Header())
			}
		}
		head := ask(page, http.MethodHead, "orderId=999-1")
		if asked := i.times(); len(asked) != 0 {
			t.Error("something but GET asked for the order")
		}
		if seen := get(page, 1); seen.after != head.after || fmt.Sprint(seen.Header()) != fmt.Sprint(head.Header()) || seen.Code != head.Code {
			t.Errorf("HEAD: %d %v, GET: %d %v", head.Code, head.Header(), seen.Code, seen.Header())
		}
	})
}

// TestPageTellsNothing: there or not, fast or slow or broken, the answers are
// the same to the last byte, and come at the same time.
func TestPageTellsNothing(t *testing.T) {
	for _, takes := range []time.Duration{0, 300 * time.Millisecond, 20 * time.Second} {
		for _, redirect := range []string{"", "https://shop.example.com/"} {
			withPage(t, merchantsync.PageOptions{Redirect: redirect}, func(t *testing.T, page *merchantsync.Page, i *importer) {
				i.takes = takes
				first := get(page, 100)
				for _, number := range []int64{100, 101, 2001, 2001, 6001} {
					got := get(page, number)
					old, text := []byte("999-100"), fmt.Appendf(nil, "999-%d", number)
					same := func(a, b string) bool { // but for the number that was asked for
						return strings.ReplaceAll(a, string(text), string(old)) == b
					}
					header, want := fmt.Sprint(got.Header()), fmt.Sprint(first.Header())
					if l := len(text) - len(old); l != 0 && redirect == "" {
						header = strings.Replace(header, fmt.Sprint(got.Body.Len()), fmt.Sprint(got.Body.Len()-l), 1)
					}
					if got.Code != first.Code || got.after != first.after || !same(header, want) || !same(got.Body.String(), first.Body.String()) {
						t.Errorf("order %d: %d after %s %v %s", number, got.Code, got.after, got.Header(), got.Body)
					}
				}
				if len(i.seconds(2001)) == 0 || len(i.seconds(100)) == 0 {
					t.Error("the orders were not asked for")
				}
			})
		}
	}
}

// TestPageWaitsForFew: beyond these the answer is the same, at once.
func TestPageWaitsForFew(t *testing.T) {
	withPage(t, merchantsync.PageOptions{Waiting: 3}, func(t *testing.T, page *merchantsync.Page, _ *importer) {
		var mu sync.Mutex
		var browsers sync.WaitGroup
		late := 0
		for n := range int64(10) {
			browsers.Go(func() {
				got := get(page, 100+n)
				mu.Lock()
				defer mu.Unlock()
				if got.Code != http.StatusOK || (got.after != 0 && got.after != 700*time.Millisecond) {
					t.Errorf("%d after %s", got.Code, got.after)
				}
				if got.after > 0 {
					late++
				}
			})
		}
		browsers.Wait()
		if late != 3 {
			t.Errorf("%d waited, want 3", late)
		}
	})
}

func TestPageWithoutItsBrowser(t *testing.T) {
	withPage(t, merchantsync.PageOptions{}, func(t *testing.T, page *merchantsync.Page, i *importer) {
		ctx, gone := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer gone()
		w := httptest.NewRecorder()
		page.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?orderId=999-7", http.NoBody).WithContext(ctx))
		if w.Body.Len() != 0 {
			t.Error("it was answered")
		}
		synctest.Wait()
		if len(i.seconds(7)) != 1 {
			t.Error("its order was not asked for")
		}
	})
}

// TestPageIsSafe looks at our own page as a browser does.
func TestPageIsSafe(t *testing.T) {
	withPage(t, merchantsync.PageOptions{ShopName: `<b>Sample & "Sons"</b>`}, func(t *testing.T, page *merchantsync.Page, _ *importer) {
		got := get(page, 17)
		html := got.Body.String()
		for _, want := range []string{"<title>Thank you</title>", "<strong>999-17</strong>", "&lt;b&gt;Sample &amp; &#34;Sons&#34;&lt;/b&gt; takes", `<html lang="en">`, "width=device-width", "prefers-color-scheme: dark"} {
			if !strings.Contains(html, want) {
				t.Errorf("there is no %s in %s", want, html)
			}
		}
		for _, never := range []string{"http:", "https:", "src=", "href=", "url(", "@import", "<script", "onload"} {
			if strings.Contains(html, never) {
				t.Errorf("there is %s", never)
			}
		}
		_, rest, _ := strings.Cut(html, "<style>")
		style, _, _ := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(style))
		h := got.Header()
		if want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(h.Get("Content-Security-Policy"), want) {
			t.Errorf("the policy is %q, want %s in it", h.Get("Content-Security-Policy"), want)
		}
		for key, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
			"Content-Type": "text/html; charset=utf-8", "Content-Length": fmt.Sprint(got.Body.Len()),
		} {
			if h.Get(key) != want {
				t.Errorf("%s: %q, want %q", key, h.Get(key), want)
			}
		}
		if bytes.Contains(got.Body.Bytes(), []byte("ZgotmplZ")) {
			t.Error("a template refused its content")
		}
	})
}
