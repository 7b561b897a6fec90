package wire

import (
	"encoding/json"
	"maps"
	"regexp"
	"strings"
	"time"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

// Has reports whether there is anything under a key: null and blank are not.
func (o Object) Has(key string) bool { return o.get(key).kind != absent }

// With is the object with another value under a key, which is JSON.
func (o Object) With(key, value string) Object {
	with := maps.Clone(o)
	with[key] = json.RawMessage(value)
	return with
}

// DecodeDate reads the time at which a sandbox is to place an order; zero when
// there is none. The fault is Invalid.
func DecodeDate(o Object) (time.Time, error) {
	if !o.Has("date") {
		return time.Time{}, nil
	}
	text, _ := o.get("date").scalar()
	for _, layout := range []string{time.RFC3339, time.DateOnly, "20060102"} {
		if at, err := time.Parse(layout, strings.TrimSpace(text)); err == nil && at.Unix() > 0 {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fault.Field("date", "is no time since 1970; expected one like 2026-01-31T09:30:00Z, or 2026-01-31")
}

var uuids = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// DecodeCartID reads a tempCartUUID; "" when there is none. The fault is
// Invalid.
func DecodeCartID(o Object) (order.CartID, error) {
	if !o.Has("tempCartUUID") {
		return "", nil
	}
	text, _ := o.get("tempCartUUID").scalar()
	id, ok := ParseCartID(text)
	if !ok {
		return "", fault.Field("tempCartUUID", "is no UUID; expected what createTempCart answered")
	}
	return id, nil
}

// ParseCartID reads the UUID of a cart in any case.
func ParseCartID(text string) (order.CartID, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	return order.CartID(text), uuids.MatchString(text)
}

// Scalar reads a string or a number as a text; "" for anything else.
func Scalar(o Object, key string) string {
	text, _ := o.get(key).scalar()
	return strings.TrimSpace(text)
}
