package wire

import (
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
	dst = appendDigits(append(dst, '"'), year, 4)
	dst = appendDigits(append(dst, '-'), int(month), 2)
	dst = appendDigits(append(dst, '-'), day, 2)
	dst = appendDigits(append(dst, ' '), at.Hour(), 2)
	dst = appendDigits(append(dst, ':'), at.Minute(), 2)
	dst = appendDigits(append(dst, ':'), at.Second(), 2)
	dst = appendDigits(append(dst, '.'), at.Nanosecond()/1e6, 3)
	for dst[len(dst)-1] == '0' && dst[len(dst)-2] != '.' {
		dst = dst[:len(dst)-1]
	}
	return append(dst, '"')
}

// appendDigits writes a number with leading zeros. time.AppendFormat takes
// three times as long, which was a third of a long list.
func appendDigits(dst []byte, n, width int) []byte {
	for range width {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; n > 0 && i >= len(dst)-width; i-- {
		dst[i] = '0' + byte(n%10)
		n /= 10
	}
	return dst
}

// appendTwins writes a time twice: as milliseconds under a key, and as a
// string under the key with String added.
func appendTwins(dst []byte, key string, millis int64) []byte {
	dst = append(append(append(dst, '"'), key...), `":`...)
	dst = strconv.AppendInt(dst, millis, 10)
	dst = append(append(append(dst, `,"`...), key...), `String":`...)
	return appendTime(dst, millis)
}
