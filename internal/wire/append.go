package wire

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Text is valid UTF-8 from intake on; what
// is not becomes the replacement character.
func appendString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[start:i]...)
		start = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(dst, s[start:]...), '"')
}

// appendText writes a JSON string, or null for an absent value.
func appendText(dst []byte, s string) []byte {
	if s == "" {
		return append(dst, "null"...)
	}
	return appendString(dst, s)
}

// appendTime writes a time as the contract's string, quotes included:
// seconds, a point, and the fraction without trailing zeros but with at least
// one digit.
func appendTime(dst []byte, millis int64) []byte {
	at := time.UnixMilli(millis).UTC()
	year, month, day := at.Date()
	year = max(0, year) % 10_000 // no order has another; it stays JSON
	hour, minute, second := at.Clock()
	dst = appendPair(append(dst, '"'), year/100)
	dst = appendPair(dst, year%100)
	dst = appendPair(append(dst, '-'), int(month))
	dst = appendPair(append(dst, '-'), day)
	dst = appendPair(append(dst, ' '), hour)
	dst = appendPair(append(dst, ':'), minute)
	dst = appendPair(append(dst, ':'), second)
	fraction := at.Nanosecond() / 1e6
	dst = append(dst, '.', '0'+byte(fraction/100))
	if rest := fraction % 100; rest > 0 {
		dst = appendPair(dst, rest)
		dst = bytes.TrimSuffix(dst, []byte{'0'})
	}
	return append(dst, '"')
}

// appendPair writes two digits. time.AppendFormat takes four times as long,
// which was a third of a long list.
func appendPair(dst []byte, n int) []byte {
	return append(dst, '0'+byte(n/10), '0'+byte(n%10))
}

// appendTwins writes a time twice: as milliseconds under a key, and as a
// string under the key with String added.
func appendTwins(dst []byte, key string, millis int64) []byte {
	dst = append(append(append(dst, '"'), key...), `":`...)
	dst = strconv.AppendInt(dst, millis, 10)
	dst = append(append(append(dst, `,"`...), key...), `String":`...)
	return appendTime(dst, millis)
}
