package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// report is what a run found.
type report struct {
	options options
	began   time.Time
	took    time.Duration
	scale   scale
	machine machine
	figures []figure
	mixture mixture
	peers   []figure // beside PocketBase
	startup startup
	moving  moving
	checked int64
}

// section is a part of the results under a heading of its own.
type section struct{ title, text string }

// markdown is the report as bench/RESULTS.md shows it.
func (r report) markdown() string {
	var b strings.Builder
	r.heading(&b)
	for _, s := range r.sections() {
		b.WriteString(s.markdown())
	}
	return b.String()
}

func (s section) markdown() string { return "\n## " + s.title + "\n\n" + s.text }

// sections are those of the parts that were measured.
func (r report) sections() (sections []section) {
	add := func(title string, write func(*strings.Builder)) {
		var b strings.Builder
		write(&b)
		sections = append(sections, section{title, r.byItself() + b.String()})
	}
	for _, f := range r.figures {
		add(f.title, f.section)
	}
	if len(r.mixture.rate) > 0 {
		add("Mixed load", r.mixture.section)
	}
	for _, f := range r.peers {
		add(f.title, f.section)
	}
	if len(r.startup.first) > 0 {
		add("Start", r.startup.start)
		add("Memory while listing", r.startup.listing)
	}
	if len(r.moving.moves) > 0 {
		add("Moving orders", r.moving.section)
	}
	return sections
}

// byItself says when a part was measured of which the heading does not tell.
func (r report) byItself() string {
	if r.options.only == "" {
		return ""
	}
	return fmt.Sprintf("Measured by itself (%s): %s, commit %s, %s, %s, load average before %s.\n\n",
		"`"+r.command()+"`", r.began.UTC().Format("2006-01-02 15:04 UTC"), r.machine.commit, r.machine.golang, r.machine.processor, r.machine.load)
}

func (r report) command() string {
	command := "go run ./bench"
	if r.options.short {
		command += " -short"
	}
	if r.options.only != "" {
		command += " -only " + r.options.only
	}
	return command
}

// replaceSections puts sections in the place of those of the same title, or at
// the end.
func replaceSections(text string, sections []section) string {
	parts := strings.Split(text, "\n## ")
	for _, s := range sections {
		fresh := strings.TrimPrefix(s.markdown(), "\n## ")
		at := slices.IndexFunc(parts, func(part string) bool { return strings.HasPrefix(part, s.title+"\n") })
		if at < 0 {
			parts = append(parts, fresh)
		} else {
			parts[at] = fresh
		}
	}
	return strings.Join(parts, "\n## ")
}

func (r report) heading(b *strings.Builder) {
	b.WriteString("# Results of `make bench`\n\nWritten by the bench; what it measures, and how, is in [README.md](README.md).\n\n")
	command := "`" + r.command() + "`"
	if r.options.short {
		b.WriteString("**A quick look (`-short`): these figures are good for nothing but to see that all is there.**\n\n")
	} else if r.options.only == "" {
		command = "`make bench` (" + command + ")"
	}
	rows := [][2]string{
		{"date", r.began.UTC().Format("2006-01-02 15:04 UTC")},
		{"command", command},
		{"took", r.took.Round(time.Second).String()},
	}
	rows = append(rows, r.machine.rows()...)
	rows = append(rows, [][2]string{
		{"orders", fmt.Sprintf("%s of the demo; %s and %s small ones", thousands(r.scale.Orders), thousands(r.scale.Small.orders()), thousands(r.scale.Large.orders()))},
		{"rounds", fmt.Sprintf("%d of %s each, taken in turn, after a warm-up of %s", r.scale.Rounds, r.scale.Counted, r.scale.Warmup)},
		{"answers compared with what was expected", thousands(int(r.checked)) + ", all right"},
	}...)
	b.WriteString("| | |\n| --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(b, "| %s | %s |\n", row[0], row[1])
	}
	b.WriteString("\nFigures are medians; the spread from the least to the most stands behind them.\n" +
		"A ratio is that of the two sides in one round, so that what slows a round down slows both.\n")
}

func (f figure) section(b *strings.Builder) {
	fmt.Fprintf(b, "%s.\n\n", f.about)
	b.WriteString("| | answers a second | server's processor time for one | load generator, of one processor |\n| --- | ---: | ---: | ---: |\n")
	for _, s := range f.sides {
		fmt.Fprintf(b, "| %s | %s | %s µs | %s %% |\n", s.name, spread(s.rate), spread(s.server), spread(s.client))
	}
	ratios := f.ratios()
	fmt.Fprintf(b, "| **ratio** | **%s** | %s | |\n", spread(ratios), spread(f.sides[0].server.over(f.sides[1].server)))
	if f.goal > 0 {
		verdict(b, fmt.Sprintf("a ratio of %s", number(f.goal)), number(ratios.median()), ratios.median() >= f.goal)
	}
}

// verdict says whether a goal was reached, in the open where it was not.
func verdict(b *strings.Builder, goal, got string, reached bool) {
	if reached {
		fmt.Fprintf(b, "\nThe goal, %s, is reached.\n", goal)
		return
	}
	fmt.Fprintf(b, "\n**Falls short** of the goal, %s: it is %s.\n", goal, got)
}

// The goals of what fresh processes do.
const (
	goalFirst  = 100.0 // milliseconds
	goalIdle   = 40.0  // MiB
	goalGrowth = 16.0  // MiB
)

func (s startup) start(b *strings.Builder) {
	fmt.Fprintf(b, "From exec to the first answer, an order by its id, in %d starts with the whole database (in the page cache): **%s ms**. Anonymous memory then: **%s MiB**.\n",
		len(s.first), spread(s.first), spread(s.lists[len(s.lists)-1].idle))
	first, idle := s.first.median(), s.lists[len(s.lists)-1].idle.median()
	verdict(b, number(goalFirst)+" ms", number(first)+" ms", first <= goalFirst)
	verdict(b, "less than "+number(goalIdle)+" MiB when idle", number(idle)+" MiB", idle < goalIdle)
}

func (s startup) listing(b *strings.Builder) {
	fmt.Fprintf(b, "Anonymous memory (RssAnon) of a fresh process in MiB, seen every %s while one client asks for %d lists, one after the other.\n\n", sampleEvery, listings)
	b.WriteString("| orders in a list | before | peak | growth |\n| ---: | ---: | ---: | ---: |\n")
	for _, g := range s.lists {
		fmt.Fprintf(b, "| %s | %s | %s | **%s** |\n", thousands(g.orders), spread(g.idle), spread(g.peak), spread(g.more))
	}
	longest := s.lists[len(s.lists)-1]
	verdict(b, "to grow by less than "+number(goalGrowth)+" MiB", number(longest.more.median())+" MiB", longest.more.median() < goalGrowth)
}

func spread(v values) string {
	return fmt.Sprintf("%s (%s … %s)", number(v.median()), number(v.low()), number(v.high()))
}

// number writes three significant digits, and groups of thousands.
func number(f float64) string {
	switch {
	case f >= 100:
		return thousands(int(math.Round(f)))
	case f >= 10:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 2, 64)
}

func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return thousands(n/1000) + fmt.Sprintf(",%03d", n%1000)
}

func size(bytes int64) string {
	if bytes < 10_000 {
		return thousands(int(bytes)) + " bytes"
	}
	return number(float64(bytes)/1000) + " kB"
}
