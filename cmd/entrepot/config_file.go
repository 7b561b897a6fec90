package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
)

// settingsFile are the settings that a file holds: the flags of serve by their
// names. YAML takes comments, which settings need, and JSON is YAML.
type settingsFile struct {
	path   string
	values map[string]string
}

// BeforeResolve reads the file, when there is one, and lets its settings stand
// in for flags. What serve does not know is an error, whatever the command.
func (c *cli) BeforeResolve(parsed *kong.Context) error {
	file := &settingsFile{}
	parsed.Bind(file)
	if err := misspelt(parsed, os.Environ()); err != nil {
		return err
	}
	path, err := configPath(parsed)
	if err != nil || path == "" {
		return err
	}
	if err := file.read(path, settingsOf(parsed.Model.Node)); err != nil {
		return withHint(err, "`entrepot serve --help` has the names and what they take; `entrepot config` shows what is in force")
	}
	parsed.AddResolver(file)
	return nil
}

// configPath is what --config says, or its variable.
func configPath(parsed *kong.Context) (string, error) {
	for _, flag := range parsed.Model.Flags {
		if flag.Name == "config" {
			path, ok := parsed.FlagValue(flag).(string)
			if !ok {
				return "", errors.New("--config takes the name of a file")
			}
			if path != "" {
				path = kong.ExpandPath(path)
			}
			return path, nil
		}
	}
	return "", nil
}

func (f *settingsFile) read(path string, known []*kong.Flag) error {
	body, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("read the settings: %w", err)
	}
	values, err := document(body)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	f.path, f.values = path, map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(values)) { // of several slips the same one is named every time
		if err := f.take(key, values[key], known); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// document is the one document of a file; an empty file has none.
func document(body []byte) (values map[string]any, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(body))
	if err = decoder.Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.New(yaml.FormatError(err, false, false))
	}
	var second any
	if err == nil && !errors.Is(decoder.Decode(&second), io.EOF) {
		return nil, errors.New("expected one document, with no line --- between settings")
	}
	return values, nil
}

func (f *settingsFile) take(key string, value any, known []*kong.Flag) error {
	for _, flag := range known {
		if flag.Name == key {
			text, err := scalar(value, flag.IsSlice())
			if err == nil {
				err = tryOn(flag, text)
			}
			f.values[key] = text
			return wrapKey(key, err)
		}
	}
	names := make([]string, len(known))
	for i, flag := range known {
		names[i] = flag.Name
	}
	name, _ := nearest(key, names)
	return fmt.Errorf("there is no setting %q; the nearest is %q", key, name)
}

func wrapKey(key string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// scalar is a value as it would stand in a flag; a list only where one may.
func scalar(value any, list bool) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", errors.New("there is no value")
	case map[string]any:
		return "", errors.New("settings have no settings of their own")
	case []any:
		if !list {
			return "", errors.New("one value is taken, not a list")
		}
		texts := make([]string, len(v))
		for i, element := range v {
			var err error
			if texts[i], err = scalar(element, false); err != nil {
				return "", err
			}
		}
		return strings.Join(texts, ","), nil
	}
	return fmt.Sprint(value), nil
}

// tryOn sees whether a flag takes the text, so that the error can say where it
// stands.
func tryOn(flag *kong.Flag, text string) error {
	target := reflect.New(flag.Target.Type()).Elem()
	if err := flag.Parse(kong.Scan().PushTyped(text, kong.FlagValueToken), target); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "--"+flag.Name+": "))
	}
	for allowed := range flag.EnumMap() {
		if allowed == text {
			return nil
		}
	}
	if flag.Enum != "" {
		return fmt.Errorf("%q is none of %s", text, flag.Enum)
	}
	return nil
}

func (f *settingsFile) has(name string) bool {
	_, ok := f.values[name]
	return ok
}

// Validate implements kong.Resolver; read has done it.
func (f *settingsFile) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver: what the file says of a flag that neither
// the command line nor the environment sets. Commands beside the service take
// its database from the file; the demo and sync have one of their own.
func (f *settingsFile) Resolve(_ *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
	if _, isSet := environmentOf(flag); isSet || parent.Command == nil || !f.has(flag.Name) {
		return nil, nil
	}
	switch command := commandPath(parent.Command); {
	case command == "serve", command == "config":
		return f.values[flag.Name], nil
	case command == "demo", strings.HasPrefix(command, "sync "), !slices.Contains(databaseSettings, flag.Name):
		return nil, nil
	}
	return f.values[flag.Name], nil
}

// databaseSettings say where the database is.
var databaseSettings = []string{"data", "db", "db-password-file"}

// AfterApply refuses a folder on the command line beside a PostgreSQL database,
// wherever that is named: which of them is meant nobody can tell. A folder that
// is set elsewhere, as in the image, gives way.
func (c *cli) AfterApply(parsed *kong.Context) error {
	folder, database := false, ""
	for _, flag := range parsed.Flags() {
		switch flag.Name {
		case "data":
			folder = onCommandLine(parsed, flag)
		case "db":
			database = fmt.Sprint(flag.Target.Interface())
		}
	}
	if folder && database != "" {
		return withHint(errors.New("--data names a folder and --db a PostgreSQL database; which one is meant?"),
			"give one of them; --db may come from ENTREPOT_DB or the file of settings, and --db= takes it back")
	}
	return nil
}
