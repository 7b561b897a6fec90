package openapi_test

import (
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// text is one that the API says: of an error, a success, or a page.
type text struct {
	name     string
	template string // with blanks in braces
	key      string // its name in the service; empty for what HTTP has a status for
	meaning  string
	remedy   string
	tells    bool
	says     *regexp.Regexp
	exact    bool // has no blanks
}

// addText reads a text, if the schema is one.
func (d *description) addText(name string) error {
	schema := at(d.root, "components", "schemas", name)
	if schema["x-key"] == nil && schema["x-remedy"] == nil {
		return nil
	}
	t := &text{name: name}
	t.template, t.exact = schema["const"].(string)
	pattern := "^" + regexp.QuoteMeta(t.template) + "$"
	if !t.exact {
		t.template, _ = schema["x-text"].(string)
		pattern, _ = schema["pattern"].(string)
	}
	t.key, _ = schema["x-key"].(string)
	t.meaning, _ = schema["description"].(string)
	t.remedy, _ = schema["x-remedy"].(string)
	t.tells, _ = schema["x-schema-tells"].(bool)
	says, err := regexp.Compile(pattern)
	if err != nil || t.template == "" {
		return fmt.Errorf("text %s: %q, pattern %q: %w", name, t.template, pattern, err)
	}
	t.says = says
	d.texts[name] = t
	return nil
}

// blank is a place in a text that is filled in.
var blank = regexp.MustCompile(`\{[a-z]+\}`)

// fillings are what may stand in a blank; anything where nothing is said.
var fillings = map[string]string{
	"{n}": "[0-9]+", "{number}": "[0-9]+", "{store}": "[0-9]+",
	"{field}": `[A-Za-z0-9.\[\]]+`, "{key}": "[A-Za-z]+", "{from}": "[A-Z_]+",
}

// pattern is what a text with blanks has to look like.
func pattern(template string) string {
	var b strings.Builder
	b.WriteString("^")
	last := 0
	for _, at := range blank.FindAllStringIndex(template, -1) {
		b.WriteString(regexp.QuoteMeta(template[last:at[0]]))
		if filling, ok := fillings[template[at[0]:at[1]]]; ok {
			b.WriteString(filling)
		} else {
			b.WriteString(`[\s\S]+`)
		}
		last = at[1]
	}
	return b.String() + regexp.QuoteMeta(template[last:]) + "$"
}

// pagePattern is that of a page that says a sentence.
func pagePattern(sentence string) string {
	return `^<!DOCTYPE html>[\s\S]*<p>` + regexp.QuoteMeta(html.EscapeString(sentence)) + "</p>"
}

// textsOf are the texts that an answer of a schema may carry.
func (d *description) textsOf(s *jsonschema.Schema) (texts []*text) {
	if s == nil {
		return nil
	}
	if t := d.texts[s.Location[strings.LastIndexByte(s.Location, '/')+1:]]; t != nil {
		return []*text{t}
	}
	below := append(append([]*jsonschema.Schema{s.Ref}, s.OneOf...), s.AnyOf...)
	for _, key := range []string{"error", "success"} {
		below = append(below, s.Properties[key])
	}
	for _, b := range below {
		texts = append(texts, d.textsOf(b)...)
	}
	return texts
}
