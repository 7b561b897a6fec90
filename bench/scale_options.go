package main

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sizing says how much bench-scale measures, and for how long.
type sizing struct {
	Template int // orders of the demo that the others are copies of
	Subset   int // orders that are asked for, and as many that are moved
	Few      int // orders without a merchant order id
	Shops    int // stores besides, to place orders in
	Batch    int // orders that are copied at a time

	Rounds        int
	Ramp, Counted time.Duration // of a round
}

var fullSizing = sizing{
	Template: 10_000, Subset: 2000, Few: 10, Shops: connections, Batch: 500_000,
	Rounds: 5, Ramp: 500 * time.Millisecond, Counted: 3 * time.Second,
}

var shortSizing = sizing{
	Template: 100, Subset: 50, Few: 3, Shops: 4, Batch: 700,
	Rounds: 2, Ramp: 10 * time.Millisecond, Counted: 80 * time.Millisecond,
}

// scaleOptions are what the command line of bench-scale says.
type scaleOptions struct {
	options
	engines []string
	sizes   []int
	check   int // sizes up to this are checked in the end
	keep    bool
}

// The engines.
const (
	onSQLite   = "sqlite"
	onPostgres = "postgres"
)

// listed is a flag of values separated by commas.
type listed struct{ to *[]string }

func (l listed) String() string { return "" }

func (l listed) Set(text string) error {
	*l.to = strings.Split(text, ",")
	return nil
}

func parseScaleOptions(args []string) (o scaleOptions, err error) {
	flags := flag.NewFlagSet("bench scale", flag.ContinueOnError)
	var sizes []string
	flags.BoolVar(&o.short, "short", false, "a quick look: few and short rounds; writes no file unless -out is given")
	flags.StringVar(&o.dir, "dir", "", "folder for the databases (default: entrepot-bench in the user's cache folder)")
	flags.StringVar(&o.out, "out", "", "file for the results (default: bench/RESULTS-SCALE.md)")
	flags.BoolVar(&o.keep, "keep", false, "leave the databases where they are, to be looked at; the next run removes those of SQLite")
	flags.IntVar(&o.check, "check", 100_000, "run `entrepot check` in the end on databases of up to this many orders")
	flags.Var(listed{&o.engines}, "engine", "sqlite or postgres (default: both, one after the other)")
	flags.Var(listed{&sizes}, "orders", "how many orders the databases have (default: 10000,1000000,10000000)")
	if err := flags.Parse(args); err != nil {
		return o, fmt.Errorf("read the command line: %w", err)
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("there is no argument %q", flags.Arg(0))
	}
	if o.sizes, err = parseSizes(sizes); err != nil {
		return o, err
	}
	return o.complete()
}

func (o scaleOptions) complete() (scaleOptions, error) {
	if len(o.engines) == 0 {
		o.engines = []string{onSQLite, onPostgres}
	}
	for _, e := range o.engines {
		if e != onSQLite && e != onPostgres {
			return o, fmt.Errorf("there is no engine %q: it is %s or %s", e, onSQLite, onPostgres)
		}
	}
	if len(o.sizes) == 0 {
		o.sizes = []int{10_000, 1_000_000, 10_000_000}
	}
	if err := o.sizing().fit(o.sizes); err != nil {
		return o, err
	}
	if o.out == "" && !o.short {
		o.out = filepath.Join("bench", "RESULTS-SCALE.md")
	}
	var err error
	o.options, err = o.withDefaults()
	return o, err
}

func (o scaleOptions) sizing() sizing {
	if o.short {
		return shortSizing
	}
	return fullSizing
}

func parseSizes(texts []string) (sizes []int, err error) {
	for _, text := range texts {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("-orders: %q is no whole number", text)
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

// perDay is how many orders a day has in every database, so that the lists of
// a day are of one length.
const perDay = 1000

var errSizes = errors.New("-orders: expected two or more sizes, ascending, each some days of 1,000 orders")

// fit sees that days and subsets come out even.
func (s sizing) fit(sizes []int) error {
	if len(sizes) < 2 || !slices.IsSorted(sizes) {
		return errSizes
	}
	for _, n := range sizes {
		if n%perDay != 0 || n%s.Subset != 0 || n < 2*s.Subset {
			return fmt.Errorf("%w (%d, and multiples of %d)", errSizes, n, s.Subset)
		}
	}
	return nil
}
