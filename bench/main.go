// Command bench measures the program that is shipped, beside a bare net/http
// handler that answers the same bytes, and writes bench/RESULTS.md.
//
// It builds the binary, fills a database (kept for the next run), serves a copy
// of it, and starts itself twice more: as the clients ("load") and as the bare
// handler ("baseline"), so that each has a process of its own.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := dispatch(ctx, os.Args[1:], os.Stdin, os.Stdout)
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted") // what it ended has much to say about that
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// The parts that the bench starts itself for.
const (
	roleLoad     = "load"
	roleBaseline = "baseline"
	roleTimed    = "timed"
	roleBare     = "bare"
)

func dispatch(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == roleLoad:
		return serveJobs(ctx, in, out)
	case len(args) == 2 && args[0] == roleBaseline:
		return serveAnswers(args[1], in, out)
	case len(args) > 1 && args[0] == roleTimed:
		return json.NewEncoder(out).Encode(timeCommand(ctx, args[1:]))
	case len(args) > 1 && args[0] == roleBare:
		return doBare(args[1:])
	}
	if len(args) > 0 && args[0] == partScale {
		return measureScale(ctx, args[1:], out)
	}
	return measure(ctx, args, out)
}

// options are what the command line says.
type options struct {
	short bool
	dir   string // of the databases
	out   string // the file of the results; none when empty
	only  string // the part that is measured; all when empty
}

// The parts that can be measured by themselves.
const (
	partServing = "serving"
	partMoving  = "moving"
	partPeers   = "peers"
)

// partScale is what `make bench-scale` measures; it has options of its own.
const partScale = "scale"

func parseOptions(args []string) (options, error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	var o options
	flags.BoolVar(&o.short, "short", false, "a quick look: a small database, few and short rounds; writes no file unless -out is given")
	flags.StringVar(&o.dir, "dir", "", "folder for the databases (default: entrepot-bench in the user's cache folder)")
	flags.StringVar(&o.out, "out", "", "file for the results (default: bench/RESULTS.md)")
	flags.StringVar(&o.only, "only", "", "measure one part: serving, moving or peers; the sections of the others in the results stay as they are")
	if err := flags.Parse(args); err != nil {
		return o, fmt.Errorf("read the command line: %w", err)
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("there is no argument %q", flags.Arg(0))
	}
	if o.only != "" && !slices.Contains([]string{partServing, partMoving, partPeers}, o.only) {
		return o, fmt.Errorf("there is no part %q: it is %s, %s or %s", o.only, partServing, partMoving, partPeers)
	}
	return o.withDefaults()
}

func (o options) withDefaults() (options, error) {
	if o.out == "" && !o.short {
		o.out = filepath.Join("bench", "RESULTS.md")
	}
	if o.out != "" {
		// Known before the minutes of measuring, not after them.
		if _, err := os.Stat(filepath.Dir(o.out)); err != nil {
			return o, fmt.Errorf("the folder for the results: %w; run from the top of the repository, or give -out", err)
		}
	}
	if o.dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return o, fmt.Errorf("find the cache folder: %w; give -dir", err)
		}
		o.dir = filepath.Join(cache, "entrepot-bench")
	}
	return o, nil
}

// measures reports whether a part is measured. PocketBase, which has to be
// built, is left out of a quick look at everything.
func (o options) measures(part string) bool {
	return o.only == part || o.only == "" && (part != partPeers || !o.short)
}

// measure does everything and writes the report.
func measure(ctx context.Context, args []string, out io.Writer) error {
	o, err := parseOptions(args)
	if err != nil {
		return err
	}
	r, err := run(ctx, o, os.Stderr)
	if err != nil {
		return err
	}
	return publish(r, o.out, out)
}

// publish writes the results. Those of one part take the place of that part in
// the file.
func publish(r report, file string, out io.Writer) error {
	text := r.markdown()
	if file != "" && r.options.only != "" {
		before, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read the other results: %w", err)
		}
		text = replaceSections(string(before), r.sections())
	}
	if file != "" {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil { //nolint:gosec // it is to be read by all
			return fmt.Errorf("write the results: %w", err)
		}
	}
	_, err := io.WriteString(out, text)
	return err
}
