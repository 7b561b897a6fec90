package client

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads the contract's way of writing a time as text: in UTC, as in
// 2015-01-01 00:33:14.0.
func ParseTime(text string) (time.Time, error) {
	if t, ok := parseTime([]byte(text)); ok {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%.40q is no time such as 2015-01-01 00:33:14.0", text)
}

// FormatTime writes a time as the contract does.
func FormatTime(t time.Time) string {
	text := strings.TrimRight(t.UTC().Format("2006-01-02 15:04:05.000"), "0")
	if strings.HasSuffix(text, ".") {
		text += "0"
	}
	return text
}

const secondsLayout = "2006-01-02 15:04:05"

// parseTime is time.Parse by hand: a list has a time for each order.
func parseTime(b []byte) (time.Time, bool) {
	if len(b) < len(secondsLayout) || b[4] != '-' || b[7] != '-' || b[10] != ' ' || b[13] != ':' || b[16] != ':' {
		return time.Time{}, false
	}
	year, month, day := digits(b[:4]), digits(b[5:7]), digits(b[8:10])
	hour, minute, second := digits(b[11:13]), digits(b[14:16]), digits(b[17:19])
	nanos, ok := fraction(b[len(secondsLayout):])
	if !ok || year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 ||
		minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	return t, t.Day() == day // no February 30
}

// digits is a number, or -1.
func digits(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// fraction reads what follows the seconds: nothing, or a point and up to nine
// digits.
func fraction(b []byte) (nanos int, ok bool) {
	if len(b) == 0 {
		return 0, true
	}
	if b[0] != '.' || len(b) < 2 || len(b) > 10 {
		return 0, false
	}
	nanos = digits(b[1:])
	for range 10 - len(b) {
		nanos *= 10
	}
	return nanos, nanos >= 0
}

// decodeTime reads milliseconds since the epoch, as a number or a string, or
// the contract's text.
func decodeTime(raw []byte) (time.Time, error) {
	text, err := decodeText(raw)
	if err != nil || strings.TrimSpace(text) == "" {
		return time.Time{}, err
	}
	if t, err := ParseTime(text); err == nil {
		return t, nil
	}
	millis, err := decodeWhole(raw)
	if err != nil {
		return time.Time{}, fmt.Errorf("%.40s is no time", raw)
	}
	return time.UnixMilli(millis).UTC(), nil
}

func appendMillis(dst []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(dst, "null"...)
	}
	return strconv.AppendInt(dst, t.UnixMilli(), 10)
}
