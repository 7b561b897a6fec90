package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"entrepot/internal/conformance/match"
)

// runner is one run against one server.
type runner struct {
	target   Target
	table    *table
	caller   *caller
	survey   *survey
	globals  vars
	spares   []listed // test orders that may be used up, when none can be placed
	report   *Report
	only     *regexp.Regexp
	progress io.Writer
	noWait   bool
	pause    func(context.Context, time.Duration) error

	guesses    int
	firstGuess time.Time
	slowed     bool // a guess was refused that should have been answered
	waited     bool
}

// Run holds the contract's cases against a server. An error says that the run could not be
// done at all; what the server did wrong is in the report.
func Run(ctx context.Context, t Target, options ...Option) (*Report, error) {
	table, err := builtin()
	if err != nil {
		return nil, fmt.Errorf("conformance table: %w", err)
	}
	return table.run(ctx, t, options...)
}

func (t *table) run(ctx context.Context, target Target, options ...Option) (*Report, error) {
	if err := target.validate(); err != nil {
		return nil, err
	}
	r := &runner{target: target, table: t, caller: newCaller(target), globals: target.globals(), progress: io.Discard, pause: sleep}
	r.report = &Report{Target: target.URL, contract: t.contract}
	for _, option := range options {
		option(r)
	}
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	return r.report, r.runAll(ctx)
}

// prepare waits until no earlier run's guesses count, then looks at what the server holds.
func (r *runner) prepare(ctx context.Context) error {
	if err := r.awaitGuesses(ctx); err != nil {
		return err
	}
	r.survey = &survey{
		caller: r.caller, store: r.globals["store"], secret: r.target.Secret, auth: r.globals["auth"], bound: map[string]vars{},
		needed: r.needed(),
	}
	err := r.survey.look(ctx)
	if err == nil {
		err = r.lookAtOther(ctx)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("survey: %w", ctx.Err())
	}
	if err != nil {
		r.report.add(Result{Section: "1", Case: "the survey of what the server holds", Outcome: Failed, Failure: &Failure{Got: r.target.hide(err.Error())}})
	}
	r.globals["noOrder"] = r.survey.beyond()
	r.findSpares()
	return nil
}

func (r *runner) lookAtOther(ctx context.Context) error {
	if r.target.OtherStore == 0 {
		return nil
	}
	other := &survey{caller: r.caller, store: strconv.FormatInt(r.target.OtherStore, 10), secret: r.target.OtherSecret}
	other.auth = credentials(other.store, other.secret)
	return r.survey.bindOther(ctx, other)
}

// findSpares puts test orders aside that a case may use up, when no order can be placed;
// none that another case counts on.
func (r *runner) findSpares() {
	taken := map[string]bool{}
	for kind, v := range r.survey.bound {
		taken[v[kind]] = true
	}
	for _, o := range r.survey.orders {
		if o.Test && o.Status == "IGLOBAL_ORDER_IN_PROCESS" && o.MerchantID == "" && !taken[o.ID] {
			r.spares = append(r.spares, o)
		}
	}
}

// runAll runs what reads, then what writes, then what spoils something for a while.
func (r *runner) runAll(ctx context.Context) error {
	for turn := range 3 {
		for _, c := range r.table.cases {
			if c.turn() != turn || !r.runs(c) {
				continue
			}
			for _, row := range c.rows() {
				r.report.add(r.tryCase(ctx, c, row))
				if ctx.Err() != nil {
					return fmt.Errorf("run: %w", ctx.Err())
				}
			}
		}
	}
	return nil
}

func (r *runner) runs(c *Case) bool { return r.only == nil || r.only.MatchString(c.Name) }

// needed says what the cases that run need.
func (r *runner) needed() func(string) bool {
	all := map[string]bool{}
	for _, c := range r.table.cases {
		for _, row := range c.rows() {
			for _, name := range c.needsOf(row) {
				all[name] = all[name] || r.runs(c)
			}
		}
	}
	return func(name string) bool { return all[name] }
}

func (c *Case) turn() int {
	switch {
	case c.Last:
		return 2
	case c.Write:
		return 1
	}
	return 0
}

func (r *runner) runCase(ctx context.Context, c *Case, row row) Result {
	result := Result{Section: c.Section, Case: c.Name, Row: label(row), Shows: c.Shows}
	v, err := r.bind(ctx, c, row)
	if err != nil {
		result.Outcome, result.Reason = NotShown, r.target.hide(err.Error())
		return result
	}
	if result.Failure = r.steps(ctx, c.Steps, v); result.Failure != nil {
		result.Outcome = Failed
	}
	return result
}

var errOnlyReads = errors.New("it writes, and the run only reads")

// bind meets the needs of a case; an error says which is not met.
func (r *runner) bind(ctx context.Context, c *Case, row row) (vars, error) {
	if c.Write && !r.target.Write {
		return nil, errOnlyReads
	}
	r.globals["guessesLeft"] = strconv.Itoa(mostGuesses - r.guesses)
	v := r.globals.with(nil)
	for _, name := range c.needsOf(row) {
		found, err := r.meet(ctx, name)
		if err != nil {
			return nil, err
		}
		v = v.with(found)
	}
	return v.row(row)
}

func (r *runner) meet(ctx context.Context, name string) (vars, error) {
	switch {
	case name == needGuesses && time.Since(r.firstGuess) < guessWindow:
		return nil, nil
	case name == needFresh && r.target.Place != nil:
		return r.placeFresh(ctx)
	case name == needFresh && len(r.spares) > 0:
		o := r.spares[0]
		r.spares = r.spares[1:]
		return vars{"fresh": o.ID, "freshNumber": o.Number}, nil
	case r.survey.bound[name] != nil:
		return r.survey.bound[name], nil
	case r.target.settings()[name] != nil:
		return r.target.settings()[name], nil
	}
	return nil, fmt.Errorf("needs %s", needs[name].means)
}

const freshCart = `"items":[{"description":"Conformance article","quantity":1,"unitPrice":"1.00"}]`

// placeFresh makes a cart and has an order placed of it.
func (r *runner) placeFresh(ctx context.Context) (vars, error) {
	a, err := r.survey.call(ctx, "/v1/createTempCart", freshCart)
	if err != nil {
		return nil, fmt.Errorf("no new order: %w", err)
	}
	doc, err := match.Parse(a.body)
	if err != nil || doc.Get("tempCartUUID") == nil {
		return nil, fmt.Errorf("no new order: no cart, but %s", a.describe())
	}
	v, err := r.place(ctx, doc.Get("tempCartUUID").Value(), "fresh")
	if err != nil {
		return nil, fmt.Errorf("no new order: %w", err)
	}
	return v, r.inProcess(ctx, v["fresh"])
}

// inProcess says whether the order may be moved, and does not await screening.
func (r *runner) inProcess(ctx context.Context, id string) error {
	order, err := r.survey.detail(ctx, `"orderId":`+match.Quote(id))
	if err != nil {
		return fmt.Errorf("no new order: %w", err)
	}
	if status := order.Get("orderStatus").Value(); status != "IGLOBAL_ORDER_IN_PROCESS" {
		return fmt.Errorf("no new order in process: %s began as %q", id, status)
	}
	return nil
}
