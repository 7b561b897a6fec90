// Command entrepot is a self-hosted service that is compatible with the order
// API of Zonos Checkout (formerly iGlobal Stores).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is stamped by the build.
var version = "devel"

// cli are the sub-commands. Every flag is also an environment variable.
type cli struct {
	Demo        demoCommand        `cmd:"" help:"Serve a store full of believable orders, to try things on."`
	Serve       serveCommand       `cmd:"" help:"Serve the API over a database."`
	Store       storeCommands      `cmd:"" help:"Add, show and change stores."`
	Order       orderCommands      `cmd:"" help:"List, show and move orders; turn carts into orders."`
	Cart        cartCommands       `cmd:"" help:"List the carts that wait, and make them lapse."`
	Backup      backupCommand      `cmd:"" help:"Copy the database to a file, while it is in use or not."`
	Restore     restoreCommand     `cmd:"" help:"Put a backup in place; nothing may serve the folder."`
	Migrate     migrateCommand     `cmd:"" help:"Bring a database's schema up to date, as its owner."`
	DB          dbCommands         `cmd:"" name:"db" help:"Copy a database of a folder into PostgreSQL."`
	Sync        syncCommands       `cmd:"" help:"Bring a store's orders into the shop's own tables, and report back."`
	Sandbox     sandboxCommands    `cmd:"" help:"Move test stores and the demo: orders, reviews, holds, carts, faults."`
	Check       checkCommand       `cmd:"" help:"Look at every order, and say what is not as it has to be."`
	Config      configCommand      `cmd:"" help:"Show the settings of serve that are in force, and where each comes from."`
	Conformance conformanceCommand `cmd:"" help:"Check any server against the contract."`
	Completion  completionCommand  `cmd:"" help:"Print what makes a shell complete these commands."`
	Complete    completeCommand    `cmd:"" hidden:"" help:"What the last word of a command line may become."`
	ConfigFile  string             `name:"config" help:"File of settings, YAML: the flags of serve by their names." placeholder:"FILE"`
	Version     kong.VersionFlag   `env:"-" help:"Print the version and exit."` // ENTREPOT_VERSION is what a deployment may well set
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// console is what a command reads from and writes to: data on Out, everything
// else on Err.
type console struct {
	Out, Err io.Writer
}

func main() { os.Exit(mainUntilSignal()) }

func mainUntilSignal() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	return run(ctx, os.Args[1:], console{Out: os.Stdout, Err: os.Stderr})
}

// run is the program without the process around it.
func run(ctx context.Context, args []string, c console) int {
	exited := -1
	parser, err := newParser(ctx, c, func(code int) { exited = code })
	if err != nil {
		return report(c.Err, err)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 { // help or the version was asked for
		return exited
	}
	if err != nil {
		if _, ok := errors.AsType[*hinted](err); !ok {
			err = withHint(err, usageHint(err))
		}
		report(c.Err, err)
		return exitUsage
	}
	if err := parsed.Run(); err != nil {
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = errors.New("interrupted") // where it was at the time is of no use to anybody
		}
		return report(c.Err, err)
	}
	return exitOK
}

// usageHint names the help of the command that was not understood.
func usageHint(err error) string {
	if p, ok := errors.AsType[*kong.ParseError](err); ok && p.Context != nil {
		for _, step := range slices.Backward(p.Context.Path) {
			if step.Command != nil && step.Command.Leaf() {
				return fmt.Sprintf("`entrepot %s --help` has examples", commandPath(step.Command))
			}
			if step.Command != nil {
				return fmt.Sprintf("`entrepot %s --help` lists the commands", commandPath(step.Command))
			}
		}
	}
	return "`entrepot --help` lists the commands"
}

// newParser reads command lines; help and the version call exit.
func newParser(ctx context.Context, c console, exit func(int)) (*kong.Kong, error) {
	parser, err := kong.New(new(cli),
		kong.Name("entrepot"),
		kong.Description("A self-hosted service that is compatible with the order API of Zonos Checkout (formerly iGlobal Stores)."),
		kong.Vars{"version": version, "addr": defaultAddr, "user": userName(), "statuses": strings.Join(shortStatuses(), ", ")},
		kong.Writers(c.Out, c.Err),
		kong.DefaultEnvars("ENTREPOT"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(exit),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
	)
	if err != nil {
		return nil, fmt.Errorf("describe the commands: %w", err)
	}
	teach(parser.Model)
	return parser, nil
}

// userName is who changes something when nobody says who: whoever uses sudo to
// become the service's user is known by their own name.
func userName() string {
	if name := os.Getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "operator"
}

// hinted is an error with advice.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

func withHint(err error, hint string) error { return &hinted{err, hint} }

// errSilent ends a command that has said itself what is wrong.
var errSilent = errors.New("failed")

func report(w io.Writer, err error) int {
	if errors.Is(err, errSilent) {
		return exitError
	}
	_, _ = fmt.Fprintf(w, "entrepot: error: %v\n", err)
	if h, ok := errors.AsType[*hinted](err); ok {
		_, _ = fmt.Fprintf(w, "entrepot: hint: %s\n", h.hint)
	}
	return exitError
}
