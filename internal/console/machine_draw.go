package console

import (
	"cmp"
	"fmt"
	"slices"
)

// drawing is the machine on a plane, its sizes in pixels.
type drawing struct {
	Width, Height int
	Boxes         []drawnBox
	Lines         []drawnLine
}

type drawnBox struct {
	box
	X, Y, W, H int
}

// Row is where a status is written.
func (b drawnBox) Row(i int) int {
	return b.Y + b.H/2 + rowHeight*i - rowHeight*(len(b.Statuses)-1)/2
}

// Middle is its horizontal middle.
func (b drawnBox) Middle() int { return b.X + b.W/2 }

type drawnLine struct {
	Path  string
	X, Y  int // of the label
	Label string
}

const (
	boxWidth, rowHeight, boxPad = 216, 24, 11
	columnGap, rowGap           = 132, 56
	portGap                     = 19 // between two arrows at one side of a box
	margin                      = 8
)

// spot is a place in a column: a box, or where arrows to a box far away pass.
type spot struct {
	box  int // whose, or where those who pass go to
	pass bool
	y    float64 // of its middle
}

// draw lays the boxes out in columns, from where orders begin to where they
// end, and orders each column so that few arrows cross (a layered drawing,
// after Sugiyama).
func (m machine) draw() drawing {
	l := layout{machine: m, column: m.columns()}
	l.connect()
	l.place()
	for range 8 {
		l.sweep()
	}
	l.sort()
	return l.drawing()
}

// columns are the distances from the first box; final boxes come last.
func (m machine) columns() []int {
	column := make([]int, len(m.Boxes))
	for i := range column {
		column[i] = -1
	}
	first := slices.IndexFunc(m.Boxes, func(b box) bool { return b.First })
	column[first] = 0
	for queue := []int{first}; len(queue) > 0; queue = queue[1:] {
		for _, a := range m.Arrows {
			if a.From == queue[0] && column[a.To] < 0 {
				column[a.To] = column[a.From] + 1
				queue = append(queue, a.To)
			}
		}
	}
	last := 0
	for i, b := range m.Boxes {
		if !b.Final {
			last = max(last, column[i])
		}
	}
	for i, b := range m.Boxes {
		if b.Final {
			column[i] = last + 1
		}
	}
	return column
}

type layout struct {
	machine
	column []int
	spots  [][]*spot // by column
	ports  map[port][]port
}

// place gives every box a spot, and every box to which arrows pass columns by
// one in each of them.
func (l *layout) place() {
	l.spots = make([][]*spot, slices.Max(l.column)+1)
	for i := range l.Boxes {
		l.spots[l.column[i]] = append(l.spots[l.column[i]], &spot{box: i})
	}
	for _, a := range l.Arrows {
		for c := l.column[a.From] + 1; c < l.column[a.To]; c++ {
			if l.find(c, a.To, true) == nil {
				l.spots[c] = append(l.spots[c], &spot{box: a.To, pass: true})
			}
		}
	}
	for c := range l.spots {
		l.stack(c)
	}
}

func (l *layout) find(column, of int, pass bool) *spot {
	for _, s := range l.spots[column] {
		if s.box == of && s.pass == pass {
			return s
		}
	}
	return nil
}

// way are the spots that an arrow goes through.
func (l *layout) way(a arrow) (list []*spot) {
	list = append(list, l.find(l.column[a.From], a.From, false))
	for c := l.column[a.From] + 1; c < l.column[a.To]; c++ {
		list = append(list, l.find(c, a.To, true))
	}
	return append(list, l.find(l.column[a.To], a.To, false))
}

func (l *layout) height(s *spot) float64 {
	if s.pass {
		return rowHeight
	}
	ports := max(len(l.ports[port{s.box, false, -1}]), len(l.ports[port{s.box, true, -1}]))
	return float64(max(2*boxPad+rowHeight*len(l.Boxes[s.box].Statuses), portGap*ports+boxPad))
}

// stack puts a column's spots below each other, around the middle.
func (l *layout) stack(c int) {
	total := 0.0
	for _, s := range l.spots[c] {
		total += l.height(s) + rowGap
	}
	y := -total / 2
	for _, s := range l.spots[c] {
		s.y = y + l.height(s)/2
		y += l.height(s) + rowGap
	}
}

// sweep orders each column by where its neighbours are.
func (l *layout) sweep() {
	for c := range l.spots {
		wanted := map[*spot]float64{}
		for _, s := range l.spots[c] {
			sum, n := s.y, 1.0
			for _, a := range l.Arrows {
				way := l.way(a)
				if at := slices.Index(way, s); at >= 0 {
					for _, near := range []int{at - 1, at + 1} {
						if near >= 0 && near < len(way) {
							sum, n = sum+way[near].y, n+1
						}
					}
				}
			}
			wanted[s] = sum / n
		}
		slices.SortStableFunc(l.spots[c], func(a, b *spot) int { return cmp.Compare(wanted[a], wanted[b]) })
		l.stack(c)
	}
}

func (l *layout) drawing() drawing {
	top, bottom := 0.0, 0.0
	for _, column := range l.spots {
		for _, s := range column {
			top, bottom = min(top, s.y-l.height(s)/2), max(bottom, s.y+l.height(s)/2)
		}
	}
	d := drawing{Width: 2*margin + len(l.spots)*(boxWidth+columnGap) - columnGap, Height: int(bottom-top) + 2*margin}
	for c, column := range l.spots {
		for _, s := range column {
			s.y += margin - top
			if !s.pass {
				h := l.height(s)
				d.Boxes = append(d.Boxes, drawnBox{l.Boxes[s.box], l.x(c), int(s.y - h/2), boxWidth, int(h)})
			}
		}
	}
	for i := range l.Arrows {
		d.Lines = append(d.Lines, l.line(i))
	}
	return d
}

func (l *layout) x(column int) int { return margin + column*(boxWidth+columnGap) }

func (l *layout) line(i int) drawnLine {
	a := l.Arrows[i]
	line := drawnLine{Label: a.Label}
	if l.column[a.From] == l.column[a.To] {
		l.vertical(&line, a)
		return line
	}
	from, to := l.ends(i)
	if l.column[a.From] > l.column[a.To] {
		l.back(&line, a, l.portY(from), l.portY(to))
	} else {
		l.forward(&line, a, l.portY(from), l.portY(to))
	}
	return line
}

// vertical is an arrow within a column. Its way down is on the right.
func (l *layout) vertical(line *drawnLine, a arrow) {
	from, to := l.find(l.column[a.From], a.From, false), l.find(l.column[a.To], a.To, false)
	sign := 1.0
	if from.y > to.y {
		sign = -1
	}
	x := l.x(l.column[a.From]) + boxWidth/2 + int(sign*33)
	y1, y2 := from.y+sign*l.height(from)/2, to.y-sign*l.height(to)/2
	line.Path = fmt.Sprintf("M%d %.0fV%.0f", x, y1, y2)
	line.X, line.Y = x+int(sign*33), int((y1+y2)/2)
}

const bend = columnGap / 2

// curve goes on to a point, level at both ends.
func curve(x1 int, y1 float64, x2 int, y2 float64) string {
	by := bend
	if x2 < x1 {
		by = -bend
	}
	return fmt.Sprintf("C%d %.0f %d %.0f %d %.0f", x1+by, y1, x2-by, y2, x2, y2)
}

func (l *layout) back(line *drawnLine, a arrow, y1, y2 float64) {
	x1, x2 := l.x(l.column[a.From]), l.x(l.column[a.To])+boxWidth
	line.Path = fmt.Sprintf("M%d %.0f", x1, y1) + curve(x1, y1, x2, y2)
	line.X, line.Y = (x1+x2)/2, int((y1+y2)/2)
}

// forward goes through the spots where it passes; the label is in the first
// gap, nearer to where it comes from when it passes others.
func (l *layout) forward(line *drawnLine, a arrow, y, end float64) {
	way, column := l.way(a), l.column[a.From]
	x := l.x(column) + boxWidth
	line.X, line.Y = x+columnGap/2, int((y+end)/2)
	line.Path = fmt.Sprintf("M%d %.0f", x, y)
	for i, s := range way[1:] {
		next := l.x(column + 1 + i)
		if !s.pass {
			line.Path += curve(x, y, next, end)
			break
		}
		if i == 0 {
			line.X, line.Y = x+columnGap*2/5, int(y+(s.y-y)*0.35)
		}
		line.Path += curve(x, y, next, s.y) + fmt.Sprintf("H%d", next+boxWidth)
		x, y = next+boxWidth, s.y
	}
}
