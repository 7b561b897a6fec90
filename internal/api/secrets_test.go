package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

// other is a second secret of the store.
const other = "fedcba98-7654-4321-8fed-cba987654321"

func (f *fixture) rotate(to string) {
	f.t.Helper()
	if err := f.service.RotateSecret(f.t.Context(), store, to); err != nil {
		f.t.Fatal(err)
	}
}

func TestTwoSecretsAreValidAtOnce(t *testing.T) { engines.Each(t, testTwoSecretsAreValidAtOnce) }

func testTwoSecretsAreValidAtOnce(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	const third = "00112233-4455-4677-8899-aabbccddeeff"
	valid := func(guessed string) bool {
		return f.guess("", store, guessed).status == 200 && !f.refusedGuess(guessed)
	}
	f.rotate(other)
	if !valid(secret) || !valid(other) || valid(third) {
		t.Error("while the secret is rotated, the old one and the new one are valid")
	}
	f.rotate(third)
	if valid(secret) || !valid(other) || !valid(third) {
		t.Error("a third secret takes the place of the oldest")
	}
}

func (f *fixture) refusedGuess(guessed string) bool {
	return strings.Contains(f.guess("", store, guessed).body, "Invalid security credentials")
}

// A secret is compared to the last character, and only by the store whose it
// is.
func TestAlmostRightSecrets(t *testing.T) {
	f := start(t)
	if _, err := f.service.AddStore(t.Context(), order.NewStoreRequest{Number: 1000, Name: "Other", Secret: other}); err != nil {
		t.Fatal(err)
	}
	for _, almost := range []string{
		wrong, secret[1:], secret[:35], " " + secret, secret + " ", strings.ToUpper(secret), "{" + secret + "}",
		strings.ReplaceAll(secret, "-", ""), secret + secret, other,
	} {
		f.guess("", store, almost).want(t, http.StatusOK, "Invalid security credentials")
	}
	f.guess("", 1000, secret).want(t, http.StatusOK, "Invalid security credentials")
	f.guess("", 1000, other).served(t)
}

// work is what the database and the hash are asked for.
type work struct{ loads, keys int64 }

func (d *double) workOf(fn func()) work {
	loads, keys := d.loads.Load(), d.keys.Load()
	fn()
	return work{d.loads.Load() - loads, d.keys.Load() - keys}
}

// Where a secret is needed, an unknown store, a wrong secret and a missing one
// take the same steps: time must not tell which stores exist.
func TestSameWorkForAllWrongCredentials(t *testing.T) {
	f, d := startDouble(t)
	for _, e := range endpoints {
		if !e.needsSecret {
			continue
		}
		want := d.workOf(func() { f.ask(e.path, "") })
		for name, body := range map[string]string{
			"a wrong secret":              fmt.Sprintf(`{"store":999,"secret":%q}`, wrong),
			"an unknown store":            fmt.Sprintf(`{"store":12345,"secret":%q}`, wrong),
			"a missing secret":            `{"store":999}`,
			"an unknown store without it": `{"store":12345}`,
			"no number of a store":        fmt.Sprintf(`{"store":"abc","secret":%q}`, wrong),
			"two stores":                  fmt.Sprintf(`{"store":999,"storeId":998,"secret":%q}`, secret),
		} {
			got := d.workOf(func() { f.post(e.path, body).want(t, business(e.version), "Invalid security credentials") })
			if got != want || got.keys == 0 || got.loads == 0 {
				t.Errorf("%s, %s: %+v, with the right secret %+v", e.path, name, got, want)
			}
		}
	}
}

// At createTempCart, too, once a secret comes into play.
func TestSameWorkForCarts(t *testing.T) {
	f, d := startDouble(t)
	try := func(body string) work {
		return d.workOf(func() {
			f.post("/v1/createTempCart", body).want(t, http.StatusOK, "Invalid security credentials")
		})
	}
	known := try(fmt.Sprintf(`{"store":999,"secret":%q,%s}`, wrong, oneItem))
	unknown := try(fmt.Sprintf(`{"store":12345,"secret":%q,%s}`, wrong, oneItem))
	if known != unknown {
		t.Errorf("a wrong secret: %+v, an unknown store: %+v", known, unknown)
	}
	f.configure(func(s *order.Store) { s.Settings.RequireSecretForCarts = true })
	missing := try(fmt.Sprintf(`{"store":999,%s}`, oneItem))
	nobodys := try(fmt.Sprintf(`{"store":12345,%s}`, oneItem))
	if missing != nobodys {
		t.Errorf("a missing secret: %+v, an unknown store: %+v", missing, nobodys)
	}
}

// One store's orders are nobody else's, however they are asked for.
func TestStoresAreApart(t *testing.T) { engines.Each(t, testStoresAreApart) }

func testStoresAreApart(t *testing.T, e engines.Engine) {
	f := start(t, on(e))
	number := f.place()
	if _, err := f.service.AddStore(t.Context(), order.NewStoreRequest{Number: 1000, Name: "Other", Secret: other}); err != nil {
		t.Fatal(err)
	}
	as := func(path, keys string) answer {
		return f.post(path, fmt.Sprintf(`{"store":1000,"secret":%q,%s}`, other, keys))
	}
	id := fmt.Sprintf("999-%d", number)
	as("/v2/orderDetail", fmt.Sprintf(`"orderId":%q`, id)).want(t, 400, "orderId: "+id+" is not a valid orderId")
	as("/v2/orderDetail", fmt.Sprintf(`"orderId":%d`, number)).want(t, 400, fmt.Sprintf("Could not find an order with orderId: %d", number))
	as("/v2/orderDetail", fmt.Sprintf(`"referenceId":"ref-%d"`, carts.Load())).want(t, 400, fmt.Sprintf("Could not find an order with referenceId: ref-%d for storeId: 1000", carts.Load()))
	as("/v1/orderNumbers", fmt.Sprintf(`"sinceOrderId":%d`, number)).want(t, 200, fmt.Sprintf("Couldn't find order for sinceOrderId: %d", number))
	as("/v1/updateMerchantOrderId", fmt.Sprintf(`"orderId":%d,"merchantOrderId":"x"`, number)).want(t, 200, fmt.Sprintf("Could not retrieve order to updateMerchantOrderId for orderId: %d", number))
	if got := as("/v1/orderNumbers", `"sinceDate":"20150101"`).body; got != `{"totalCount":0,"orderCount":0,"testOrderCount":0,"orders":[]}` {
		t.Error(got)
	}
}
