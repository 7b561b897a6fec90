// Package axe looks with axe-core for what keeps people out of a page: those
// who see little, hear the page, or have no mouse. It holds pages to the rules
// of WCAG 2.2, levels A and AA, to axe-core's best practices, and to those that
// it is still trying out.
package axe

import (
	"context"
	_ "embed" // of the script
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"

	"entrepot/internal/testkit"
)

// Finding is what one rule says of one element.
type Finding struct {
	Rule, Impact, Help string
	Open               bool // the rule cannot tell, and wants a person to look
	Target, HTML, Why  string
}

func (f Finding) String() string {
	open := ""
	if f.Open {
		open = ", but axe-core cannot tell"
	}
	return fmt.Sprintf("%s (%s%s): %s\n\tat   %s\n\thtml %s\n\twhy  %s", f.Rule, f.Impact, open, f.Help, oneLine(f.Target), oneLine(f.HTML), oneLine(f.Why))
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

//go:embed find.js
var find string

// Find is all that axe-core has to say of the page that ctx shows: what is
// wrong, and what it cannot tell. The page may forbid foreign scripts: what the
// browser's debugger runs is not bound by that.
func Find(ctx context.Context) ([]Finding, error) {
	core, err := script()
	if err != nil {
		return nil, err
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](core)); err != nil {
		return nil, fmt.Errorf("bring axe-core into the page: %w", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]Finding](find, chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, fmt.Errorf("run axe-core: %w", err)
	}
	return found, nil
}

// script brings axe-core into a page that does not have it yet.
var script = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile(testkit.AxeScript())
	if err != nil {
		return "", fmt.Errorf("read axe-core: %w", err)
	}
	return "if (!window.axe) {" + string(text) + "\n}", nil
})
