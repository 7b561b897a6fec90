package conformance

import (
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"text/template"

	"entrepot/internal/conformance/match"
)

// vars are the variables that texts of the table may use.
type vars map[string]string

func (v vars) with(more vars) vars {
	all := maps.Clone(v)
	maps.Copy(all, more)
	return all
}

var functions = template.FuncMap{
	"json":    match.Quote,
	"literal": match.Literal,
	"repeat":  func(n int, s string) string { return strings.Repeat(s, n) },
	"first": func(list string) string {
		item, _, _ := strings.Cut(list, ",")
		return item
	},
	"bytes": func(digits string) (string, error) {
		raw, err := hex.DecodeString(digits)
		return string(raw), err
	},
}

// expand fills a template in; a variable that nobody bound is an error.
func (v vars) expand(text string) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	t, err := template.New("").Funcs(functions).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("template %q: %w", text, err)
	}
	var b strings.Builder
	if err := t.Execute(&b, v); err != nil {
		return "", fmt.Errorf("template %q: %w", text, err)
	}
	return b.String(), nil
}

func (v vars) expandAll(texts []string) ([]string, error) {
	all := make([]string, len(texts))
	for i, text := range texts {
		var err error
		if all[i], err = v.expand(text); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// expandHeaders keeps nil: no such header.
func (v vars) expandHeaders(headers map[string]*string) (map[string]*string, error) {
	all := map[string]*string{}
	for name, value := range headers {
		all[name] = nil
		if value == nil {
			continue
		}
		text, err := v.expand(*value)
		if err != nil {
			return nil, err
		}
		all[name] = &text
	}
	return all, nil
}

// row fills in the values of a row, so that texts can use them.
func (v vars) row(row map[string]string) (vars, error) {
	all := maps.Clone(v)
	for name, value := range row {
		text, err := v.expand(value)
		if err != nil {
			return nil, err
		}
		all[name] = text
	}
	return all, nil
}

// bindIt binds the variable of a step that is sent for several things.
func (v vars) bindIt(it string) error {
	text, err := v.expand(it)
	v["it"] = text
	return err
}
