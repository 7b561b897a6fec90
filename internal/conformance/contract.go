package conformance

import (
	_ "embed" // the contract's text
	"fmt"
	"strings"
	"sync"
)

//go:embed contract.md
var contractText string

// Sentence is one unit of the contract: a sentence or a clause of one, a row of
// a table, a block of code, or one text out of a list of texts.
type Sentence struct {
	Section string // its number; "0" stands before the first section
	Lead    string // of a text in a list: what stands before the list
	Text    string
}

func (s Sentence) String() string {
	if s.Lead == "" {
		return s.Text
	}
	return s.Lead + " " + s.Text
}

// Section is a section of the contract.
type Section struct {
	Number, Title string
	Sentences     []Sentence
}

// Contract is the contract, cut into its sentences.
var Contract = sync.OnceValue(func() []Section { return split(contractText) })

// omission stands in a quote for what it leaves out.
const omission = "[…]"

// find is the one sentence that a quote is taken from. A quote may name its
// section ("§4 …") and leave words out with […].
func find(sections []Section, quote string) (Sentence, error) {
	number, pieces := parseQuote(quote)
	var found []Sentence
	for _, section := range sections {
		if number != "" && number != section.Number {
			continue
		}
		for _, s := range section.Sentences {
			if len(pieces) == 1 && s.Text == pieces[0] {
				return s, nil // although longer ones may contain it
			}
			if contains(s.String(), pieces) {
				found = append(found, s)
			}
		}
	}
	if len(found) != 1 {
		return Sentence{}, fmt.Errorf("quote %q stands in %d sentences of the contract, not in one", quote, len(found))
	}
	return found[0], nil
}

func parseQuote(quote string) (section string, pieces []string) {
	if rest, ok := strings.CutPrefix(quote, "§"); ok {
		section, quote, _ = strings.Cut(rest, " ")
	}
	for piece := range strings.SplitSeq(quote, omission) {
		pieces = append(pieces, oneLine(piece))
	}
	return section, pieces
}

// contains says whether the pieces stand in text, one behind the other.
func contains(text string, pieces []string) bool {
	for _, piece := range pieces {
		_, rest, ok := strings.Cut(text, piece)
		if piece == "" || !ok {
			return false
		}
		text = rest
	}
	return true
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
