package match

import (
	"fmt"
	"slices"
	"strings"
)

// check is a rule between several values of an answer, which a pattern cannot say.
// With an argument missing where one is needed, it fails.
type check struct {
	run  func(doc *Node, arg string) error
	args int
}

var checks = map[string]check{
	"twins":           {withoutArg(twins), 0},
	"identifiers":     {withoutArg(identifiers), 0},
	"counts":          {withoutArg(counts), 0},
	"ascending":       {withoutArg(ascending), 0},
	"itemsCount":      {withoutArg(itemsCount), 0},
	"itemsTotal":      {withoutArg(itemsTotal), 0},
	"grandTotal":      {withoutArg(grandTotal), 0},
	"foreignDecimals": {withoutArg(foreignDecimals), 0},
	"foreignIsUSD":    {withoutArg(foreignIsUSD), 0},
	"hasCoupon":       {withoutArg(hasCoupon), 0},
	"inTurn":          {withoutArg(notesInTurn), 0},
	"nonEmpty":        {withoutArg(nonEmpty), 0},
	"ofStore":         {ofStore, 1},
	"after":           {after, 1},
	"lists":           {lists, 1},
	"omits":           {omits, 1},
	"only":            {only, 1},
	"begins":          {begins, 1},
	"placedFrom":      {placedFrom, 1},
	"placedThrough":   {placedThrough, 1},
	"notEarlier":      {notEarlier, 2},
	"equal":           {equal, 2},
	"same":            {same, 2},
	"differs":         {differs, 2},
}

func withoutArg(run func(*Node) error) func(*Node, string) error {
	return func(doc *Node, _ string) error { return run(doc) }
}

// Known says whether a check is written as one can be: its name, then its arguments.
func Known(text string) error {
	name, arg, _ := strings.Cut(text, " ")
	c, ok := checks[name]
	switch {
	case !ok:
		return fmt.Errorf("no check %q", name)
	case c.args == 0 && arg != "":
		return fmt.Errorf("check %q takes no argument", name)
	case len(strings.Fields(arg)) < c.args:
		return fmt.Errorf("check %q takes %d arguments", name, c.args)
	}
	return nil
}

// Check runs one: "counts", or with an argument "omits 999-1,999-2".
func Check(text string, doc *Node) error {
	if err := Known(text); err != nil {
		return err
	}
	name, arg, _ := strings.Cut(text, " ")
	if err := checks[name].run(doc, arg); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// CheckNames lists them, sorted.
func CheckNames() []string {
	names := make([]string, 0, len(checks))
	for name := range checks {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// walk visits every object of a document.
func walk(n *Node, at string, visit func(object *Node, at string) error) error {
	if n.Kind == Object {
		if err := visit(n, at); err != nil {
			return err
		}
	}
	for _, m := range n.Members {
		if err := walk(m.Value, at+"."+m.Key, visit); err != nil {
			return err
		}
	}
	for i, item := range n.Items {
		if err := walk(item, fmt.Sprintf("%s[%d]", at, i), visit); err != nil {
			return err
		}
	}
	return nil
}
