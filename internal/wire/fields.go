package wire

import (
	"regexp"
	"strings"

	"entrepot/internal/money"
)

// fields reads the values of an object and keeps the first problem, so that a
// decoder can read on and look at the end.
type fields struct {
	object Object
	prefix string // in front of a key in a problem, such as items[2].
	quiet  bool   // problems do not repeat values, which may be of people
	err    error
}

func (f *fields) fail(key, problemText string) {
	if f.quiet {
		problemText = strings.TrimPrefix(problemText, f.object.get(key).quoted()+" ")
	}
	if f.err == nil {
		f.err = problem(BadField, Args{"field": f.prefix + key, "problem": problemText})
	}
}

func (f *fields) missing(key string) {
	if f.err == nil {
		f.err = problem(FieldRequired, Args{"field": f.prefix + key})
	}
}

// optional reads a value of which a false, too, says that there is none.
func (f *fields) optional(key string, others ...string) value {
	v := f.object.get(key, others...)
	if v.isFalse() {
		return value{}
	}
	return v
}

// text reads a string, which may come as a number; "" when there is none.
func (f *fields) text(key string, others ...string) string {
	v := f.optional(key, others...)
	text, ok := v.scalar()
	if !ok {
		f.fail(key, v.quoted()+" is not a string")
	}
	return text
}

// flag reads a boolean; nil when there is none.
func (f *fields) flag(key string, others ...string) *bool {
	v := f.object.get(key, others...)
	if v.kind == absent {
		return nil
	}
	is, ok := v.truth()
	if !ok {
		f.fail(key, v.quoted()+" is not true or false")
	}
	return &is
}

// is reads a boolean that is false when there is none.
func (f *fields) is(key string, others ...string) bool {
	b := f.flag(key, others...)
	return b != nil && *b
}

// amount reads money or a measure; nil when there is none.
func (f *fields) amount(key string, places int) *money.Amount {
	v := f.optional(key)
	if v.kind == absent {
		return nil
	}
	if v.kind != isNumber && v.kind != isString {
		f.fail(key, v.quoted()+" "+money.ErrNotNumber.Error())
		return nil
	}
	amount, err := money.Parse(v.text, places)
	if err != nil {
		f.fail(key, v.quoted()+" "+err.Error())
		return nil
	}
	return &amount
}

// dollars reads money that is zero when there is none.
func (f *fields) dollars(key string) money.Amount {
	if a := f.amount(key, money.Cents); a != nil {
		return *a
	}
	return 0
}

// measure reads a size or a weight, which is not negative.
func (f *fields) measure(key string) *money.Amount {
	a := f.amount(key, money.Cents)
	if a != nil && *a < 0 {
		f.fail(key, f.object.get(key).quoted()+" is negative")
	}
	return a
}

// oneOf reads a code in any case and answers it in upper case.
func (f *fields) oneOf(key string, pattern *regexp.Regexp, expected string, others ...string) string {
	text := strings.ToUpper(strings.TrimSpace(f.text(key, others...)))
	if text != "" && !pattern.MatchString(text) {
		f.fail(key, f.object.get(key, others...).quoted()+" is not "+expected)
	}
	return text
}
