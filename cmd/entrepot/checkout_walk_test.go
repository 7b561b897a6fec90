package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"entrepot/internal/testkit"
)

// TestWalk goes the whole way in a browser: the cart, the checkout's page, the
// order, the success page of the sync daemon, and the row in the shop's table.
func TestWalk(t *testing.T) {
	testkit.Need(t, testkit.Chromium)
	data := t.TempDir()
	secretFile := filepath.Join(data, "secret.txt")
	writeFile(t, secretFile, walkSecret+"\n")
	succeeded(t, command(t, "store", "add", "--data", data, "--number", "1000", "--test", "--name", "Sample shop", "--secret-file", secretFile))
	service := serve(t, data)
	m := newMerchant(t, shop{url: service.url, store: 1000, secret: walkSecret})
	daemon := m.start(t, "--every", "1h", "--listen", "127.0.0.1:0") // only the success page imports the order
	succeeded(t, command(t, "store", "set", "1000", "--data", data, "--allowed-origins", daemon.url))

	b := newBrowser(t)
	query := url.Values{
		"store": {"1000"}, "tempCartUUID": {m.newCart(t, daemon.url+"/?shop=1")}, "country": {"CA"},
		"customerName": {"Ann Example"}, "customerEmail": {"ann@example.com"}, "customerAddress1": {"1 Example Street"}, "customerCity": {"Toronto"},
	}
	b.open(t, service.url+"/?"+query.Encode())
	b.pictures(t, "checkout")
	b.run(t, `document.querySelector('[name=card]').value = '5105105105105100'; document.querySelector('button').click()`)
	b.shows(t, "none of the test cards")
	b.pictures(t, "checkout-wrong")
	b.run(t, `document.querySelector('[name=card]').value = '4111 1111 1111 1111'; document.querySelector('[value=express]').click(); document.querySelector('button').click()`)
	b.shows(t, "1000-1")
	if got := b.read(t, "location.href"); got != daemon.url+"/?shop=1&orderId=1000-1" {
		t.Errorf("the browser is at %s", got)
	}
	const row = `SELECT count(*) FROM entrepot_orders WHERE order_id = '1000-1' AND test = 1 AND standing = 'ready'
		AND ship_name = 'Ann Example' AND ship_country_code = 'CA' AND shipping_service = 'DHL_EXPRESS' AND grand_total = '427.00'`
	eventually(t, "the order is in the shop's table", func() bool { return m.count(t, row) == 1 })

	b.open(t, service.url+"/?"+query.Encode()) // the shopper goes back
	b.shows(t, "Thank you")
	if text := b.read(t, "document.body.textContent"); strings.Contains(text, "Ann") || !strings.Contains(text, "1000-1") {
		t.Errorf("the page of a spent cart says %s", text)
	}
	b.pictures(t, "thanks")
}

const walkSecret = "5b0f6d6e-6b1c-4c0e-9c43-0d3ad2d3a009"

func succeeded(t *testing.T, r result) {
	t.Helper()
	if r.code != 0 {
		t.Fatalf("exit code %d\n%s", r.code, r.stderr)
	}
}

func (m merchant) newCart(t *testing.T, back string) string {
	t.Helper()
	a := m.ask(t, cartPath, fmt.Sprintf(`"externalConfirmationPageURL": %q, "items": [{"description": "Tent", "quantity": 2, "unitPrice": 199}]`, back))
	if a.body.CartUUID == "" {
		t.Fatal(a.text)
	}
	return a.body.CartUUID
}

// browser is a tab of Chromium.
type browser struct{ ctx context.Context }

func newBrowser(t *testing.T) browser {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(testkit.Browser()))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return browser{ctx}
}

func (b browser) open(t *testing.T, address string) {
	t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
}

// run runs a line that may lead to another page.
func (b browser) run(t *testing.T, script string) {
	t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script+"; ''")); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
}

func (b browser) read(t *testing.T, expression string) string {
	t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// shows waits until the page says something. While one page gives way to
// another there is nobody to ask.
func (b browser) shows(t *testing.T, text string) {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the page shows "+text, func() bool {
		shown, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool]("document.readyState === 'complete' && document.body.textContent.includes("+string(quoted)+")"))
		return err == nil && shown
	})
}

// pictures looks at the page on a phone and on a desk, light and dark: nothing
// is cut off. It keeps pictures where ENTREPOT_SCREENSHOTS says.
func (b browser) pictures(t *testing.T, name string) {
	t.Helper()
	for _, width := range []int64{390, 1280} {
		for _, theme := range []string{"light", "dark"} {
			b.look(t, width, theme)
			if got := b.read(t, "String(document.documentElement.scrollWidth)"); got != strconv.FormatInt(width, 10) {
				t.Errorf("%s is %s pixels wide in a window of %d", name, got, width)
			}
			b.picture(t, fmt.Sprintf("%s-%d-%s", name, width, theme))
		}
	}
}

func (b browser) look(t *testing.T, width int64, theme string) {
	t.Helper()
	size := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 500}
	if _, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, size); err != nil {
		t.Fatal(err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, media); err != nil {
		t.Fatal(err)
	}
}

func (b browser) picture(t *testing.T, name string) {
	t.Helper()
	folder := os.Getenv("ENTREPOT_SCREENSHOTS")
	if folder == "" {
		return
	}
	beyond := true
	png, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png.Data, 0o600); err != nil {
		t.Fatal(err)
	}
}
