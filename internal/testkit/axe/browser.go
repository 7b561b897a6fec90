package axe

import (
	"context"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"entrepot/internal/testkit"
)

// Browser is a tab in a browser that ends with the test.
type Browser struct {
	t   testing.TB
	ctx context.Context
}

// Open starts a browser.
func Open(t testing.TB) Browser {
	t.Helper()
	testkit.Need(t, testkit.Chromium, testkit.Axe)
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(testkit.Browser()))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return Browser{t, ctx}
}

// Goto opens an address.
func (b Browser) Goto(address string) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		b.t.Fatalf("%s: %v", address, err)
	}
}

// Run runs statements, which may lead to another page.
func (b Browser) Run(statements string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[chromedp.Void](statements)); err != nil {
		b.t.Fatalf("%s: %v", statements, err)
	}
}

// Await waits until there is an element, perhaps of the next page, and answers
// its text.
func (b Browser) Await(selector string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.TextContent(chromedp.CSS(selector)))
	if err != nil {
		b.t.Fatalf("waiting for %s: %v", selector, err)
	}
	return text
}

// Check looks at what the browser shows.
func (b Browser) Check(v View) {
	b.t.Helper()
	v.Check(b.ctx, b.t)
}

// As is the same browser for another test, or for what stands in for one.
func (b Browser) As(t testing.TB) Browser { return Browser{t, b.ctx} }
