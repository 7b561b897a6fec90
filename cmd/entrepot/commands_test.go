package main

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"entrepot/internal/order"
)

func testParser(t *testing.T) *kong.Kong {
	t.Helper()
	var discarded strings.Builder
	parser, err := newParser(context.Background(), console{Out: &discarded, Err: &discarded}, func(code int) {
		t.Errorf("parsing ends the program with %d", code)
	})
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// TestExamples sees that the help of every command has an example of it, and
// that every example is a command line.
func TestExamples(t *testing.T) {
	leaves := testParser(t).Model.Leaves(true)
	if len(leaves) < 20 {
		t.Fatalf("there are %d commands", len(leaves))
	}
	paths := map[string]bool{}
	for _, node := range leaves {
		path := commandPath(node)
		paths[path] = true
		lines := exampleLines(node.Detail)
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l+" ", "entrepot "+path+" ") }) {
			t.Errorf("the help of %s has no example of it", path)
		}
		for _, line := range lines {
			// The files of the examples are not there.
			if _, err := testParser(t).Parse(arguments(line)); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	for path := range examples {
		if !paths[path] {
			t.Errorf("there are examples of %s, and no such command", path)
		}
	}
}

func exampleLines(detail string) (lines []string) {
	for line := range strings.SplitSeq(detail, "\n") {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "  #")
		line, _, _ = strings.Cut(line, " > ")
		line, _, _ = strings.Cut(line, " | ")
		if strings.HasPrefix(line, "entrepot ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// word is one of a shell's.
var word = regexp.MustCompile(`(?:'[^']*'|"[^"]*"|\$\([^)]*\)|[^\s'"])+`)

// arguments are the words after the program.
func arguments(line string) (args []string) {
	for _, w := range word.FindAllString(line, -1)[1:] {
		args = append(args, strings.Trim(w, `'"`))
	}
	return args
}

// TestMoveCommands sees that every move of the system has its command.
func TestMoveCommands(t *testing.T) {
	app := testParser(t).Model
	var paths []string
	for _, node := range app.Leaves(true) {
		paths = append(paths, commandPath(node))
	}
	for _, move := range order.Moves() {
		name := commandOf[move]
		if move != order.Vendor && !slices.Contains(paths, "order "+name) {
			t.Errorf("the move %s has no command (%q)", move, name)
		}
	}
}

func TestCompletion(t *testing.T) {
	app := testParser(t).Model.Node
	tests := []struct {
		words string // the last one may be empty
		want  []string
	}{
		{"order h", []string{"history", "hold"}},
		{"order refuse", []string{"refuse-cancellation"}},
		{"order hold --rea", []string{"--reason"}},
		{"order hold 999-1 --rea", []string{"--reason"}},
		{"order hold --reason order --j", []string{"--json"}}, // order is the reason's value
		{"order list --status on", []string{"on-hold"}},
		{"order list --status=on", []string{"--status=on-hold"}},
		{"order list --status = on", []string{"on-hold"}}, // as bash splits it
		{"order list --data ", nil},                       // files
		{"order list --json ", nil},                       // a flag without a value
		{"order list --nothing ", nil},
		{"completion ", []string{"bash", "zsh", "fish"}},
		{"completion f", []string{"fish"}},
		{"store set --no-re", []string{"--no-require-secret-for-carts"}},
		{"store set --state ", []string{"open", "closed"}},
		{"comp", []string{"completion"}},
		{"frobnicate x", nil},
	}
	for _, test := range tests {
		got := candidates(app, strings.Split(test.words, " "))
		if !slices.Equal(got, test.want) {
			t.Errorf("%q may become %q, want %q", test.words, got, test.want)
		}
	}
	if all := candidates(app, nil); !slices.Contains(all, "order") || slices.Contains(all, "complete") {
		t.Errorf("the commands are %q", all)
	}
	if list := candidates(app, []string{"order", "list", "--status", "="}); !slices.Equal(list, shortStatuses()) {
		t.Errorf("after --status= there are %q", list)
	}
}

func TestPrintable(t *testing.T) {
	tests := map[string]string{
		"Zoë Müller 東京": "Zoë Müller 東京",
		"a\nb\tc":       "a b c",
		"\x1b[31mred":   "\ufffd[31mred",
		"\u202eevil":    "\ufffdevil",
		"\x00":          "\ufffd",
	}
	for text, want := range tests {
		if got := printable(text); got != want {
			t.Errorf("%q is printed as %q, want %q", text, got, want)
		}
	}
}
