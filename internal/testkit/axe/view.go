package axe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Look is how a page is shown.
type Look struct {
	Width int64  // of the window, in CSS pixels
	Theme string // that the user prefers: light or dark
}

func (l Look) String() string { return fmt.Sprintf("%d wide and %s", l.Width, l.Theme) }

// The width of a phone, and of a window at a desk.
const (
	phone = 390
	desk  = 1280
)

var (
	// Everywhere is a phone and a desk, in either theme.
	Everywhere = []Look{{phone, "light"}, {phone, "dark"}, {desk, "light"}, {desk, "dark"}}
	// Crosswise has each width and each theme once: for pages that are made of
	// what others show, too.
	Crosswise = []Look{{phone, "dark"}, {desk, "light"}}
)

// View is something that a page shows.
type View struct {
	Name   string
	Looks  []Look             // Everywhere when nil
	Except func(Finding) bool // what is no matter; nil for nothing
}

// Check fails the test for each finding in what ctx shows.
func (v View) Check(ctx context.Context, t testing.TB) {
	t.Helper()
	if v.Looks == nil {
		v.Looks = Everywhere
	}
	var findings []Finding
	seen := map[Finding][]string{}
	for _, look := range v.Looks {
		found, err := look.find(ctx)
		if err != nil {
			t.Fatalf("%s, %s: %v", v.Name, look, err)
		}
		for _, f := range found {
			if seen[f] == nil {
				findings = append(findings, f)
			}
			seen[f] = append(seen[f], look.String())
		}
	}
	if v.Except != nil {
		findings = slices.DeleteFunc(findings, v.Except)
	}
	for _, f := range findings {
		t.Errorf("%s, %s: %s", v.Name, strings.Join(seen[f], ", "), f)
	}
}

func (l Look) find(ctx context.Context) ([]Finding, error) {
	size := emulation.SetDeviceMetricsOverrideParams{Width: l.Width, Height: 900, DeviceScaleFactor: 1, Mobile: l.Width == phone}
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, size); err != nil {
		return nil, fmt.Errorf("set the width: %w", err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.Theme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		return nil, fmt.Errorf("set the theme: %w", err)
	}
	return Find(ctx)
}
