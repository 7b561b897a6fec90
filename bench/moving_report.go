package main

import (
	"fmt"
	"slices"
	"strings"
)

func (m moving) section(b *strings.Builder) {
	fmt.Fprintf(b, "%s orders of the demo, with their histories: a database of %s, exported as %s of JSON Lines or %s of CSV; plain answers, as another server gives them, are %s. "+
		"Each command is a process, %d rounds by turns; memory is the most that was resident (`ru_maxrss`). Beside it, a process too, the simplest thing with the same bytes. "+
		"While the backup is made, %d clients update orders without a pause.\n\n",
		thousands(m.orders), megabytes(m.files[databaseFile]), megabytes(m.files[ownFile]), megabytes(m.files[tableFile]), megabytes(m.files[plainFile]), m.rounds, updaters)
	b.WriteString("| | seconds | processor time, s | memory, MiB | beside it | its seconds | ratio |\n| --- | ---: | ---: | ---: | --- | ---: | ---: |\n")
	for _, mv := range m.moves {
		fmt.Fprintf(b, "| %s | **%s** | %s | %s | %s | %s | %s |\n", mv.title, spread(mv.ours.wall), spread(mv.ours.cpu), spread(mv.ours.peak),
			mv.about, spread(mv.bare.wall), spread(mv.ours.wall.over(mv.bare.wall)))
	}
	for _, mv := range m.moves {
		if mv.goal > 0 {
			verdict(b, fmt.Sprintf("%s in less than %s s", mv.title, number(mv.goal)), number(mv.ours.wall.median())+" s", mv.ours.wall.median() < mv.goal)
		}
	}
	peak := slices.MaxFunc(m.moves, func(x, y *move) int { return int(x.ours.peak.high() - y.ours.peak.high()) })
	fmt.Fprintf(b, "\nThe most memory is that of %s, %s MiB.\n", peak.title, number(peak.ours.peak.high()))
}

func megabytes(bytes int64) string { return number(float64(bytes)/1e6) + " MB" }
