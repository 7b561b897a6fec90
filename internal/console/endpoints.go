package console

import (
	"cmp"
	"slices"
	"strconv"
)

// Endpoint is one endpoint, as the pages show it.
type Endpoint struct {
	ID       string // the operation's, by which links name it
	Path     string
	Tag      string
	Title    string
	About    string
	Keys     []Key
	Answer   []Key // of success
	Examples []Example
	Errors   []Problem
}

// Problem is an error text of the document.
type Problem struct {
	ID      string // the schema's name
	Text    string // with blanks in braces
	Status  int
	About   string
	Remedy  string
	Example Example // a request that gets it
}

// HTML reports whether the text comes on a page and not in JSON.
func (p Problem) HTML() bool { return p.Status == 406 || p.Status == 415 }

// endpoints are those of the document, and what is answered at other
// addresses and to other methods.
func (d *document) endpoints() (list []Endpoint) {
	for _, path := range d.Paths.names {
		o := d.Paths.values[path].Post
		e := Endpoint{ID: o.OperationID, Path: path, Tag: slices.Concat(o.Tags, []string{""})[0], Title: o.Summary, About: o.Description}
		request := o.RequestBody.Content[jsonType]
		e.Keys = d.keys(d.schema(request.Schema))
		for _, name := range request.Examples.names {
			e.Examples = append(e.Examples, ready(e, name, d.example(request.Examples.values[name])))
		}
		e.Answer = d.answerKeys(o)
		e.Errors = d.problems(e, o)
		if request.Schema == nil { // the body does not matter
			e.Examples = []Example{{Name: "any", Title: "Any body", Method: post, Path: path, Body: "{}", ContentType: jsonType, Accept: jsonType}}
		}
		list = append(list, e)
	}
	return list
}

const (
	jsonType = "application/json"
	htmlType = "text/html"
	post     = "POST"
)

// answerKeys are the keys of the answer of success.
func (d *document) answerKeys(o operation) []Key {
	if o.Responses.values["200"] == nil {
		return nil
	}
	s := d.response(o.Responses.values["200"]).Content[jsonType].Schema
	if s != nil && len(s.OneOf) > 0 {
		s = s.OneOf[0] // the errors come after it
	}
	return d.keys(d.schema(s))
}

// problems are the errors of an endpoint, by status, then as the document has
// them. Those of other paths and methods belong to all.
func (d *document) problems(e Endpoint, o operation) (list []Problem) {
	responses := map[string]*response{"404": d.Components.Responses["NotFound"], "405": d.Components.Responses["MethodNotAllowed"]}
	for status, r := range o.Responses.values {
		responses[status] = d.response(r)
	}
	for status, r := range responses {
		for _, name := range d.texts(r) {
			number, _ := strconv.Atoi(status)
			list = append(list, d.problem(e, name, number))
		}
	}
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank(a.Status), rank(b.Status)), cmp.Compare(d.place(o, a.ID), d.place(o, b.ID)))
	})
	return list
}

// rank brings the errors of the contract before those of HTTP.
func rank(status int) int {
	if status > 401 && status < 500 {
		return status
	}
	return 0
}

// texts are the names of the error texts of a response.
func (d *document) texts(r *response) (names []string) {
	for _, m := range r.Content {
		names = append(names, d.textsBelow(m.Schema)...)
	}
	return names
}

func (d *document) textsBelow(s *schema) (names []string) {
	if s == nil {
		return nil
	}
	if to := d.schema(s); s.Ref != "" && to.Remedy != "" {
		return []string{last(s.Ref)}
	}
	to := d.schema(s)
	for _, part := range slices.Concat(to.OneOf, to.AnyOf) {
		names = append(names, d.textsBelow(part)...)
	}
	return append(names, d.textsBelow(to.Properties.values["error"])...)
}

// place is where a text stands among those of its endpoint.
func (d *document) place(o operation, name string) int {
	for _, status := range o.Responses.names {
		if at := slices.Index(d.texts(d.response(o.Responses.values[status])), name); at >= 0 {
			return at
		}
	}
	return 0
}

func (d *document) problem(e Endpoint, name string, status int) Problem {
	s := d.schema(d.Components.Schemas[name])
	text, _ := s.Const.(string)
	p := Problem{ID: name, Text: cmp.Or(s.Text, text), Status: status, About: s.Description, Remedy: s.Remedy}
	p.Example = provoke(e, p)
	return p
}
