package console_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"entrepot/internal/testkit"
)

// runs are how the code of each language is run.
var runs = map[string]struct {
	file    string
	command []string
}{
	"curl":       {"code.sh", []string{"sh"}},
	"go":         {"main.go", []string{"go", "run"}},
	"php":        {"code.php", []string{"php"}},
	"python":     {"code.py", []string{"python3"}},
	"javascript": {"code.mjs", []string{"node"}},
	"ruby":       {"code.rb", []string{"ruby"}},
}

// hard is a body with what is hard to quote, in some language or other.
const hard = `{
  "store": 999,
  "secret": "{secret}",
  "orderId": "'\"\\ $HOME #{1} %s ${a} é 🛒 \u2028 @ !` + "`" + `"
}`

// The code that the page shows does what it says, as it stands there.
func TestCodeRuns(t *testing.T) {
	t.Parallel()
	testkit.Need(t, testkit.Languages, testkit.Curl)
	s := open(t, setup{orders: 50})
	b := newTab(t, s.url)
	b.open(s.url + "/console?endpoint=orderNumbers&example=statuses")
	b.set("#store", "999")
	b.set("#secret", secret)
	b.filled()
	for name := range runs {
		if text := b.code(name); strings.Contains(text, secret) || !strings.Contains(text, "YOUR-SECRET") {
			t.Errorf("%s has the secret without being asked to:\n%s", name, text)
		}
	}
	eval[bool](b, `(document.getElementById('with-secret').click(), true)`)
	for _, example := range []struct{ endpoint, name, body string }{
		{"orderNumbers", "statuses", ""},
		{"orderDetail", "orderId", hard},
		{"orderNumbers", "OnlyPost", ""},
	} {
		b.choose(example.endpoint, example.name)
		if example.body != "" {
			b.set("#body", example.body)
		}
		b.send()
		want := eval[string](b, `(() => { const rows = [...document.querySelectorAll('#viewer .row')]; return rows.map((r) => r.textContent.replace(/^[▾▸]/, '')).join(''); })()`)
		for name := range runs {
			t.Run(example.name+" "+name, func(t *testing.T) {
				if got := runCode(t, name, b.code(name)); flattened(got) != flattened(want) {
					t.Errorf("answered %s, the page has %s", got, want)
				}
			})
		}
	}
}

// code is what the page shows of a language.
func (b *tab) code(language string) string {
	b.t.Helper()
	b.set("#language", language)
	return b.text("#code")
}

// runCode answers the last line, which is the answer's body.
func runCode(t *testing.T, language, text string) string {
	t.Helper()
	how := runs[language]
	file := filepath.Join(t.TempDir(), how.file)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), how.command[0], append(how.command[1:], file)...) //nolint:gosec // ours
	command.Env = append(os.Environ(), "GOFLAGS=")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, text)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// flattened is JSON without its white space.
func flattened(text string) string {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return text
	}
	made, err := json.Marshal(value)
	if err != nil {
		return text
	}
	return string(made)
}
