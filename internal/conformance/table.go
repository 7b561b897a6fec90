package conformance

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"entrepot/internal/conformance/match"

	"github.com/goccy/go-yaml"
)

//go:embed cases/*.yaml shapes.yaml elsewhere.yaml
var tableFiles embed.FS

// Case is one row of the table: what the server must hold, the steps, and the sentences shown.
type Case struct {
	Section string   `yaml:"-"` // of the file it stands in
	Name    string   `yaml:"name"`
	Shows   []string `yaml:"shows"`
	Write   bool     `yaml:"write"`
	Last    bool     `yaml:"last"` // after all others, since it spoils something for a while
	Needs   []string `yaml:"needs"`
	Each    []row    `yaml:"each"`
	Steps   []step   `yaml:"steps"`

	sentences []Sentence
}

type row = map[string]string

// Keys of a row that are no variables.
const (
	rowNeeds = "needs" // separated by blanks
	rowLabel = "case"
)

type step struct {
	Method  string             `yaml:"method"`
	Path    string             `yaml:"path"`
	Headers map[string]*string `yaml:"headers"`
	Body    string             `yaml:"body"`
	Size    int                `yaml:"size"`    // the body is filled up with blanks to so many bytes
	Chunked bool               `yaml:"chunked"` // sent without its length
	Guess   bool               `yaml:"guess"`   // the secret is wrong and counts as a guess
	Times   string             `yaml:"times"`
	For     []string           `yaml:"for"` // once for each, as the variable it

	Place string `yaml:"place"` // the cart of which an order is placed
	As    string `yaml:"as"`    // the variable that takes its id; the bare number is …Number
	Again bool   `yaml:"again"` // it was placed already: refused, or the same id

	Status  int                `yaml:"status"`
	Wants   map[string]*string `yaml:"wants"`
	Refused string             `yaml:"refused"`
	JSON    string             `yaml:"json"`
	Matches []string           `yaml:"matches"`
	Checks  []string           `yaml:"checks"`
	Capture map[string]string  `yaml:"capture"`
}

// elsewhere is a sentence, or a whole section, that cannot be shown over the wire.
type elsewhere struct {
	Quote   string   `yaml:"quote"`
	Section string   `yaml:"section"`
	Partly  bool     `yaml:"partly"` // a case shows the rest of it
	Why     string   `yaml:"why"`
	ShownBy []string `yaml:"shown_by"` // files, each with a function of it or without
	ToCome  []string `yaml:"to_come"`  // files and folders that there are not yet

	sentences []Sentence
}

// table is everything that is data.
type table struct {
	contract  []Section
	cases     []*Case
	shapes    match.Shapes
	elsewhere []*elsewhere
}

var builtin = sync.OnceValues(func() (*table, error) { return loadTable(tableFiles, Contract()) })

func loadTable(files fs.FS, contract []Section) (*table, error) {
	t := &table{contract: contract}
	if err := errors.Join(t.loadShapes(files), t.loadElsewhere(files)); err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "cases/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	for _, name := range names {
		if err := t.loadCases(files, name); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	err = t.validate()
	return t, err
}

// readYAML is strict: a key that nobody reads is a mistake.
func readYAML(files fs.FS, name string, into any) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("read table: %w", err)
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (t *table) loadCases(files fs.FS, name string) error {
	var file struct {
		Section string  `yaml:"section"`
		Cases   []*Case `yaml:"cases"`
	}
	if err := readYAML(files, name, &file); err != nil {
		return err
	}
	if _, ok := t.section(file.Section); !ok {
		return fmt.Errorf("the contract has no section %q", file.Section)
	}
	for _, c := range file.Cases {
		c.Section = file.Section
		t.cases = append(t.cases, c)
	}
	return nil
}

func (t *table) section(number string) (Section, bool) {
	for _, s := range t.contract {
		if s.Number == number {
			return s, true
		}
	}
	return Section{}, false
}

// loadShapes compiles in the order of the file: a shape may use those above it.
func (t *table) loadShapes(files fs.FS) error {
	var shapes []struct {
		Name string `yaml:"name"`
		JSON string `yaml:"json"`
	}
	if err := readYAML(files, "shapes.yaml", &shapes); err != nil {
		return err
	}
	t.shapes = match.Shapes{}
	for _, s := range shapes {
		if err := t.shapes.Add(s.Name, s.JSON); err != nil {
			return fmt.Errorf("shapes.yaml: %w", err)
		}
	}
	return nil
}

func (t *table) loadElsewhere(files fs.FS) error {
	if err := readYAML(files, "elsewhere.yaml", &t.elsewhere); err != nil {
		return err
	}
	for _, e := range t.elsewhere {
		if err := e.resolve(t); err != nil {
			return fmt.Errorf("elsewhere.yaml: %w", err)
		}
	}
	return nil
}

func (e *elsewhere) resolve(t *table) error {
	if strings.TrimSpace(e.Why) == "" || len(e.ShownBy)+len(e.ToCome) == 0 {
		return fmt.Errorf("%q says not why, or not what shows it", e.Quote+e.Section)
	}
	if e.Section != "" {
		section, ok := t.section(e.Section)
		if !ok || e.Quote != "" {
			return fmt.Errorf("no section %q, or a quote beside it", e.Section)
		}
		e.sentences = section.Sentences
		return nil
	}
	s, err := find(t.contract, e.Quote)
	e.sentences = []Sentence{s}
	return err
}
