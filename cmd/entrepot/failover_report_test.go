//go:build unix

package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// report writes the table of docs/failover.md. An audit after each run has
// seen that nothing was lost.
func (f *failover) report(t *testing.T) {
	t.Helper()
	last := f.runs[len(f.runs)-1]
	lines := []string{
		"| the primary | runs | COMMITs in flight | requests in flight: succeeded, failed | written | refused | without an answer | s to promote: p50, max | s without service: p50, max | s until all nodes: p50, max | slowest refusal, s |",
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
	}
	for _, way := range ways {
		lines = append(lines, f.summary(way.name, func(o *outage) bool { return o.way == way.name }))
	}
	lines = append(lines, f.summary("all", func(*outage) bool { return true }))
	t.Logf("%d nodes, %d orders; lost %d, seen and missing %d, never seen %d, numbers used again %d, carts that became two orders %d",
		len(f.nodes), f.sold(), f.found.lost, f.found.vanished, f.found.missed, f.found.reused, f.found.doubled)
	t.Logf("of the writes that were not answered with success %d were made, %d were not\n%s", last.done, last.undone, strings.Join(lines, "\n"))
	settled := f.settled(t)
	t.Logf("COMMITs whose answer was late or did not come, as the nodes counted them: %v", settled)
	if len(settled) == 0 {
		t.Error("the nodes had to look up no COMMIT")
	}
	if total := f.sum(func(o *outage) int { return o.inCommit }); total == 0 {
		t.Error("no COMMIT was in flight: the test has not shown what it is for")
	}
}

// tell says what was out of the ordinary in a run.
func (o *outage) tell(t *testing.T, run int) {
	t.Helper()
	t.Logf("run %d, %s: %d COMMITs in flight; promoted after %.1f s, service after %.1f s", run+1, o.way, o.inCommit,
		o.promoted.Sub(o.struck).Seconds(), o.again.Sub(o.struck).Seconds())
	for _, e := range o.events {
		took := e.ended.Sub(e.begun)
		if !e.answered() || took > 2*time.Second {
			t.Logf("%s at node %d, begun %.1f s after the loss, took %.1f s: %v", e.what, e.node, e.begun.Sub(o.struck).Seconds(), took.Seconds(), e.err)
		}
	}
}

var lateCommits = regexp.MustCompile(`(?m)^entrepot_db_late_commits_total\{outcome="(\w+)"\} (\d+)$`)

// settled is what the nodes found out about COMMITs without an answer.
func (f *failover) settled(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, p := range f.nodes {
		for _, line := range lateCommits.FindAllStringSubmatch(metricsOf(t, p), -1) {
			n, err := strconv.Atoi(line[2])
			if err != nil {
				t.Error(err)
			}
			if n > 0 {
				counts[line[1]] += n
			}
		}
	}
	return counts
}

func adminURL(t *testing.T, p *process) string {
	t.Helper()
	var ready struct{ AdminURL string }
	body, err := os.ReadFile(p.ready)
	if err = errors.Join(err, json.Unmarshal(body, &ready)); err != nil {
		t.Fatal(err)
	}
	return ready.AdminURL
}

func metricsOf(t *testing.T, p *process) string {
	t.Helper()
	response, err := clients.Get(adminURL(t, p) + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (f *failover) sum(of func(*outage) int) (n int) {
	for _, o := range f.runs {
		n += of(o)
	}
	return n
}

// summary is a row of the table.
func (f *failover) summary(name string, of func(*outage) bool) string {
	var runs, commits, kept, broken, written, refused, unanswered int
	var promoted, again, everywhere []float64
	slowest := time.Duration(0)
	for _, o := range f.runs {
		if !of(o) {
			continue
		}
		runs++
		commits += o.inCommit
		promoted = append(promoted, o.promoted.Sub(o.struck).Seconds())
		again = append(again, o.again.Sub(o.struck).Seconds())
		everywhere = append(everywhere, o.everywhere.Sub(o.struck).Seconds())
		for _, e := range o.events {
			flying := e.write && e.begun.Before(o.struck) && e.ended.After(o.struck)
			switch {
			case e.err == nil && flying:
				kept++
			case flying:
				broken++
			}
			switch {
			case e.err == nil && e.write:
				written++
			case e.err != nil && e.answered():
				refused++
				slowest = max(slowest, e.ended.Sub(e.begun))
			case e.err != nil:
				unanswered++
			}
		}
	}
	return fmt.Sprintf("| %s | %d | %d | %d, %d | %d | %d | %d | %s | %s | %s | %.1f |",
		name, runs, commits, kept, broken, written, refused, unanswered, spread(promoted), spread(again), spread(everywhere), slowest.Seconds())
}

// spread is the median and the largest.
func spread(seconds []float64) string {
	if len(seconds) == 0 {
		return "-"
	}
	slices.Sort(seconds)
	return fmt.Sprintf("%.1f, %.1f", seconds[len(seconds)/2], seconds[len(seconds)-1])
}
