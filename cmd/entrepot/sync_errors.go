package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"

	"entrepot/client"
	"entrepot/internal/fault"
	"entrepot/internal/merchantsync"
)

// leaves are the errors that were joined, those with the same cause once: when
// the service cannot be reached, every step of a run says so.
func leaves(err error) (list []error) {
	seen := map[string]bool{}
	var collect func(error)
	collect = func(err error) {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, one := range joined.Unwrap() {
				collect(one)
			}
			return
		}
		if err != nil && !seen[cause(err)] {
			seen[cause(err)] = true
			list = append(list, err)
		}
	}
	collect(err)
	return list
}

// cause is what lies at the bottom of an error, without the request.
func cause(err error) string {
	if of, ok := errors.AsType[*net.OpError](err); ok {
		return of.Error()
	}
	if of, ok := errors.AsType[*client.Error](err); ok {
		return of.Err.Error()
	}
	return err.Error()
}

// several reports what went wrong, each with its hint, but for the last, which
// is for main to report.
func several(ctx context.Context, w io.Writer, err error, explain func(error) error) error {
	list := leaves(err)
	if len(list) == 0 || ctx.Err() != nil {
		return err
	}
	last := len(list) - 1
	for _, one := range list[:last] {
		report(w, explain(one))
	}
	return explain(list[last])
}

// explain adds what helps to what may go wrong.
func (f *syncFlags) explain(err error) error {
	if _, hintedAlready := errors.AsType[*hinted](err); hintedAlready {
		return err
	}
	if hint := f.hint(err); hint != "" {
		return withHint(err, hint)
	}
	return f.explainTables(err)
}

// nextRun calms.
const nextRun = "nothing is lost: the next run goes on where this one ended"

func (f *syncFlags) hint(err error) string {
	switch {
	case isError[*client.InvalidCredentialsError](err):
		return fmt.Sprintf("is %d the store's number, and %s its present secret? The service does not say which is wrong", f.Store, f.SecretFile)
	case isError[*client.StoreLoadingError](err):
		return "the store takes orders from elsewhere just now; its operator opens it with `entrepot store open`"
	case isError[*client.NotAPIError](err):
		return fmt.Sprintf("is %s the service's address, without a path? %s", f.URL, strings.ToUpper(nextRun[:1])+nextRun[1:])
	case isError[*client.Error](err) && client.Temporary(err):
		return nextRun
	case isError[*client.Error](err):
		return "is --url the service's address? " + strings.ToUpper(nextRun[:1]) + nextRun[1:]
	}
	return ""
}

func isError[T error](err error) bool {
	_, is := errors.AsType[T](err)
	return is
}

// explainTables adds what helps with the shop's database.
func (f ledgerFlags) explainTables(err error) error {
	switch {
	case errors.Is(err, merchantsync.ErrInUse):
		return withHint(err, "one `entrepot sync` at a time writes for a store; stop the other one, or wait for it")
	case fault.Is(err, fault.Invalid):
		return withHint(flagError(err), "--db is a file, such as orders.db, or postgres://USER@HOST/NAME with --db-password-file")
	case fault.Is(err, fault.Unsupported):
		return withHint(err, "is --db the right database? One that a newer program has used needs that program")
	case fault.Is(err, fault.NotFound):
		return withHint(err, "`entrepot sync once` makes the tables")
	case fault.Is(err, fault.Unavailable):
		return withHint(err, "are --db and --db-password-file right, and is the database up? What is in the tables stays")
	case isError[*fs.PathError](err):
		return withHint(err, "--db names a file; its user needs the right to write it and its folder")
	}
	return err
}

// flagError names the flag that a value came from.
func flagError(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	flag := "--db"
	if f.Field == "store" {
		flag = "--store"
	}
	return fmt.Errorf("%s %s", flag, f.Message)
}
