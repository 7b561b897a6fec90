package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand prints what a shell has to load. The scripts ask the
// program itself, so that they never fall behind it.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

var completionScripts = map[string]string{
	"bash": `_entrepot() {
  local IFS=$'\n'
  COMPREPLY=($("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _entrepot entrepot
`,
	"zsh": `#compdef entrepot
_entrepot() {
  local -a found
  found=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${found[1]}" ]]; then
    compadd -- "${found[@]}"
  else
    _files
  fi
}
if [[ "${funcstack[1]}" == _entrepot ]]; then
  _entrepot "$@"
else
  compdef _entrepot entrepot
fi
`,
	"fish": `function __entrepot_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l found ($words[1] complete -- $words[2..-1] "$last" 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path "$last"
    end
end
complete -c entrepot -f -a '(__entrepot_complete)'
`,
}

// Run prints the script.
func (c *completionCommand) Run(con console) error {
	_, err := con.Out.Write([]byte(completionScripts[c.Shell]))
	return err
}

// completeCommand answers the scripts: what the last word may become. Nothing
// means that the shell may offer files.
type completeCommand struct {
	Words []string `arg:"" optional:"" help:"The command line so far, without the program."`
}

// Run prints one candidate a line.
func (c *completeCommand) Run(con console, parsed *kong.Context) error {
	var errs []error
	for _, candidate := range candidates(parsed.Model.Node, c.Words) {
		_, err := fmt.Fprintln(con.Out, candidate)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// candidates are what the last word may become after the ones before it.
func candidates(node *kong.Node, words []string) []string {
	words, last := split(words)
	var open *kong.Flag // waits for its value
	for _, word := range words {
		switch {
		case open != nil:
			open = nil
		case strings.HasPrefix(word, "-"):
			open = waiting(node, word)
		default:
			node = child(node, word)
		}
	}
	name, value, joined := strings.Cut(last, "=")
	switch {
	case open != nil && open.IsSlice():
		begun, element := splitList(last)
		return prefixed(begun, beginning(element, values(open)))
	case open != nil:
		return beginning(last, values(open))
	case joined && strings.HasPrefix(last, "-"):
		return prefixed(name+"=", beginning(value, values(namedFlag(node, name))))
	case strings.HasPrefix(last, "-"):
		return beginning(last, flagNames(node))
	}
	return beginning(last, append(childNames(node), argumentValues(node)...))
}

// splitList parts a list's last element from what stands before it.
func splitList(list string) (before, last string) {
	end := strings.LastIndexByte(list, ',') + 1
	return list[:end], list[end:]
}

// split takes the last word off. bash makes a word of its own of the = in
// --flag=value.
func split(words []string) (before []string, last string) {
	for i, word := range words {
		if word == "=" && i == len(words)-1 {
			words = append(words[:i:i], "")
		}
	}
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "=" })
	if len(words) == 0 {
		return nil, ""
	}
	return words[:len(words)-1], words[len(words)-1]
}

// waiting is the flag that takes the next word as its value, if there is one.
func waiting(node *kong.Node, word string) *kong.Flag {
	if f := namedFlag(node, word); f != nil && !f.IsBool() && !f.IsCounter() {
		return f
	}
	return nil
}

func namedFlag(node *kong.Node, word string) *kong.Flag {
	for _, f := range flags(node) {
		if "--"+f.Name == word {
			return f
		}
	}
	return nil
}

func flags(node *kong.Node) []*kong.Flag {
	var all []*kong.Flag
	for _, group := range node.AllFlags(true) {
		all = append(all, group...)
	}
	return all
}

func child(node *kong.Node, word string) *kong.Node {
	for _, c := range node.Children {
		if c.Name == word {
			return c
		}
	}
	return node // an argument
}

func childNames(node *kong.Node) (names []string) {
	for _, c := range node.Children {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return names
}

func flagNames(node *kong.Node) (names []string) {
	for _, f := range flags(node) {
		names = append(names, "--"+f.Name)
		if f.Tag.Negatable != "" {
			names = append(names, "--no-"+f.Name)
		}
	}
	return names
}

func argumentValues(node *kong.Node) (all []string) {
	for _, p := range node.Positional {
		all = append(all, enum(p)...)
	}
	return all
}

func values(f *kong.Flag) []string {
	switch {
	case f == nil:
		return nil
	case f.Target.Type() == reflect.TypeFor[[]status]():
		return shortStatuses()
	}
	return enum(f.Value)
}

func enum(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return strings.Split(v.Enum, ",")
}

func beginning(with string, all []string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return !strings.HasPrefix(s, with) })
}

func prefixed(prefix string, all []string) []string {
	for i := range all {
		all[i] = prefix + all[i]
	}
	return all
}
