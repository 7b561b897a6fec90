package openapi_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// unprovoked is a sentence that is answered after a panic where there is no
// endpoint that could have panicked.
const unprovoked = "Something went wrong; the log has it under the request's id."

// differ lists where the description and the service's code disagree.
func (d *description) differ(s *source) (problems []string) {
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	compare := func(what string, documented, has []string) {
		for _, name := range documented {
			if !slices.Contains(has, name) {
				problem("%s %q is documented, but the service has none", what, name)
			}
		}
		for _, name := range has {
			if !slices.Contains(documented, name) {
				problem("%s %q is not documented", what, name)
			}
		}
	}
	compare("path", d.operations(), s.routes)
	compare("key", d.requestKeys(), s.keys)
	compare("status", d.enum("Status"), statuses(order.Statuses()...))
	compare("status of the vendor's", d.enum("VendorStatus"), append(statuses(order.VendorStatuses()...), "VENDOR_LABELS_PRINTED"))
	for _, sentence := range s.sentences {
		if sentence != unprovoked && !d.has(func(t *text) bool { return t.template == sentence }) {
			problem("no text is %q", sentence)
		}
	}
	for key, list := range s.texts {
		for _, template := range list {
			if !d.has(func(t *text) bool { return t.key == string(key) && refines(t, template) }) {
				problem("%s: no text is %q", key, template)
			}
		}
	}
	for _, name := range sorted(d.texts) {
		problems = append(problems, d.texts[name].wrong(s)...)
	}
	return append(problems, d.misplaced()...)
}

func statuses(list ...order.Status) (names []string) {
	for _, s := range list {
		names = append(names, string(s))
	}
	return names
}

func (d *description) enum(name string) (values []string) {
	list, _ := find(d.root, "components", "schemas", name, "enum").([]any)
	for _, v := range list {
		values = append(values, fmt.Sprint(v))
	}
	return values
}

func (d *description) has(like func(*text) bool) bool {
	for _, t := range d.texts {
		if like(t) {
			return true
		}
	}
	return false
}

// requestKeys are the names of all keys of requests.
func (d *description) requestKeys() (keys []string) {
	all := features{}
	for _, path := range d.operations() {
		if s, err := d.requestSchema(path); err == nil {
			all.keys(s, "")
		}
	}
	for name := range all {
		if isKey(name) {
			keys = append(keys, name[strings.LastIndex(name, ".")+1:])
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// refines reports whether a text is one of the service's, or says more exactly
// what the service fills in: which key, or what is wrong with it.
func refines(t *text, template string) bool {
	if t.key == string(wire.BadField) || t.key == string(wire.FieldRequired) {
		return regexp.MustCompile(loose(template)).MatchString(t.template)
	}
	return t.template == template
}

// loose is what a template looks like with anything in its blanks.
func loose(template string) string {
	parts := blank.Split(template, -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return "^" + strings.Join(parts, ".+") + "$"
}

// wrong says what is wrong with a text by itself.
func (t *text) wrong(s *source) (problems []string) {
	page := strings.HasPrefix(t.says.String(), "^<!DOCTYPE")
	switch {
	case t.key != "" && s.texts[wire.Key(t.key)] == nil:
		problems = append(problems, fmt.Sprintf("text %s: the service has no %q", t.name, t.key))
	case t.key == "" && t.remedy == "":
		problems = append(problems, fmt.Sprintf("text %s: nothing says what to do", t.name))
	}
	want := pattern(t.template)
	if page {
		want = pagePattern(t.template)
	}
	if t.says.String() != want {
		problems = append(problems, fmt.Sprintf("text %s: pattern %s, want %s", t.name, t.says, want))
	}
	return problems
}

// misplaced lists texts that are documented where the service says them in
// another way.
func (d *description) misplaced() (problems []string) {
	for path, e := range endpoints {
		for _, status := range d.statuses(path) {
			s, err := d.schema(append(d.response("paths", path, "post", "responses", status), "content", "application/json", "schema")...)
			if err != nil {
				return []string{err.Error()}
			}
			for _, t := range d.textsOf(s) {
				if t.key != "" && !refines(t, wire.Text(e, wire.Key(t.key), nil)) {
					problems = append(problems, fmt.Sprintf("%s %s: %s is not what the service says", path, status, t.name))
				}
			}
		}
	}
	return problems
}
