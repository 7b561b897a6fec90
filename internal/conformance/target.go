package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"entrepot/internal/conformance/match"

	"github.com/google/uuid"
)

// Target is the server that a run is held against.
type Target struct {
	URL    string // of the server, without a path
	Store  int64
	Secret string

	NextSecret string // a second secret that holds as well, "" without one

	// A second store, 0 without one.
	OtherStore  int64
	OtherSecret string

	// Whether the store, and the second one, are set to take carts with a secret only.
	CartSecret, OtherCartSecret bool

	// Write runs the cases that change something: they make carts and orders, move
	// test orders along, and put back what can be put back.
	Write bool

	// Place makes an order of a cart and answers its full id. Shipping is 0, there is
	// no duty, the currency is USD, and the shopper is not shown the newsletter box.
	// Nil when the server cannot be asked for that.
	Place func(ctx context.Context, tempCartUUID string) (orderID string, err error)

	Client *http.Client // nil: one with a time-out of a minute
}

func (t Target) validate() error {
	u, err := url.Parse(t.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("target: %q is no http URL", t.URL)
	case t.Store <= 0 || t.Secret == "":
		return errors.New("target: needs a store and its secret")
	case t.OtherStore != 0 && (t.OtherSecret == "" || t.OtherStore == t.Store):
		return errors.New("target: the second store needs a number and a secret of its own")
	}
	return nil
}

func credentials(store, secret string) string {
	return `"store":` + store + `,"secret":` + match.Quote(secret)
}

// globals are the variables of a run.
func (t Target) globals() vars {
	store := strconv.FormatInt(t.Store, 10)
	unknown := rand.Int64N(1e9) + 4e9 // nobody numbers shops like that
	return vars{
		"store": store, "secret": t.Secret, "auth": credentials(store, t.Secret),
		"wrongSecret":  uuid.NewString(),
		"unknownStore": strconv.FormatInt(unknown, 10),
		"ghostStore":   strconv.FormatInt(unknown+1e9, 10),
		"run":          "conf-" + uuid.NewString()[:8],
		"noOrder":      "", "guessesLeft": "",
	}
}

// settings are the needs that are met by what was told of the target.
func (t Target) settings() map[string]vars {
	met := map[string]vars{}
	if t.Place != nil {
		met[needPlace] = vars{}
	}
	if t.NextSecret != "" {
		met[needNextSecret] = vars{"nextSecret": t.NextSecret}
	}
	if !t.CartSecret {
		met[needOpenCart] = vars{}
	}
	switch {
	case t.CartSecret:
		met[needClosedCart] = vars{"closedStore": strconv.FormatInt(t.Store, 10), "closedSecret": t.Secret}
	case t.OtherCartSecret:
		met[needClosedCart] = vars{"closedStore": strconv.FormatInt(t.OtherStore, 10), "closedSecret": t.OtherSecret}
	}
	return met
}

// hide takes the secrets out of what is shown to a person.
func (t Target) hide(text string) string {
	for _, secret := range []string{t.Secret, t.NextSecret, t.OtherSecret} {
		if secret == "" {
			continue
		}
		for _, form := range []string{secret, strings.Trim(match.Quote(secret), `"`)} {
			text = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(form)).ReplaceAllString(text, "(secret)")
		}
	}
	return text
}

// Option changes how a run goes.
type Option func(*runner)

// Progress writes a line when a run has to wait.
func Progress(w io.Writer) Option { return func(r *runner) { r.progress = w } }

// Only runs the cases whose name the expression matches.
func Only(names *regexp.Regexp) Option { return func(r *runner) { r.only = names } }

// NoWait does not wait for an earlier run's wrong secrets to be forgotten.
func NoWait() Option { return func(r *runner) { r.noWait = true } }

// pausing waits in another way.
func pausing(pause func(context.Context, time.Duration) error) Option {
	return func(r *runner) { r.pause = pause }
}
