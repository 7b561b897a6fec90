package console

import (
	"cmp"
	"slices"
)

// port is where an arrow touches a side of a box.
type port struct {
	box   int
	right bool
	arrow int
}

// side is a port of no arrow in particular.
func (p port) side() port { return port{p.box, p.right, -1} }

// ends are the ports of an arrow between columns.
func (l *layout) ends(i int) (from, to port) {
	a := l.Arrows[i]
	forth := l.column[a.From] < l.column[a.To]
	return port{a.From, forth, i}, port{a.To, !forth, i}
}

// connect hands out the ports.
func (l *layout) connect() {
	l.ports = map[port][]port{}
	for i, a := range l.Arrows {
		if l.column[a.From] == l.column[a.To] {
			continue
		}
		from, to := l.ends(i)
		l.ports[from.side()] = append(l.ports[from.side()], from)
		l.ports[to.side()] = append(l.ports[to.side()], to)
	}
}

// sort brings the ports of each side into the order of what is at the other
// ends.
func (l *layout) sort() {
	for _, ports := range l.ports {
		slices.SortStableFunc(ports, func(a, b port) int { return cmp.Compare(l.beyond(a), l.beyond(b)) })
	}
}

// beyond is how high the first spot is to which a port's arrow leads.
func (l *layout) beyond(p port) float64 {
	way := l.way(l.Arrows[p.arrow])
	if l.Arrows[p.arrow].From != p.box {
		return way[len(way)-2].y
	}
	return way[1].y
}

// portY is how high a port is.
func (l *layout) portY(p port) float64 {
	s, ports := l.find(l.column[p.box], p.box, false), l.ports[p.side()]
	return s.y + portGap*(float64(slices.Index(ports, p))-float64(len(ports)-1)/2)
}
