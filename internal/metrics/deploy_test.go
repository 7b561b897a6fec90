package metrics_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"entrepot/internal/wire"
)

// family is a metric with the labels that it has.
type family struct{ labels map[string]bool }

var sample = regexp.MustCompile(`(?m)^([a-z_]+)(?:\{([^}]*)\})? `)

// families are the metrics of an answer to Prometheus. What Prometheus adds
// itself has these labels, too.
func families(text string) map[string]family {
	found := map[string]family{}
	for _, m := range sample.FindAllStringSubmatch(text, -1) {
		name := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(m[1], "_bucket"), "_sum"), "_count")
		f, ok := found[name]
		if !ok {
			f = family{map[string]bool{"instance": true, "job": true}}
			found[name] = f
		}
		found[m[1]] = f // histograms are asked for by their parts
		for _, label := range regexp.MustCompile(`([a-z]+)="`).FindAllStringSubmatch(m[2], -1) {
			f.labels[label[1]] = true
		}
	}
	return found
}

var (
	quoted   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	selector = regexp.MustCompile(`([a-z_]+)\{([^}]*)\}`)
	matcher  = regexp.MustCompile(`([a-z]+)\s*(?:=~|!~|!=|=)`)
	grouping = regexp.MustCompile(`by \(([^)]*)\)`)
	word     = regexp.MustCompile(`\b(?:entrepot|go|process)_[a-z_]+\b`)
)

// unknown names what an expression asks for and no metric has.
func unknown(expr string, have map[string]family) (problems []string) {
	plain := quoted.ReplaceAllString(expr, `""`)
	names := word.FindAllString(plain, -1)
	labels := map[string]bool{}
	for _, name := range names {
		f, ok := have[name]
		if !ok {
			problems = append(problems, "there is no metric "+name)
		}
		for label := range f.labels {
			labels[label] = true
		}
	}
	for _, s := range selector.FindAllStringSubmatch(plain, -1) {
		for _, m := range matcher.FindAllStringSubmatch(s[2], -1) {
			if f, ok := have[s[1]]; ok && !f.labels[m[1]] {
				problems = append(problems, s[1]+" has no label "+m[1])
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(plain, -1) {
		for label := range strings.SplitSeq(g[1], ",") {
			if label = strings.TrimSpace(label); !labels[label] {
				problems = append(problems, "nothing here has the label "+label)
			}
		}
	}
	if len(names) == 0 && !strings.HasPrefix(plain, "up{") {
		problems = append(problems, "it asks for no metric")
	}
	return problems
}

// TestUnknown sees that the check bites.
func TestUnknown(t *testing.T) {
	have := all(t)
	for expr, wrong := range map[string]bool{
		`rate(entrepot_requests_total{outcome!="ok"}[5m])`:                           false,
		`sum by (endpoint, le) (rate(entrepot_request_duration_seconds_bucket[5m]))`: false,
		`rate(entrepot_request_total[5m])`:                                           true,
		`rate(entrepot_requests_total{result="ok"}[5m])`:                             true,
		`sum by (store) (rate(entrepot_requests_total[5m]))`:                         true,
		`rate(entrepot_connections_bucket[5m])`:                                      true,
		`sum(rate(http_requests[5m]))`:                                               true,
	} {
		if got := unknown(expr, have); (len(got) > 0) != wrong {
			t.Errorf("%s: %v", expr, got)
		}
	}
}

// TestDashboard sees that every query of the dashboard asks for what there is.
func TestDashboard(t *testing.T) {
	body, err := os.ReadFile("../../deploy/grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(body, &dashboard); err != nil {
		t.Fatal(err)
	}
	have := all(t)
	queries := 0
	for _, p := range dashboard.Panels {
		for _, target := range p.Targets {
			queries++
			for _, problem := range unknown(target.Expr, have) {
				t.Errorf("%s: %s", p.Title, problem)
			}
		}
	}
	if queries < 10 {
		t.Errorf("only %d queries were found", queries)
	}
}

type rules struct {
	Groups []struct {
		Rules []struct {
			Alert, Expr string
			Labels      struct{ Severity string }
			Annotations struct{ Summary string }
		}
	}
}

// TestAlerts sees the same of the alerts, and that the manual says what to do
// about each.
func TestAlerts(t *testing.T) {
	body, err := os.ReadFile("../../deploy/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	manual, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	var r rules
	if err := yaml.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	have := all(t)
	if len(r.Groups) != 2 || len(r.Groups[0].Rules) < 5 { // the other one is TestSyncAlerts'
		t.Fatalf("the file holds %d groups", len(r.Groups))
	}
	told := 0
	for _, rule := range r.Groups[0].Rules {
		for _, problem := range unknown(rule.Expr, have) {
			t.Errorf("%s: %s", rule.Alert, problem)
		}
		heading := "\n#### " + rule.Alert
		if rule.Labels.Severity == "page" {
			heading += " (page)"
		}
		if rule.Annotations.Summary == "" || !strings.Contains(string(manual), heading+"\n") {
			t.Errorf("%s has no summary, or docs/operating.md has no heading %q", rule.Alert, heading)
		}
		told++
		if rule.Alert == "EntrepotServerFaults" {
			for _, outcome := range []wire.Key{wire.ServerFault, wire.ReferenceUnread} {
				if !strings.Contains(rule.Expr, string(outcome)) {
					t.Errorf("%s overlooks the outcome %q", rule.Alert, outcome)
				}
			}
		}
	}
	if headings := strings.Count(string(manual), "\n#### Entrepot"); headings != told {
		t.Errorf("the manual tells of %d alerts, and there are %d", headings, told)
	}
}
