package destination_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"entrepot/internal/merchantsync"
	"entrepot/internal/merchantsync/destination"
	"entrepot/internal/testkit"
)

// writerEnv makes the test binary a program that writes a file of JSON Lines
// in the folder that it names.
const writerEnv = "ENTREPOT_TEST_WRITER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(writerEnv); folder != "" {
		if err := writer(folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// writerChanges is how many changes the program writes.
const writerChanges = 2000

func writer(folder string) error {
	j, err := writerJournal(folder)
	if err != nil {
		return err
	}
	j.after = func() error {
		fmt.Println("saved")
		return save(folder, j.s.positions[name])
	}
	feed := merchantsync.NewJournalFeed(j.file(), merchantsync.FeedOptions{Ledger: j, Name: name})
	_, err = feed.Pass(context.Background())
	return err
}

func writerJournal(folder string) (*journal, error) {
	j := &journal{memory: newMemory(), path: filepath.Join(folder, "orders"), format: destination.JSONLines()}
	j.fill(writerChanges, nil)
	position, err := os.ReadFile(filepath.Join(folder, "position"))
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	if err == nil {
		j.s.positions[name], err = strconv.ParseInt(string(position), 10, 64)
	}
	return j, err
}

// save is what a database does at its commit, but for the disk.
func save(folder string, position int64) error {
	to := filepath.Join(folder, "position")
	if err := os.WriteFile(to+".new", strconv.AppendInt(nil, position, 10), 0o600); err != nil {
		return err
	}
	return os.Rename(to+".new", to)
}

func writerCommand(ctx context.Context, t *testing.T, folder string, argv ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	argv = append(argv, self)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = append(os.Environ(), writerEnv+"="+folder)
	return cmd
}

// TestKilledWriter kills the program at random points until it is through.
func TestKilledWriter(t *testing.T) {
	folder, seed := t.TempDir(), rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	for kills := 0; ; kills++ {
		if !killWriter(t, folder, dice.IntN(4), dice.IntN(200_000)) {
			if kills == 0 {
				t.Error("the program was never killed")
			}
			break
		}
	}
	j, err := writerJournal(folder)
	if err != nil {
		t.Fatal(err)
	}
	j.holdsAll(t)
	if position := j.s.positions[name]; position != writerChanges {
		t.Errorf("the position is %d, want %d", position, writerChanges)
	}
}

// killWriter lets the program save its position some times and go on for some
// turns of a loop. It reports false when the program was faster.
func killWriter(t *testing.T, folder string, saves, spins int) bool {
	t.Helper()
	cmd := writerCommand(t.Context(), t, folder)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range saves {
		lines.Scan()
	}
	for range spins {
		_ = dice() // where in the next step it is killed is left to chance
	}
	_ = cmd.Process.Kill() // it may have ended
	for lines.Scan() {
	}
	err = cmd.Wait()
	if cmd.ProcessState.Exited() && err != nil {
		t.Fatal(err)
	}
	return err != nil
}

func dice() int { return rand.IntN(6) }

// TestDiskBeforePosition looks at the program's calls: what was written is on
// disk before the position says so.
func TestDiskBeforePosition(t *testing.T) {
	testkit.Need(t, testkit.Strace)
	folder := t.TempDir()
	trace := filepath.Join(folder, "trace")
	cmd := writerCommand(t.Context(), t, folder, "strace", "-f", "-y", "-s", "16", "-o", trace,
		"-e", "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	if saves := checkTrace(t, string(text), filepath.Join(folder, "orders")); saves < writerChanges/200 {
		t.Errorf("the trace shows %d saved positions", saves)
	}
}

var tracedCall = regexp.MustCompile(`^\d+ +(?:<\.\.\. )?(write|pwrite64|fsync|fdatasync|rename\w*)\b`)

func checkTrace(t *testing.T, trace, path string) (saves int) {
	t.Helper()
	dirty, folderSynced := false, false
	for line := range strings.Lines(trace) {
		call := tracedCall.FindStringSubmatch(line)
		switch {
		case call == nil:
		case strings.HasPrefix(call[1], "rename") && strings.Contains(line, "position"):
			saves++
			if dirty || !folderSynced {
				t.Errorf("the position was saved before the file was on disk: %s", line)
			}
		case strings.HasSuffix(call[1], "sync") && strings.Contains(line, "<"+path+">"):
			dirty = false
		case strings.HasSuffix(call[1], "sync") && strings.Contains(line, "<"+filepath.Dir(path)+">"):
			folderSynced = true
		case strings.Contains(call[1], "write") && strings.Contains(line, "<"+path+">"):
			dirty = true
		}
	}
	return saves
}
