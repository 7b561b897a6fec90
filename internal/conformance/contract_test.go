package conformance

import (
	"slices"
	"strings"
	"testing"
)

const sample = "# Title\n\nWords in front. With `a. b` in them; and (a part; in brackets. yes) more.\n\n" +
	"## 1. First\n\n| key | meaning |\n| --- | --- |\n| `a` | one. Two; three |\n| `b c` | four |\nAfter the table.\n" +
	"- item one; clause\n  goes on\n- item two\n\n1. `text` (first)\n2. `text` second. And more\n\n" +
	"## 2. Second\nErrors, **exact**: `one` · `two; b` (as\nsent) · `three`; *ours*: `four` · `five`.\n" +
	"Keys: `x` (required), `y`, `z` (also), `w`.\n```json\n{\"a\": 1,\n \"b\": 2}\n```\nEnd\n"

func TestSplit(t *testing.T) {
	want := map[string][]string{
		"0": {"Words in front.", "With `a. b` in them;", "and (a part; in brackets. yes) more."},
		"1": {
			"`a` | one.", "Two; three", "`b c` | four", "After the table.",
			"item one;", "clause goes on", "item two", "1. `text` (first)", "2. `text` second.", "And more",
		},
		"2": {
			"Errors, **exact**: `one`", "Errors, **exact**: `two; b` (as sent)", "Errors, **exact**: `three`;",
			"*ours*: `four`", "*ours*: `five`.", "Keys: `x` (required),", "`y`, `z` (also),", "`w`.", `{"a": 1, "b": 2}`, "End",
		},
	}
	sections := split(sample)
	if len(sections) != 3 || sections[1].Title != "First" {
		t.Fatalf("%d sections", len(sections))
	}
	for _, s := range sections {
		var got []string
		for _, sentence := range s.Sentences {
			got = append(got, sentence.String())
			if sentence.Section != s.Number {
				t.Errorf("%s is said to be of section %s", sentence, sentence.Section)
			}
		}
		if !slices.Equal(got, want[s.Number]) {
			t.Errorf("§%s:\n got %q\nwant %q", s.Number, got, want[s.Number])
		}
	}
}

// What is cut off must not get lost: every word of the contract is in some sentence.
func TestSplitLosesNothing(t *testing.T) {
	var all strings.Builder
	for _, section := range Contract() {
		for _, s := range section.Sentences {
			all.WriteString(" " + s.String())
		}
	}
	inTable := false
	for line := range strings.SplitSeq(contractText, "\n") {
		head := strings.HasPrefix(line, "|") && !inTable
		inTable = strings.HasPrefix(line, "|")
		if head || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "```") || strings.HasPrefix(line, "| -") {
			continue
		}
		for word := range strings.FieldsSeq(strings.NewReplacer("·", " ", "|", " ").Replace(line)) {
			if word != "-" && !strings.Contains(all.String(), word) {
				t.Errorf("%q of %q is in no sentence", word, line)
			}
		}
	}
}

func TestSentencesAreSmall(t *testing.T) {
	sections := Contract()
	if len(sections) != 9 {
		t.Fatalf("%d sections, the contract has 0 to 8", len(sections))
	}
	for _, section := range sections {
		if len(section.Sentences) < 5 || section.Title == "" {
			t.Errorf("§%s %q has %d sentences", section.Number, section.Title, len(section.Sentences))
		}
		seen := map[Sentence]bool{}
		for _, s := range section.Sentences {
			if seen[s] {
				t.Errorf("§%s: %q is there twice and cannot be told apart", s.Section, s)
			}
			seen[s] = true
		}
	}
}

func TestFind(t *testing.T) {
	sections := split(sample)
	for quote, want := range map[string]string{
		"With `a. b`":           "With `a. b` in them;",
		"§2 exact[…]`one`":      "Errors, **exact**: `one`",
		"§1 `text` (first)":     "1. `text` (first)",
		"`two; b`\n   (as sent": "Errors, **exact**: `two; b` (as sent)",
		"§2 `three`;":           "Errors, **exact**: `three`;",
		"`five`.":               "*ours*: `five`.",
	} {
		got, err := find(sections, quote)
		if err != nil || got.String() != want {
			t.Errorf("%q: %q, %v", quote, got, err)
		}
	}
	for _, quote := range []string{"", "§1", "§9 Words", "§1 Words", "no such words", "`text`", "Errors, **exact**", "`one`[…]Errors", "with `A. B`"} {
		if got, err := find(sections, quote); err == nil {
			t.Errorf("%q was found in %q", quote, got)
		}
	}
}
