package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// withoutJSON are the commands that have nothing to say to a program but their
// exit code, or say it in a form of its own.
var withoutJSON = map[string]string{
	"demo":        "its ready file is JSON",
	"serve":       "its ready file and its log are JSON",
	"completion":  "prints a shell's script",
	"complete":    "prints what a shell reads",
	"conformance": "prints a report for people; the exit code is the verdict",
	"sync run":    "its ready file and its log are JSON",
	"sync report": "its effect shows in sync status",
}

// TestJSONPage sees that every command has --json, or a reason to do without,
// and that docs/cli-json.md has those and no others.
func TestJSONPage(t *testing.T) {
	text, err := os.ReadFile("../../docs/cli-json.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, section := range strings.Split(string(text), "\n## ")[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		if !example.MatchString(body) {
			t.Errorf("the section %q has no example", heading)
		}
		for _, path := range headed(heading) {
			documented[path] = true
		}
	}
	for _, node := range testParser(t).Model.Leaves(false) {
		path := commandPath(node)
		_, excused := withoutJSON[path]
		has := slices.Contains(flagNames(node), "--json")
		if has == excused {
			t.Errorf("%s: has --json: %t, has a reason to do without: %t", path, has, excused)
		}
		if has != documented[path] {
			t.Errorf("%s: has --json: %t, is on the page: %t", path, has, documented[path])
		}
		delete(documented, path)
	}
	for path := range documented {
		t.Errorf("the page describes %q, which is no command", path)
	}
}

var commaBlank = regexp.MustCompile(`,\s*`)

// headed are the commands of a heading such as "order hold, release" or
// "backup, restore".
func headed(heading string) (paths []string) {
	group := ""
	for i, name := range commaBlank.Split(heading, -1) {
		words := strings.Fields(name)
		switch {
		case len(words) == 2:
			group = words[0] + " "
		case i > 0:
			name = group + name
		}
		paths = append(paths, name)
	}
	return paths
}
