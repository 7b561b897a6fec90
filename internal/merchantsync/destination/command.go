package destination

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"entrepot/internal/merchantsync"
)

// Command is a receiver that starts a program for each change. It gets the
// message on its standard input, takes the change by ending with 0, and may
// answer with the shop's own id on its standard output.
type Command struct {
	argv    []string
	timeout time.Duration
	env     []string
}

// CommandOptions change how a Command works.
type CommandOptions struct {
	Shell   bool          // argv is one text for /bin/sh
	Timeout time.Duration // 30 s when zero; then the program is killed
	Env     []string      // variables by name that the program gets besides
}

var errNoCommand = errors.New("the command is empty")

// passedOn are variables without which ordinary programs stumble. No other is
// passed on: the daemon's own may hold secrets.
var passedOn = []string{"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"}

// NewCommand looks for the program, so that a typing mistake shows at once.
func NewCommand(argv []string, o CommandOptions) (*Command, error) {
	if len(argv) == 0 || argv[0] == "" {
		return nil, errNoCommand
	}
	if o.Shell {
		argv = []string{"/bin/sh", "-c", strings.Join(argv, " ")}
	}
	if _, err := exec.LookPath(argv[0]); err != nil {
		return nil, fmt.Errorf("find the command: %w", err)
	}
	c := &Command{argv: argv, timeout: cmp.Or(o.Timeout, defaultTimeout)}
	for _, name := range append(passedOn, o.Env...) {
		if value, set := os.LookupEnv(name); set {
			c.env = append(c.env, name+"="+value)
		}
	}
	return c, nil
}

// defaultTimeout is how long a receiver may take for a change.
const defaultTimeout = 30 * time.Second

// Deliver runs the program once.
func (c *Command) Deliver(ctx context.Context, change merchantsync.Change) (string, error) {
	message, err := Message(&change)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	out, said := &start{most: maxAnswer}, &tail{most: 4 * maxReason}
	cmd := c.prepare(ctx, &change)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(message), out, said
	err = runTied(cmd)
	if err == nil || errors.Is(err, exec.ErrWaitDelay) && cmd.ProcessState.Success() {
		return merchantOrderID(out.kept), nil
	}
	return "", c.failure(ctx, err, said.kept)
}

// pipesDelay is how long pipes may stay open that the program left to others.
const pipesDelay = time.Second

func (c *Command) prepare(ctx context.Context, change *merchantsync.Change) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.argv[0], c.argv[1:]...) //nolint:gosec // the operator names the command
	cmd.Env = slices.Concat(c.env, []string{
		"ENTREPOT_KEY=" + Key(change), "ENTREPOT_ORDER_ID=" + string(change.OrderID), "ENTREPOT_KIND=" + string(change.Kind),
	})
	cmd.WaitDelay = pipesDelay
	return cmd
}

// failure says why, with the end of what the program said of it.
func (c *Command) failure(ctx context.Context, err error, said []byte) error {
	what := err.Error()
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		what = fmt.Sprintf("took longer than %s and was killed", c.timeout)
	}
	if text := excerpt(lastLines(said)); text != "" {
		what += ": " + text
	}
	return notTaken("%s", what)
}

// saidLines is how many lines of standard error are a reason.
const saidLines = 5

func lastLines(said []byte) []byte {
	lines := bytes.Split(bytes.TrimSpace(said), []byte("\n"))
	return bytes.Join(lines[max(0, len(lines)-saidLines):], []byte("\n"))
}
