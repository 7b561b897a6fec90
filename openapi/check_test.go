package openapi_test

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"entrepot/internal/wire"
)

// check is a description held against traffic.
type check struct {
	*description
	documented documentation
	seen       features
	problems   []string
}

// newCheck collects what is documented.
func newCheck(d *description) (*check, error) {
	c := &check{description: d, documented: newDocumentation(), seen: features{}}
	for _, path := range d.operations() {
		request, err := d.requestSchema(path)
		if err != nil {
			return nil, err
		}
		c.documented.keys(request, path+" request")
		for _, status := range d.statuses(path) {
			if err := c.document(path+" "+status, d.response("paths", path, "post", "responses", status)); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range []string{"NotFound", "MethodNotAllowed"} {
		if err := c.document(name, d.response("components", "responses", name)); err != nil {
			return nil, err
		}
	}
	c.documented.index()
	return c, nil
}

// fits is that a text was the answer to a request that fits the schema.
const fits = " though the schema cannot tell"

// document collects what is documented of a response.
func (c *check) document(name string, response []string) error {
	c.documented.features[name] = true
	for header := range at(c.root, append(response, "headers")...) {
		c.documented.features["header "+header] = true
	}
	for _, mediaType := range sorted(at(c.root, append(response, "content")...)) {
		s, err := c.schema(append(response, "content", mediaType, "schema")...)
		if err != nil {
			return err
		}
		for _, t := range c.textsOf(s) {
			c.documented.features[name+" says "+t.name] = true
			if t.key != "" && !t.tells && strings.Contains(name, " ") {
				c.documented.features[name+" says "+t.name+fits] = true
			}
		}
		if mediaType == "application/json" {
			c.documented.keys(s, name+" answer")
		}
	}
	return nil
}

func (c *check) problem(x *exchange, format string, args ...any) {
	c.problems = append(c.problems, fmt.Sprintf("%s: %v", fmt.Sprintf(format, args...), x))
}

// look holds one exchange against the description.
func (c *check) look(x *exchange) {
	name, response := c.answered(x)
	if response == nil {
		c.problem(x, "no such answer is documented")
		return
	}
	c.seen[name] = true
	c.lookAtHeaders(x, response)
	mediaType, _, err := mime.ParseMediaType(x.header.Get("Content-Type"))
	s, schemaErr := c.schema(append(slices.Clone(response), "content", mediaType, "schema")...)
	switch {
	case err != nil || schemaErr != nil || s == nil:
		c.problem(x, "Content-Type %q is not documented", mediaType)
	case x.method == http.MethodHead: // has no body
	case mediaType == "application/json":
		c.lookAtJSON(x, s, name)
	default:
		c.lookAtText(x, s, name, string(x.answer))
		c.valid(x, s, string(x.answer))
	}
}

// answered finds what the description says of an answer.
func (c *check) answered(x *exchange) (name string, response []string) {
	switch {
	case find(c.root, "paths", x.path) == nil:
		name, response = "NotFound", c.statusOf(x, http.StatusNotFound, "NotFound")
	case x.method != http.MethodPost:
		name, response = "MethodNotAllowed", c.statusOf(x, http.StatusMethodNotAllowed, "MethodNotAllowed")
	default:
		status := strconv.Itoa(x.status)
		name, response = x.path+" "+status, c.response("paths", x.path, "post", "responses", status)
	}
	return name, response
}

func (c *check) statusOf(x *exchange, status int, name string) []string {
	if x.status != status {
		return nil
	}
	return c.response("components", "responses", name)
}

// transport are headers that HTTP itself has.
var transport = []string{"Content-Type", "Content-Length", "Date", "Connection"}

func (c *check) lookAtHeaders(x *exchange, response []string) {
	headers := at(c.root, append(slices.Clone(response), "headers")...)
	for name := range x.header {
		if headers[name] == nil && !slices.Contains(transport, name) {
			c.problem(x, "header %s is not documented", name)
		}
	}
	for name := range headers {
		header := c.response(append(slices.Clone(response), "headers", name)...)
		value := x.header.Get(name)
		s, err := c.schema(append(slices.Clone(header), "schema")...)
		switch {
		case err != nil || s == nil:
			c.problem(x, "header %s has no schema: %v", name, err)
		case value != "":
			c.seen["header "+name] = true
			c.valid(x, s, value)
		case find(c.root, append(slices.Clone(header), "required")...) == true:
			c.problem(x, "header %s is missing", name)
		}
	}
}

// valid reports whether a value is what a schema says.
func (c *check) valid(x *exchange, s *jsonschema.Schema, value any) {
	if err := s.Validate(value); err != nil {
		c.problem(x, "%v", err)
	}
}

func (c *check) lookAtJSON(x *exchange, s *jsonschema.Schema, name string) {
	answer, err := x.reply()
	if err != nil {
		c.problem(x, "the answer is no JSON: %v", err)
		return
	}
	c.valid(x, s, answer)
	c.lookAtKeys(x, answer, name+" answer")
	said, refused := find(answer, "error").(string)
	if success, ok := find(answer, "success").(string); ok {
		said = success
	}
	var texts []*text
	if said != "" {
		texts = c.lookAtText(x, s, name, said)
	}
	c.lookAtRequest(x, name, refused, texts)
}

// lookAtKeys sees that the answer has no keys that are not documented.
func (c *check) lookAtKeys(x *exchange, answer any, name string) {
	has := features{}
	has.values(answer, name, c.documented)
	for feature := range has {
		c.seen[feature] = true
		if isKey(feature) && !c.documented.features[feature] && !x.foreign {
			c.problem(x, "%s is not documented", feature)
		}
	}
}

// lookAtText finds the texts that are said: more than one where the request
// has put the words of one into another.
func (c *check) lookAtText(x *exchange, s *jsonschema.Schema, name, said string) (texts []*text) {
	for _, t := range c.textsOf(s) {
		if t.says.MatchString(said) {
			c.seen[name+" says "+t.name] = true
			texts = append(texts, t)
		}
	}
	if len(texts) == 0 {
		c.problem(x, "the text is not documented")
	}
	return texts
}

// lookAtRequest holds a request to the schema: what was taken must fit, and
// what was refused must not where the schema can tell.
func (c *check) lookAtRequest(x *exchange, name string, refused bool, texts []*text) {
	s, err := c.requestSchema(x.path)
	if err != nil || s == nil {
		return // anything goes
	}
	request, err := x.request()
	if err == nil {
		err = s.Validate(request)
	}
	switch {
	case !refused && err != nil:
		c.problem(x, "the request is taken, but %v", err)
	case !refused:
		c.seen.values(request, x.path+" request", c.documented)
	}
	for _, t := range texts {
		switch {
		case t.tells && err == nil:
			c.problem(x, "the schema does not tell that the request is refused")
		case err == nil || t.key == string(wire.Unparsable): // no schema sees what is no JSON
			c.seen[name+" says "+t.name+fits] = true
		}
	}
}

// withoutNUL does what the service does on intake.
func withoutNUL(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "\x00", "")
	case []any:
		for i := range v {
			v[i] = withoutNUL(v[i])
		}
	case tree:
		for key := range v {
			v[key] = withoutNUL(v[key])
		}
	}
	return v
}

// run holds the description against traffic: each exchange is as documented,
// and all that is documented is seen. It ends with so many problems.
func (c *check) run(traffic []*exchange, most int) []string {
	for _, x := range traffic {
		if c.look(x); len(c.problems) >= most {
			return c.problems
		}
	}
	for _, feature := range sorted(c.documented.features) {
		if !c.seen[feature] {
			c.problems = append(c.problems, "never seen: "+feature)
		}
	}
	return c.problems
}
