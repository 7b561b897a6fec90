package match

import (
	"regexp"
	"time"
)

var (
	wholeForm   = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)
	moneyForm   = regexp.MustCompile(`^-?(0|[1-9][0-9]*)\.[0-9]{2}$`)
	foreignForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)\.[0-9]{2,3}$`)
	millisForm  = regexp.MustCompile(`^[1-9][0-9]{11,13}$`)
	timeForm    = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.([0-9]|[0-9]{0,2}[1-9])$`)
	uuidForm    = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	idForm      = regexp.MustCompile(`^[1-9][0-9]*-[1-9][0-9]*$`)
	anyForm     = regexp.MustCompile(``)
	textForm    = regexp.MustCompile(`\S`)
)

// kinds are the wildcards that are not shapes.
var kinds = map[string]func(*Node) bool{
	"any":     func(n *Node) bool { return n != nil },
	"absent":  func(n *Node) bool { return n == nil },
	"null":    of(Null, anyForm),
	"bool":    of(Bool, anyForm),
	"list":    of(List, anyForm),
	"object":  of(Object, anyForm),
	"string":  of(String, anyForm),
	"text":    of(String, textForm),
	"int":     of(Number, wholeForm),
	"money":   of(Number, moneyForm),
	"foreign": of(Number, foreignForm), // the currency says how many: see the check foreignDecimals
	"millis":  of(Number, millisForm),
	"uuid":    of(String, uuidForm),
	"id":      of(String, idForm),
	"time":    isTime,
}

func of(kind Kind, form *regexp.Regexp) func(*Node) bool {
	return func(n *Node) bool { return n != nil && n.Kind == kind && form.MatchString(n.Text) }
}

const timeLayout = "2006-01-02 15:04:05.999"

func isTime(n *Node) bool {
	if !of(String, timeForm)(n) {
		return false
	}
	_, err := time.Parse(timeLayout, n.Text)
	return err == nil
}

// ParseTime reads the contract's string form of a time.
func ParseTime(s string) (time.Time, error) { return time.Parse(timeLayout, s) }

// FormatTime writes it: at least one digit after the point, never finer than milliseconds.
func FormatTime(t time.Time) string {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02 15:04:05") + ".0"
	}
	return t.Format(timeLayout)
}
