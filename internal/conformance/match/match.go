package match

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// literal is a value that has to be just so.
type literal struct{ want *Node }

func (l literal) admits(n *Node) bool {
	return n != nil && n.Kind == l.want.Kind && n.Text == l.want.Text
}

func (l literal) match(n *Node, at string, found *Mismatches) { report(l, n, at, found) }
func (l literal) String() string                              { return l.want.JSON() }

// report is match for those that have nothing inside to descend into.
func report(m matcher, n *Node, at string, found *Mismatches) {
	if !m.admits(n) {
		found.add(at, m, n)
	}
}

type stringMatching struct{ re *regexp.Regexp }

func (s stringMatching) admits(n *Node) bool {
	return n != nil && n.Kind == String && s.re.MatchString(n.Text)
}

func (s stringMatching) match(n *Node, at string, found *Mismatches) { report(s, n, at, found) }
func (s stringMatching) String() string                              { return "a string matching " + s.re.String() }

// wildcard is one of several.
type wildcard struct {
	name    string
	options []matcher
}

func (w wildcard) admits(n *Node) bool {
	for _, option := range w.options {
		if option.admits(n) {
			return true
		}
	}
	return false
}

// match descends into a lone option, so that the mismatch is told where it is.
func (w wildcard) match(n *Node, at string, found *Mismatches) {
	if w.admits(n) {
		return
	}
	for _, option := range w.options {
		if o, ok := option.(*objectPattern); ok && n != nil && n.Kind == Object {
			o.match(n, at, found)
			return
		}
	}
	found.add(at, w, n)
}

func (w wildcard) String() string { return w.name }

type objectMember struct {
	key   string
	value matcher
}

type objectPattern struct {
	members []objectMember
	more    bool
}

func (o *objectPattern) admits(n *Node) bool { return admits(o, n) }

func admits(m matcher, n *Node) bool {
	var found Mismatches
	m.match(n, "", &found)
	return len(found) == 0
}

func (o *objectPattern) match(n *Node, at string, found *Mismatches) {
	if n == nil || n.Kind != Object {
		found.add(at, o, n)
		return
	}
	known := map[string]bool{}
	for _, m := range o.members {
		known[m.key] = true
		m.value.match(n.Get(m.key), at+"."+m.key, found)
	}
	for _, m := range n.Members {
		if !known[m.Key] && !o.more {
			found.add(at+"."+m.Key, wildcard{name: "no such key"}, m.Value)
		}
	}
}

func (o *objectPattern) String() string {
	keys := make([]string, len(o.members))
	for i, m := range o.members {
		keys[i] = m.key
	}
	return "an object with " + strings.Join(keys, ", ")
}

type listPattern []matcher

func (l listPattern) admits(n *Node) bool { return admits(l, n) }

func (l listPattern) match(n *Node, at string, found *Mismatches) {
	if n == nil || n.Kind != List || len(n.Items) != len(l) {
		found.add(at, l, n)
		return
	}
	for i, item := range n.Items {
		l[i].match(item, at+"["+strconv.Itoa(i)+"]", found)
	}
}

func (l listPattern) String() string { return fmt.Sprintf("a list of %d", len(l)) }

type eachPattern struct {
	item matcher
	some bool // it must not be empty
}

func (e eachPattern) admits(n *Node) bool { return admits(e, n) }

func (e eachPattern) match(n *Node, at string, found *Mismatches) {
	if n == nil || n.Kind != List || (e.some && len(n.Items) == 0) {
		found.add(at, e, n)
		return
	}
	for i, item := range n.Items {
		e.item.match(item, at+"["+strconv.Itoa(i)+"]", found)
	}
}

func (e eachPattern) String() string {
	if e.some {
		return "a list that is not empty of " + e.item.String()
	}
	return "a list of " + e.item.String()
}

type kind struct {
	name    string
	accepts func(*Node) bool
}

func (k kind) admits(n *Node) bool                         { return k.accepts(n) }
func (k kind) match(n *Node, at string, found *Mismatches) { report(k, n, at, found) }
func (k kind) String() string                              { return "<" + k.name + ">" }
