package client

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
)

// secret is a store's secret behind functions, which no way of printing looks
// into.
type secret struct {
	reveal func() string
	scrub  func(string) string
}

// leastSecret is shorter than any real secret (the contract's are GUIDs): what
// a test uses instead must not be cut out of the words of an error.
const leastSecret = 8

func hide(text string) secret {
	if len(text) < leastSecret {
		same := func(s string) string { return s }
		return secret{reveal: func() string { return text }, scrub: same}
	}
	quoted, _ := json.Marshal(text) // a string always can be
	forms := regexp.QuoteMeta(text) + "|" + regexp.QuoteMeta(strings.Trim(string(quoted), `"`))
	echoes := regexp.MustCompile("(?i)" + forms)
	return secret{
		reveal: func() string { return text },
		scrub:  func(s string) string { return echoes.ReplaceAllString(s, "(secret)") },
	}
}

// clean replaces an error that repeats the secret, which a server may have
// echoed, by its text without it.
func (s secret) clean(err error) error {
	if err == nil || s.scrub(err.Error()) == err.Error() {
		return err
	}
	return errors.New(s.scrub(err.Error()))
}
