package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

const variablePrefix = "ENTREPOT_"

// slip is how many letters a name has for each that is misspelt. Other
// variables may well begin like ours: Kubernetes sets ENTREPOT_PORT.
const slip = 4

// misspelt refuses a variable that all but is one of ours, where the service
// is concerned.
func misspelt(parsed *kong.Context, environment []string) error {
	if command := parsed.Command(); command != "serve" && command != "config" {
		return nil
	}
	known := variables(parsed.Model.Node)
	for _, pair := range environment {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, variablePrefix) || slices.Contains(known, name) {
			continue
		}
		if meant, distance := nearest(name, known); distance*slip <= len(name)-len(variablePrefix) {
			return withHint(fmt.Errorf("the environment has %s, which sets nothing; the nearest is %s", name, meant), "rename it or unset it")
		}
	}
	return nil
}

// variables are those of all commands.
func variables(node *kong.Node) []string {
	var names []string
	for _, flag := range node.Flags {
		names = append(names, flag.Envs...)
	}
	for _, child := range node.Children {
		names = append(names, variables(child)...)
	}
	return names
}

// nearest is the known name that was probably meant, and by how many letters
// it differs.
func nearest(name string, known []string) (found string, distance int) {
	distance = len(name) + 1
	for _, k := range known {
		if d := editDistance(name, k); d < distance || found == "" {
			found, distance = k, d
		}
	}
	return found, distance
}

// editDistance counts the letters to insert, drop or change (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal = row[j+1]
			row[j+1] = min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
