package order_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func TestCheckSecret(t *testing.T) {
	weak := []string{
		"", "secret", "password", "12345678", "00000000-0000-0000-0000-000000000000",
		"11111111-1111-1111-1111-111111111111", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		strings.Repeat("abc", 20), "passwordpasswordpassword", strings.Repeat("x1", 101),
	}
	for _, secret := range weak {
		err := order.CheckSecret(secret)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%q was taken: %v", secret, err)
		}
		if secret != "" && err != nil && strings.Contains(err.Error(), secret) && len(secret) > 8 {
			t.Errorf("the error repeats the secret: %v", err)
		}
	}
	for _, secret := range []string{"Zm9vYmFyYmF6cXV4cXV1eGNvcmdl", "0123456789abcdef0f1e2d3c4b5a6978"} {
		if err := order.CheckSecret(secret); err != nil {
			t.Errorf("%q: %v", secret, err)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		random := uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "bytes"))
		text := random.String()
		if err := order.CheckSecret(text); err != nil && distinctDigits(text) > 4 {
			rt.Errorf("the GUID %s: %v", text, err)
		}
	})
}

func distinctDigits(text string) int {
	digits := map[rune]bool{}
	for _, r := range strings.ReplaceAll(text, "-", "") {
		digits[r] = true
	}
	return len(digits)
}

func TestParseID(t *testing.T) {
	good := map[string]order.ID{
		"999-99999": {Store: 999, Number: 99999}, "0999-007": {Store: 999, Number: 7}, "1-9223372036854775807": {Store: 1, Number: 9223372036854775807},
		"999-5.00": {Store: 999, Number: 5},
	}
	for text, want := range good {
		if got, err := order.ParseID(text); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-", "999", "999-", "-5", "999-0", "999--5", "999-5-6", "999-9223372036854775808", "a-5", "999-5.1", "999-+5", "+9-5", "999- 5", "999-.0", "0x9-1", "999-1e3", "9_9-1"} {
		if got, err := order.ParseID(text); err == nil {
			t.Errorf("%q was taken for %v", text, got)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		id := order.ID{
			Store:  order.StoreNumber(rapid.Int64Range(1, 1<<62).Draw(rt, "store")),
			Number: order.Number(rapid.Int64Range(1, 1<<62).Draw(rt, "number")),
		}
		if got, err := order.ParseID(id.String()); err != nil || got != id {
			rt.Errorf("%s came back as %v, %v", id, got, err)
		}
	})
}
