package match

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const (
	moreKey   = "<more>"
	each      = "<each>"
	eachOne   = "<each+>"
	mostFound = 12 // mismatches told per answer; more would hide the first
)

// Shapes are patterns that have a name.
type Shapes map[string]*Pattern

// Pattern is what an answer is compared with.
type Pattern struct{ root matcher }

// matcher compares one value; n is nil when it is absent.
type matcher interface {
	match(n *Node, at string, found *Mismatches)
	admits(n *Node) bool
	String() string
}

// Mismatches collects what did not fit.
type Mismatches []string

func (m *Mismatches) add(at string, expected fmt.Stringer, got *Node) {
	if len(*m) < mostFound {
		*m = append(*m, fmt.Sprintf("%s: expected %s, got %s", at, expected, shorten(got.JSON())))
	}
}

func shorten(s string) string {
	const most = 300
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Literal writes a string that a pattern takes as it is, even where it looks like a wildcard.
func Literal(s string) string {
	if strings.HasPrefix(s, "<") {
		s = "<'" + s + ">"
	}
	return Quote(s)
}

// Add compiles a shape, which may use those that are there.
func (s Shapes) Add(name, text string) error {
	if _, taken := kinds[name]; taken || s[name] != nil {
		return fmt.Errorf("there is a <%s> already", name)
	}
	p, err := Compile(text, s)
	if err != nil {
		return fmt.Errorf("shape %s: %w", name, err)
	}
	s[name] = p
	return nil
}

// Compile reads a pattern; shapes may be nil.
func Compile(text string, shapes Shapes) (*Pattern, error) {
	node, err := Parse([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("pattern: %w", err)
	}
	root, err := compile(node, shapes)
	if err != nil {
		return nil, fmt.Errorf("pattern: %w", err)
	}
	return &Pattern{root}, nil
}

// Match says what in n does not fit; nothing when all does.
func (p *Pattern) Match(n *Node) Mismatches {
	var found Mismatches
	p.root.match(n, "answer", &found)
	return found
}

// Mentions says whether the pattern is an object that speaks of a key.
func (p *Pattern) Mentions(key string) bool {
	root := p.root
	for {
		w, ok := root.(wildcard) // a shape
		if !ok || len(w.options) != 1 {
			break
		}
		root = w.options[0]
	}
	o, ok := root.(*objectPattern)
	return ok && slices.ContainsFunc(o.members, func(m objectMember) bool { return m.key == key })
}

func compile(n *Node, shapes Shapes) (matcher, error) {
	switch {
	case n.Kind == Object:
		return compileObject(n, shapes)
	case n.Kind == List:
		return compileList(n, shapes)
	case n.Kind == String && strings.HasPrefix(n.Text, "<") && strings.HasSuffix(n.Text, ">"):
		return compileWildcard(n.Text, shapes)
	}
	return literal{n}, nil
}

func compileObject(n *Node, shapes Shapes) (matcher, error) {
	o := &objectPattern{}
	for _, m := range n.Members {
		if m.Key == moreKey {
			o.more = true
			continue
		}
		value, err := compile(m.Value, shapes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.Key, err)
		}
		o.members = append(o.members, objectMember{m.Key, value})
	}
	return o, nil
}

func compileList(n *Node, shapes Shapes) (matcher, error) {
	if len(n.Items) == 2 && n.Items[0].Kind == String {
		switch n.Items[0].Text {
		case each, eachOne:
			item, err := compile(n.Items[1], shapes)
			return eachPattern{item, n.Items[0].Text == eachOne}, err
		}
	}
	l := listPattern{}
	for i, item := range n.Items {
		value, err := compile(item, shapes)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		l = append(l, value)
	}
	return l, nil
}

func compileWildcard(text string, shapes Shapes) (matcher, error) {
	inner := text[1 : len(text)-1]
	if word, ok := strings.CutPrefix(inner, "'"); ok {
		return literal{&Node{Kind: String, Text: word}}, nil
	}
	if expr, ok := strings.CutPrefix(inner, "~"); ok {
		re, err := regexp.Compile(expr)
		return stringMatching{re}, err
	}
	w := wildcard{name: text}
	for name := range strings.SplitSeq(inner, "|") {
		option, err := oneOf(name, shapes)
		if err != nil {
			return nil, err
		}
		w.options = append(w.options, option)
	}
	return w, nil
}

func oneOf(name string, shapes Shapes) (matcher, error) {
	if word, ok := strings.CutPrefix(name, "="); ok {
		return literal{&Node{Kind: String, Text: word}}, nil
	}
	if accepts, ok := kinds[name]; ok {
		return kind{name, accepts}, nil
	}
	if shape, ok := shapes[name]; ok {
		return shape.root, nil
	}
	return nil, fmt.Errorf("no wildcard <%s>", name)
}
