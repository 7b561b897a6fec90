package conformance

import (
	"regexp"
	"strings"
)

var (
	heading   = regexp.MustCompile(`^## ([0-9]+)\. (.*)`)
	listItem  = regexp.MustCompile(`^(- |([0-9]+)\. )`)
	tableRule = regexp.MustCompile(`^\|[ |-]*$`)
)

// splitter goes through the Markdown line by line and gathers blocks.
type splitter struct {
	sections []Section
	block    []string
	fenced   bool
	rows     []string
}

// split cuts Markdown into sections and these into sentences.
func split(markdown string) []Section {
	s := &splitter{sections: []Section{{Number: "0", Title: "In general"}}}
	for line := range strings.SplitSeq(markdown, "\n") {
		s.line(line)
	}
	s.endBlock()
	return s.sections
}

func (s *splitter) line(line string) {
	switch {
	case strings.HasPrefix(line, "```"):
		s.fence()
	case s.fenced:
		s.block = append(s.block, line)
	case strings.HasPrefix(line, "|"):
		s.row(line)
	case strings.HasPrefix(line, "#"):
		s.heading(line)
	case strings.TrimSpace(line) == "":
		s.endBlock()
	case listItem.MatchString(line):
		s.endBlock()
		s.block = []string{line}
	default:
		s.block = append(s.block, line)
	}
}

func (s *splitter) heading(line string) {
	s.endBlock()
	if m := heading.FindStringSubmatch(line); m != nil {
		s.sections = append(s.sections, Section{Number: m[1], Title: m[2]})
	}
}

// fence begins or ends a block of code, which is one unit.
func (s *splitter) fence() {
	if s.fenced {
		s.add(Sentence{Text: oneLine(strings.Join(s.block, " "))})
		s.block = nil
	} else {
		s.endBlock()
	}
	s.fenced = !s.fenced
}

// row holds a table's rows back until its rule shows that the one before was the head.
func (s *splitter) row(line string) {
	if len(s.rows) == 0 {
		s.endBlock()
	}
	if tableRule.MatchString(line) && strings.Contains(line, "---") {
		s.rows = []string{""}
		return
	}
	s.rows = append(s.rows, strings.Trim(line, "| "))
}

func (s *splitter) endBlock() {
	for _, row := range s.rows {
		s.addAll(cut(oneLine(row), endOfSentence))
	}
	if text := oneLine(strings.Join(s.block, " ")); text != "" {
		s.addAll(clauses(text))
	}
	s.rows, s.block = nil, nil
}

func (s *splitter) addAll(texts []string) {
	for _, text := range texts {
		for _, sentence := range itemize(text) {
			s.add(sentence)
		}
	}
}

func (s *splitter) add(sentence Sentence) {
	if sentence.Text == "" {
		return
	}
	last := &s.sections[len(s.sections)-1]
	sentence.Section = last.Number
	last.Sentences = append(last.Sentences, sentence)
}

// clauses cuts a paragraph or a list item at the ends of its sentences and at semicolons.
func clauses(text string) []string {
	number := listItem.FindString(text)
	text = strings.TrimPrefix(text, number)
	all := cut(text, func(rest string) int {
		return max(endOfSentence(rest), endOfClause(rest))
	})
	if number != "- " && len(all) > 0 {
		all[0] = number + all[0]
	}
	return all
}

func endOfSentence(rest string) int {
	if strings.HasPrefix(rest, ". ") {
		return 1
	}
	return 0
}

// endOfClause also cuts a list of keys behind what is said of each in brackets.
func endOfClause(rest string) int {
	switch {
	case strings.HasPrefix(rest, "; "):
		return 1
	case strings.HasPrefix(rest, "), `"):
		return 2
	}
	return 0
}

// itemize cuts a list of texts, separated by " · ", into its items, each with what stands before the list.
func itemize(text string) []Sentence {
	items := cut(text, func(rest string) int {
		if strings.HasPrefix(rest, " · ") {
			return len(" · ")
		}
		return 0
	})
	if len(items) < 2 {
		return []Sentence{{Text: text}}
	}
	lead, first := leadOf(items[0])
	items[0] = first
	sentences := make([]Sentence, len(items))
	for i, item := range items {
		sentences[i] = Sentence{Lead: lead, Text: strings.Trim(item, "· ")}
	}
	return sentences
}

// leadOf cuts in front of the first text of a list, which stands in backticks.
func leadOf(text string) (lead, first string) {
	at := strings.IndexByte(text, '`')
	if at < 0 {
		return "", text
	}
	return strings.TrimSpace(text[:at]), text[at:]
}

// cut cuts text where end says that so many bytes more belong to a unit, but never inside backticks or brackets.
func cut(text string, end func(rest string) int) []string {
	var units []string
	start, code, depth := 0, false, 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '`':
			code = !code
		case !code && c == '(':
			depth++
		case !code && c == ')':
			depth--
		}
		if code || depth > 0 || i < start {
			continue
		}
		if n := end(text[i:]); n > 0 {
			units = append(units, strings.TrimSpace(text[start:i+n]))
			start = i + n
		}
	}
	return append(units, strings.TrimSpace(text[start:]))
}
