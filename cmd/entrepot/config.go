package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// configCommand shows what serve would be told by the same command line,
// environment and file.
type configCommand struct {
	serveSettings
	jsonFlag
}

// setting is a setting in force. Its JSON is documented in docs/cli-json.md.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	From  string `json:"from"`            // flag, environment, file or default
	Where string `json:"where,omitempty"` // the variable or the file
}

// Run prints the settings.
func (c *configCommand) Run(con console, parsed *kong.Context, file *settingsFile) error {
	var settings []setting
	for _, flag := range settingsOf(parsed.Model.Node) {
		settings = append(settings, describe(parsed, flag, file))
	}
	if c.JSON {
		return writeJSON(con.Out, map[string][]setting{"settings": settings})
	}
	t := newTable(con.Out, "SETTING", "VALUE", "FROM")
	for _, s := range settings {
		t.row(s.Name, s.Value, strings.TrimSpace(s.From+" "+s.Where))
	}
	return t.flush()
}

// settingsOf are the flags of serve.
func settingsOf(app *kong.Node) []*kong.Flag {
	for _, node := range app.Children {
		if node.Name == "serve" {
			return node.Flags
		}
	}
	return nil
}

// describe looks the setting up under its name in the command that was parsed.
func describe(parsed *kong.Context, of *kong.Flag, file *settingsFile) setting {
	s := setting{Name: of.Name, From: "default"}
	flag := flagOf(parsed, of.Name)
	s.Value = shown(flag)
	switch variable, isSet := environmentOf(flag); {
	case onCommandLine(parsed, flag):
		s.From = "flag"
	case isSet:
		s.From, s.Where = "environment", variable
	case file.has(of.Name):
		s.From, s.Where = "file", file.path
	}
	return s
}

func flagOf(parsed *kong.Context, name string) *kong.Flag {
	for _, flag := range parsed.Flags() {
		if flag.Name == name {
			return flag
		}
	}
	panic("config has not the settings of serve") // both embed serveSettings
}

func onCommandLine(parsed *kong.Context, flag *kong.Flag) bool {
	for _, p := range parsed.Path {
		if p.Flag == flag && !p.Resolved {
			return true
		}
	}
	return false
}

// environmentOf is the variable that sets a flag, and whether it is there.
func environmentOf(flag *kong.Flag) (variable string, isSet bool) {
	for _, variable := range flag.Envs {
		if _, isSet := os.LookupEnv(variable); isSet {
			return variable, true
		}
	}
	return "", false
}

func shown(flag *kong.Flag) string {
	text := fmt.Sprint(flag.Target.Interface())
	if flag.IsSlice() {
		text = strings.ReplaceAll(strings.Trim(text, "[]"), " ", ",")
	}
	return text
}
