package merchantsync

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"entrepot/client"
)

// CSVError says what is wrong in one place of a file of reports.
type CSVError struct {
	Line, Column int // from 1; Column counts bytes, 0 when the whole line is meant
	Text         string
}

func (e *CSVError) Error() string {
	if e.Column == 0 {
		return fmt.Sprintf("line %d: %s", e.Line, e.Text)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Text)
}

// The columns of a file of reports. The last may be left out.
var reportColumns = []string{"order_id", "kind", "value", "key"}

// ReadReports reads what a shop wants reported from CSV with a header line:
// order_id, kind, value and, if need be, key, in any order. Lines that are
// wrong are left out and told of; the others are good. The error is that of
// reading, or of the header: then there are no reports.
//
// A line without a key gets one made of what it says, so that reading a file
// again adds nothing.
func ReadReports(r io.Reader, store int64, now time.Time) ([]Report, []*CSVError, error) {
	rows := csv.NewReader(skipMark(r))
	rows.FieldsPerRecord = -1
	rows.ReuseRecord = true
	places, err := readHeader(rows)
	if err != nil {
		return nil, nil, err
	}
	f := reportsFile{rows: rows, places: places, store: store, now: now, byKey: map[string]int{}}
	err = f.read()
	return f.reports, f.wrong, err
}

// skipMark drops the byte order mark that spreadsheets write.
func skipMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if start, err := b.Peek(3); err == nil && string(start) == "\uFEFF" {
		_, _ = b.Discard(3) // it was peeked at
	}
	return b
}

// readHeader tells in which place each column is.
func readHeader(rows *csv.Reader) (map[string]int, error) {
	header, err := rows.Read()
	if errors.Is(err, io.EOF) {
		return nil, &CSVError{1, 0, "the file is empty; expected a header line: order_id,kind,value"}
	}
	if err != nil {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	places := map[string]int{}
	for i, name := range header {
		line, column := rows.FieldPos(i)
		name = strings.ToLower(strings.TrimSpace(name))
		_, twice := places[name]
		switch {
		case strings.Contains(name, ";"):
			return nil, &CSVError{line, column, "columns must be separated by commas, not semicolons"}
		case twice:
			return nil, &CSVError{line, column, fmt.Sprintf("column %q is there twice", name)}
		case !slices.Contains(reportColumns, name):
			return nil, &CSVError{line, column, fmt.Sprintf("there is no column %.40q; expected %s", name, strings.Join(reportColumns, ", "))}
		}
		places[name] = i
	}
	for _, name := range reportColumns[:3] {
		if _, there := places[name]; !there {
			return nil, &CSVError{1, 0, fmt.Sprintf("the header has no column %q", name)}
		}
	}
	return places, nil
}

type reportsFile struct {
	rows    *csv.Reader
	places  map[string]int
	store   int64
	now     time.Time
	reports []Report
	lines   []int          // of reports
	byKey   map[string]int // index of reports
	wrong   []*CSVError
}

func (f *reportsFile) read() error {
	for {
		cells, err := f.rows.Read()
		var parse *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &parse):
			f.wrong = append(f.wrong, &CSVError{parse.Line, parse.Column, parse.Err.Error()})
		case err != nil:
			return fmt.Errorf("read the reports: %w", err)
		default:
			f.take(cells)
		}
	}
}

func (f *reportsFile) take(cells []string) {
	line, _ := f.rows.FieldPos(0)
	if len(cells) != len(f.places) {
		f.wrong = append(f.wrong, &CSVError{line, 0, fmt.Sprintf("it has %d cells, the header has %d", len(cells), len(f.places))})
		return
	}
	r, at, err := f.report(cells)
	if err != nil {
		line, column := f.rows.FieldPos(f.places[at])
		f.wrong = append(f.wrong, &CSVError{line, column, at + ": " + err.Error()})
		return
	}
	if _, twice := f.byKey[r.Key]; !twice {
		f.byKey[r.Key] = len(f.reports)
		f.reports, f.lines = append(f.reports, r), append(f.lines, line)
	}
}

// report reads a line; at is the column that an error is in.
func (f *reportsFile) report(cells []string) (r Report, at string, err error) {
	cell := func(column string) string {
		at = column
		place, there := f.places[column]
		if !there {
			return ""
		}
		return strings.TrimSpace(cells[place])
	}
	r = Report{State: Pending, MadeAt: f.now}
	if r.OrderID, err = f.orderID(cell("order_id")); err != nil {
		return r, at, err
	}
	if r.Kind, err = reportKind(cell("kind")); err != nil {
		return r, at, err
	}
	if r.Value, err = reportValue(r.Kind, cell("value")); err != nil {
		return r, at, err
	}
	if r.Key, err = plain(cell("key")); err != nil {
		return r, at, err
	}
	if r.Key == "" {
		r.Key = fmt.Sprintf("csv:%s:%s:%s", r.OrderID, r.Kind, r.Value)
	}
	return r, at, f.repeated(r)
}

// repeated tells a key that means two things from a line that is there twice.
func (f *reportsFile) repeated(r Report) error {
	i, twice := f.byKey[r.Key]
	if twice && f.reports[i] != r {
		return fmt.Errorf("%.40q is the key of line %d, which says something else", r.Key, f.lines[i])
	}
	return nil
}

// orderID takes the full id, or the number alone.
func (f *reportsFile) orderID(text string) (client.OrderID, error) {
	id := client.OrderID(text)
	number, store := id.Number(), id.Store()
	switch {
	case text == "":
		return "", errMissing
	case number == 0 || (strings.Contains(text, "-") && store == 0):
		return "", fmt.Errorf("%.40q is not an order's id, such as %d-1001", text, f.store)
	case store != 0 && store != f.store:
		return "", fmt.Errorf("%.40q is not an order of store %d", text, f.store)
	}
	return client.MakeOrderID(f.store, number), nil
}

var errMissing = errors.New("it is missing")

func reportKind(text string) (ReportKind, error) {
	kind := ReportKind(strings.ToLower(text))
	switch kind {
	case ReportMerchantID, ReportStatus, ReportTracking:
		return kind, nil
	case "":
		return "", errMissing
	}
	return "", fmt.Errorf("%.40q is none of %s, %s, %s", text, ReportMerchantID, ReportStatus, ReportTracking)
}

func reportValue(kind ReportKind, text string) (string, error) {
	text, err := plain(text)
	if err == nil && text == "" {
		err = errMissing
	}
	if err != nil {
		return "", err
	}
	switch kind {
	case ReportStatus:
		return vendorStatusIn(text)
	case ReportTracking:
		return trackingIn(text)
	default:
		return text, nil
	}
}

// vendorStatusIn takes statuses that are not known here, too: whether there is
// such a one the service knows best.
func vendorStatusIn(text string) (string, error) {
	if strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return "", fmt.Errorf("%.40q is not a status, such as %s", text, client.VendorShipmentReady)
	}
	if strings.HasPrefix(text, "IGLOBAL_") {
		return "", fmt.Errorf("%s is not a shop's to set", text)
	}
	return text, nil
}

func trackingIn(text string) (string, error) {
	var numbers []string
	for number := range strings.SplitSeq(text, ",") {
		if number = strings.TrimSpace(number); number != "" && !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	if len(numbers) == 0 {
		return "", errMissing
	}
	return strings.Join(numbers, ","), nil
}

// maxCell bounds what one report can say.
const maxCell = 4096

func plain(text string) (string, error) {
	switch {
	case len(text) > maxCell:
		return "", fmt.Errorf("it is longer than %d bytes", maxCell)
	case !utf8.ValidString(text):
		return "", errNotUTF8
	case strings.ContainsFunc(text, unicode.IsControl):
		return "", errControl
	}
	return text, nil
}

var (
	errNotUTF8 = errors.New("it is not UTF-8")
	errControl = errors.New("it has line breaks or other control characters in it")
)
