package console

import (
	"net/http"
	"slices"
)

// asking is the console's page.
type asking struct {
	Groups []group
	Data   []forScript
}

// group are the endpoints of a tag.
type group struct {
	Name      string
	About     string
	Endpoints []Endpoint
}

// forScript is what the script knows of an endpoint.
type forScript struct {
	ID       string        `json:"id"`
	Path     string        `json:"path"`
	Title    string        `json:"title"`
	Examples []Example     `json:"examples"`
	Errors   []explanation `json:"errors"`
}

// explanation is what an answer's error text means.
type explanation struct {
	Example
	Status int    `json:"status"`
	Remedy string `json:"remedy"`
}

func (c *Console) groups() (list []group) {
	for _, tag := range c.document.Tags {
		g := group{Name: tag.Name, About: tag.Description}
		for _, e := range c.endpoints {
			if e.Tag == tag.Name {
				g.Endpoints = append(g.Endpoints, e)
			}
		}
		list = append(list, g)
	}
	return list
}

func (c *Console) console(w http.ResponseWriter, r *http.Request) {
	body := asking{Groups: c.groups()}
	for _, e := range c.endpoints {
		script := forScript{ID: e.ID, Path: e.Path, Title: e.Title, Examples: e.Examples, Errors: []explanation{}}
		for _, p := range e.Errors {
			script.Errors = append(script.Errors, explanation{p.Example, p.Status, p.Remedy})
		}
		body.Data = append(body.Data, script)
	}
	c.show(w, "console.html", c.newPage(r, "API console", body))
}

// described is the reference.
type described struct {
	About   string
	Groups  []group
	Machine machine
	Drawing drawing
}

func (c *Console) reference(w http.ResponseWriter, r *http.Request) {
	c.show(w, "reference.html", c.newPage(r, "API reference", described{
		About: c.document.Info.Description, Groups: c.groups(), Machine: c.machine, Drawing: c.machine.draw(),
	}))
}

// Flat are the keys of an answer with what is below them, by their path.
func (e Endpoint) Flat() []Key { return flat(e.Answer, "") }

func flat(keys []Key, prefix string) (list []Key) {
	for _, k := range keys {
		below := k.Elements
		k.Elements, k.Name = nil, prefix+k.Name
		list = append(list, k)
		if k.List {
			k.Name += "[]"
		}
		list = slices.Concat(list, flat(below, k.Name+"."))
	}
	return list
}

// FlatKeys are the same of a request.
func (e Endpoint) FlatKeys() []Key { return flat(e.Keys, "") }
