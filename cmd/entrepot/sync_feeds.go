package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/destination"
)

// feedFlags say who else gets what is in the tables.
type feedFlags struct {
	JSONL             string        `name:"jsonl" help:"File that gets a line of JSON for each change of an order." placeholder:"FILE" type:"path"`
	CSV               string        `name:"csv" help:"File that gets a line of CSV for each change of an order." placeholder:"FILE" type:"path"`
	Command           string        `help:"Program that gets each change on its standard input, and may answer with the shop's own id." placeholder:"PROGRAM"`
	ShellCommand      string        `help:"The same, as a line for /bin/sh." placeholder:"TEXT"`
	Webhook           string        `help:"Address to which each change is posted, and that may answer with the shop's own id." placeholder:"URL"`
	WebhookSecretFile string        `help:"File that holds what the posts are signed with." placeholder:"FILE" type:"existingfile"`
	ReceiverTimeout   time.Duration `help:"How long the command or the webhook may take for a change." default:"30s"`
	Reports           string        `help:"CSV file of what to report, read anew at each run: order_id, kind, value." placeholder:"FILE" type:"path"`
}

// feeds are the destinations, by the names that the tables have for them.
func (f *feedFlags) feeds(s syncing) (feeds []merchantsync.Feed, err error) {
	common := func(name string) merchantsync.FeedOptions {
		return merchantsync.FeedOptions{Ledger: s.ledger, Name: name, Log: s.log}
	}
	for _, file := range []struct {
		name, path string
		format     destination.Format
	}{{"jsonl", f.JSONL, destination.JSONLines()}, {"csv", f.CSV, destination.CSV()}} {
		if file.path != "" {
			feeds = append(feeds, merchantsync.NewJournalFeed(destination.NewFile(file.path, s.store, file.format), common(file.name)))
		}
	}
	receivers, err := f.receivers()
	for name, r := range receivers {
		feeds = append(feeds, merchantsync.NewReceiverFeed(r, merchantsync.ReceiverOptions{FeedOptions: common(name)}))
	}
	return feeds, err
}

// check looks at what cannot be right, before anything is opened.
func (f *feedFlags) check() error {
	switch {
	case f.Command != "" && f.ShellCommand != "":
		return errors.New("--command and --shell-command are the same destination; give one of them")
	case f.WebhookSecretFile != "" && f.Webhook == "":
		return errors.New("--webhook-secret-file signs what goes to --webhook, which is missing")
	case f.JSONL != "" && f.JSONL == f.CSV:
		return errors.New("--jsonl and --csv name the same file")
	case f.ReceiverTimeout <= 0:
		return fmt.Errorf("--receiver-timeout is %s; expected more than nothing", f.ReceiverTimeout)
	}
	return nil
}

func (f *feedFlags) receivers() (map[string]merchantsync.Receiver, error) {
	receivers := map[string]merchantsync.Receiver{}
	if line := f.Command + f.ShellCommand; line != "" {
		command, err := destination.NewCommand([]string{line}, destination.CommandOptions{Shell: f.ShellCommand != "", Timeout: f.ReceiverTimeout})
		if err != nil {
			return nil, withHint(err, "--command is one program, without arguments; --shell-command takes a line with them")
		}
		receivers["command"] = command
	}
	if f.Webhook != "" {
		webhook, err := destination.NewWebhook(f.Webhook, destination.WebhookOptions{SecretFile: f.WebhookSecretFile, Timeout: f.ReceiverTimeout})
		if err != nil {
			return nil, withHint(fmt.Errorf("--webhook: %w", err), "--webhook is an address such as https://shop.example.com/orders; --webhook-secret-file holds what posts are signed with")
		}
		receivers["webhook"] = webhook
	}
	return receivers, nil
}

// drain feeds every destination until nothing is due.
func drain(ctx context.Context, feeds []merchantsync.Feed) error {
	var failed []error
	for _, f := range feeds {
		_, err := f.Pass(ctx)
		failed = append(failed, explainFeed(f.Name(), err))
	}
	return errors.Join(failed...)
}

// explainFeed says what to do about a destination that cannot be fed.
func explainFeed(name string, err error) error {
	if j, ok := errors.AsType[*merchantsync.JournalError](err); ok {
		return withHint(j, j.Hint)
	}
	if err == nil || isError[*fault.Error](err) || errors.Is(err, merchantsync.ErrInUse) {
		return err // of the tables
	}
	return withHint(err, "the tables have everything; "+name+" gets what it lacks as soon as it can be written")
}

// readReports adds what the CSV file says; a file that is not there yet says
// nothing.
func (f *feedFlags) readReports(ctx context.Context, s syncing) error {
	if f.Reports == "" {
		return nil
	}
	_, err := addReports(ctx, s.ledger, s.store, f.Reports)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// addReports adds the lines of a CSV file that were not added before. The
// error names those that are wrong.
func addReports(ctx context.Context, tables merchantsync.Ledger, store int64, path string) (added int, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return 0, fmt.Errorf("read the reports: %w", err)
	}
	defer file.Close()
	reports, wrong, err := merchantsync.ReadReports(file, store, time.Now())
	if err != nil {
		return 0, withHint(fmt.Errorf("read the reports in %s: %w", path, err), "the first line names the columns: order_id,kind,value")
	}
	err = tables.InTx(ctx, func(tx merchantsync.Tx) error {
		added, err = tx.AddReports(reports)
		return err
	})
	if err == nil && len(wrong) > 0 {
		err = withHint(&wrongLines{path, wrong}, "mend them and give the file again; what is there already is not added twice")
	}
	return added, err
}

// wrongLines are lines of a file of reports that were left out.
type wrongLines struct {
	path  string
	lines []*merchantsync.CSVError
}

// shownLines is how many wrong lines are named.
const shownLines = 5

func (w *wrongLines) Error() string {
	var some []string
	for _, line := range w.lines[:min(shownLines, len(w.lines))] {
		some = append(some, line.Error())
	}
	if more := len(w.lines) - len(some); more > 0 {
		some = append(some, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("%s: left out %s", w.path, strings.Join(some, "; "))
}

// places are the wrong lines without what stands in them, which may be
// personal.
func (w *wrongLines) places() (numbers []int) {
	for _, line := range w.lines[:min(shownLines, len(w.lines))] {
		numbers = append(numbers, line.Line)
	}
	return numbers
}
