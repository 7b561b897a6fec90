package conformance_test

import (
	"net/http"
	"strconv"
	"strings"
)

// credentialDefects are of who may ask, and of what belongs to whom.
var credentialDefects = []defect{
	{name: "storeId is not known", caught: "the store's number may be written in these ways", of: asks(anywhere, `"storeId"`, `"storeXX"`)},
	{name: "storeId is not known at v2", caught: "the store's number may be written in these ways", of: asks(detail, `"storeId"`, `"storeXX"`)},
	{name: "store is not known at createTempCart", caught: "a cart needs no secret", of: asks(cart, `"store"`, `"storeXX"`)},
	{name: "the store's number is not trimmed", caught: "the store's number may be written in these ways", of: asks(anywhere, `"store": ?" (\d+)`, `"store":"x$1`)},
	{name: "the store's number is compared as text", caught: "the store's number may be written in these ways", of: asks(anywhere, `"store": "00`, `"store": "x00`)},
	{name: "of two different stores the first counts", caught: "both keys of the store, and different, do not hold", of: asks(anywhere, `("store": \S+), "storeId": [^ ,}]+`, `$1`)},
	{name: "a blank store is not absent", caught: "the store's number may be written in these ways", of: asks(anywhere, `"store": "  "`, `"store": "x"`)},
	{name: "an unknown store is named", caught: "an unknown store and a missing secret get the same answer", of: telling("", func(c *call, a *reply) {
		if !strings.Contains(c.body, store999) && strings.Contains(a.body, "Invalid security") {
			a.body = `{"error":"Unknown store"}`
		}
	})},
	{name: "a missing secret is named", caught: "an unknown store and a missing secret get the same answer", of: telling(list, func(c *call, a *reply) {
		if !strings.Contains(c.body, `"secret"`) && strings.Contains(a.body, "Invalid security") {
			a.body = `{"error":"Secret is required"}`
		}
	})},
	{name: "a missing store is not named at v2", caught: "v2 names a missing store, v1 does not", of: tells(anywhere, `Store is required`, `Invalid security credentials`)},
	{name: "a missing store is named at v1", caught: "v2 names a missing store, v1 does not", of: telling(list, func(c *call, a *reply) {
		if !strings.Contains(c.body, "store") {
			a.body = `{"error":"Store is required"}`
		}
	})},
	{name: "any secret holds", caught: "a wrong secret gets the same answer", of: asks(detail, `"secret": ?"[^"]*"`, `"secret":"`+secret+`"`)},
	{name: "the secret of another store holds", caught: "the secret of another store does not hold", of: asks(detail, otherSecret, secret)},
	{name: "a list in which the secret is holds", caught: "what is no string is no secret", of: asks(detail, `\["([0-9a-f-]{36})"\]`, `"$1"`)},
	{name: "the second secret does not hold", caught: "a second secret holds as well", of: asks(anywhere, nextSecret, "no")},
	{name: "the first secret ends with the second", caught: "a second secret holds as well", of: asks(list, `"store": 999, "secret": "`+secret, `"store": 999, "secret": "no`)},
	{name: "another store's order is shown by its full id", caught: "one store never shows another's orders", of: ofOther(detail)},
	{name: "another store's order is shown by its number", caught: "one store never shows another's orders", of: looksElsewhere("with orderId")},
	{name: "another store's order is shown by its reference", caught: "a reference of another store's order is not found", of: looksElsewhere("with referenceId")},
	{name: "another store's order is changed", caught: "a reference of another store's order is not found", of: ofOther(merchant)},
	{name: "another store's order is listed", caught: "a list holds orders of its store only", of: telling(list, func(_ *call, a *reply) {
		const other = `{"testOrder":false,"id":"998-1","timestamp":"2015-01-01 00:33:14.0"},`
		if strings.Contains(a.body, `"orders":[{`) && !strings.Contains(a.body, "orderStatus") {
			a.body = strings.Replace(a.body, `"orders":[`, `"orders":[`+other, 1)
			a.body = countOneMore(countOneMore(a.body, "totalCount"), "orderCount")
		}
	})},
	{name: "guessing is never slowed down", caught: "guessing a secret is slowed down, the right one is not", of: telling("", func(c *call, a *reply) {
		if a.status == http.StatusTooManyRequests {
			a.status, a.body = http.StatusOK, `{"error":"Invalid security credentials"}`
			if strings.HasPrefix(c.URL.Path, "/v2/") {
				a.status = http.StatusBadRequest
			}
		}
	})},
	{name: "guessing is slowed down one too early", caught: "guessing a secret is slowed down, the right one is not", of: slowedAfter(29, false)},
	{name: "the right secret is slowed down, too", caught: "guessing a secret is slowed down, the right one is not", of: slowedAfter(30, true)},
	{name: "where there is no store nobody is slowed down", caught: "guessing is slowed down in the same way where there is no store", of: telling(list, func(c *call, a *reply) {
		if a.status == http.StatusTooManyRequests && !strings.Contains(c.body, store999) {
			a.status, a.body = http.StatusOK, `{"error":"Invalid security credentials"}`
		}
	})},
	{name: "storeId is not trimmed", caught: "an order that is only told what it is called, is found by that alone", of: asks(detail, `"storeId": " 999 "`, `"storeId": "x"`)},
}

const store999 = "999"

// asOther is a request as the other store would send it.
func asOther(body string) string {
	return strings.NewReplacer(`"store":999,"secret":"`+secret, `"store":998,"secret":"`+otherSecret).Replace(body)
}

// ofOther believes a full id more than the credentials.
func ofOther(path string) func(answering) answering {
	return asking(path, func(c *call) {
		if strings.Contains(c.body, `"orderId": "998-`) {
			c.body = asOther(c.body)
		}
	})
}

// looksElsewhere asks for the other store's order where there is none.
func looksElsewhere(missing string) func(answering) answering {
	return func(next answering) answering {
		return func(c *call) *reply {
			a := next(c)
			if c.URL.Path == detail && strings.Contains(a.body, "Could not find an order "+missing) {
				c.body = asOther(c.body)
				a = next(c)
			}
			return a
		}
	}
}

func countOneMore(body, key string) string {
	_, rest, _ := strings.Cut(body, `"`+key+`":`)
	digits, _, _ := strings.Cut(rest, ",")
	n, _ := strconv.Atoi(digits)
	return strings.Replace(body, `"`+key+`":`+digits, `"`+key+`":`+strconv.Itoa(n+1), 1)
}

// slowedAfter refuses after so many wrong secrets of the store, be it the right one, too.
func slowedAfter(most int, all bool) func(answering) answering {
	return func(next answering) answering {
		wrong := 0
		return func(c *call) *reply {
			a := next(c)
			guess := strings.Contains(a.body, "Invalid security") || a.status == http.StatusTooManyRequests
			if guess && strings.Contains(c.body, `"secret"`) && strings.Contains(c.body, store999) {
				wrong++
			}
			if wrong > most && (all || guess) {
				a.status, a.body = http.StatusTooManyRequests, `{"error":"Slow down."}`
				a.header.Set("Retry-After", "60")
			}
			return a
		}
	}
}
