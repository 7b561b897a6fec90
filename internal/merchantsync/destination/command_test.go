package destination_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/destination"
)

func shell(t *testing.T, script string, o destination.CommandOptions) *destination.Command {
	t.Helper()
	o.Shell = true
	c, err := destination.NewCommand([]string{script}, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCommandAnswers(t *testing.T) {
	for script, want := range map[string]struct{ id, failed string }{
		`cat >/dev/null; echo '{"merchantOrderId": "12-34567"}'`: {id: "12-34567"},
		`true`:                      {},
		`echo taken`:                {},
		`head -c 1000000 /dev/zero`: {},
		`echo '{"merchantOrderId": "12"}'; exit 3`:                  {failed: "exit status 3"},
		`for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 1`: {failed: "exit status 1: line 3 line 4 line 5 line 6 line 7"},
		`kill -9 $$`: {failed: "killed"},
		// What it leaves behind keeps the pipes open and must not hold us up.
		`sleep 1000 & echo $! >&2; echo '{"merchantOrderId": 7}'`: {id: "7"},
	} {
		id, err := shell(t, strings.Replace(script, "sleep 1000 &", "sleep 5 &", 1), destination.CommandOptions{}).Deliver(t.Context(), changeOf(7, 1001, false))
		if id != want.id || (err == nil) != (want.failed == "") || (err != nil && !strings.Contains(err.Error(), want.failed)) {
			t.Errorf("%s: %q, %v", script, id, err)
		}
	}
}

// TestCommandGets what it needs, and none of the daemon's variables.
func TestCommandGets(t *testing.T) {
	t.Setenv("ENTREPOT_SECRET", "hush")
	t.Setenv("SHOP_DATABASE", "shop")
	folder := t.TempDir()
	c := shell(t, `cat > "`+folder+`/in"; env > "`+folder+`/env"`, destination.CommandOptions{Env: []string{"SHOP_DATABASE"}})
	change := changeOf(7, 1001, false)
	if _, err := c.Deliver(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	message, err := destination.Message(&change)
	if got := read(t, filepath.Join(folder, "in")); err != nil || got != string(message) {
		t.Errorf("the program got %s, want %s", got, message)
	}
	env := "\n" + read(t, filepath.Join(folder, "env"))
	for _, want := range []string{"ENTREPOT_KEY=999-7", "ENTREPOT_ORDER_ID=999-1001", "ENTREPOT_KIND=imported", "SHOP_DATABASE=shop", "PATH=" + os.Getenv("PATH")} {
		if !strings.Contains(env, "\n"+want+"\n") {
			t.Errorf("there is no %s in %s", want, env)
		}
	}
	if strings.Contains(env, "hush") {
		t.Errorf("the program got a secret: %s", env)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestCommandWithoutShell passes arguments on as they are.
func TestCommandWithoutShell(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file; $(true)")
	c, err := destination.NewCommand([]string{"cp", "/dev/stdin", file}, destination.CommandOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Deliver(t.Context(), changeOf(7, 1001, false)); err != nil || !strings.HasPrefix(read(t, file), `{"key":"999-7"`) {
		t.Errorf("%v", err)
	}
}

func TestNoCommand(t *testing.T) {
	for _, argv := range [][]string{nil, {""}, {"/there/is/none"}, {"there-is-no-such-program"}} {
		if _, err := destination.NewCommand(argv, destination.CommandOptions{}); err == nil {
			t.Errorf("%q is taken", argv)
		}
	}
}

// TestCommandIsKilled with all that it started, when it takes too long and
// when the daemon ends.
func TestCommandIsKilled(t *testing.T) {
	for what, timeout := range map[string]time.Duration{"too long": 300 * time.Millisecond, "stopped": time.Hour} {
		file := filepath.Join(t.TempDir(), "pid")
		c := shell(t, `sleep 600 & echo $! >"`+file+`.new"; mv "`+file+`.new" "`+file+`"; echo waiting >&2; wait`, destination.CommandOptions{Timeout: timeout})
		ctx, stop := context.WithCancel(t.Context())
		if timeout == time.Hour {
			go func() { waitFor(ctx, file); stop() }()
		}
		_, err := c.Deliver(ctx, changeOf(7, 1001, false))
		stop()
		var told *merchantsync.NotTakenError
		if !errors.As(err, &told) || told.Refused || !strings.Contains(told.Reason, map[string]string{"too long": "took longer than 300ms and was killed", "stopped": ""}[what]) {
			t.Errorf("%s: %v", what, err)
		}
		awaitEnd(t, what, file)
	}
}

func waitFor(ctx context.Context, file string) {
	for ctx.Err() == nil {
		if _, err := os.Stat(file); err == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// awaitEnd fails when a process lives on: it would for minutes.
func awaitEnd(t *testing.T, what, file string) {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(read(t, file)))
	if err != nil {
		t.Fatal(err)
	}
	for range 10_000 {
		if ended(pid) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%s: process %d lives on", what, pid)
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// ended counts a process as such that nobody has asked about yet.
func ended(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, state, _ := strings.Cut(string(stat), ") ")
	return err != nil || strings.HasPrefix(state, "Z")
}
