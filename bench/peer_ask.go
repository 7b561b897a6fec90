package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"

	"entrepot/internal/order"
)

// liner is an asker whose requests are not all POSTs to one path.
type liner interface {
	// line appends the method and the target of the request whose body ask has
	// just appended.
	line(dst []byte) []byte
}

// The collections of PocketBase: whole orders, and what is listed of them.
const (
	peerOrders = "/api/collections/orders/records"
	peerHeads  = "/api/collections/heads/records"
)

// peerAsker asks PocketBase about orders, which bench/pocketbase has numbered.
type peerAsker struct {
	random     *rand.Rand
	orders     int
	own, share int // for updates: every share-th order is this asker's
	number     int
}

func (*peerAsker) path() string { return "" } // all are liners

// peerDetailAsker reads random records.
type peerDetailAsker struct{ peerAsker }

func (*peerDetailAsker) start() string { return `{"collectionId":"` }
func (*peerDetailAsker) every() int64  { return 100 }

func (a *peerDetailAsker) ask(dst []byte) []byte {
	a.number = 1 + a.random.IntN(a.orders)
	return dst
}

func (a *peerDetailAsker) line(dst []byte) []byte {
	return fmt.Appendf(dst, "GET %s/%015d", peerOrders, a.number)
}

func (a *peerDetailAsker) check(answer []byte) error {
	var got struct {
		OrderID  string          `json:"orderId"`
		Document json.RawMessage `json:"document"`
	}
	if err := json.Unmarshal(answer, &got); err != nil || got.OrderID != peerID(a.number) || len(got.Document) < 2 {
		return fmt.Errorf("%w for record %d: %.300q", errWrong, a.number, answer)
	}
	return nil
}

func peerID(number int) string {
	return order.ID{Store: lookups, Number: order.Number(number)}.String()
}

// The most records that one of its lists has by our reckoning, and how many
// make a thousand.
const (
	peerPage  = 500
	peerPages = 2
)

// peerListAsker reads a thousand slim records after a random number, in pages:
// only the keys that a list of ours has, and without counting them all.
type peerListAsker struct {
	peerAsker
	page int
}

func (*peerListAsker) start() string { return `{"items":[` }
func (*peerListAsker) every() int64  { return 100 }

func (a *peerListAsker) ask(dst []byte) []byte {
	if a.page++; a.page > peerPages {
		a.page, a.number = 1, a.random.IntN(max(1, a.orders-peerPages*peerPage))
	}
	return dst
}

func (a *peerListAsker) line(dst []byte) []byte {
	return fmt.Appendf(dst, "GET %s?perPage=%d&page=%d&skipTotal=1&fields=orderId,test,placedAt&sort=number&filter=number%%3E%d",
		peerHeads, peerPage, a.page, a.number)
}

func (a *peerListAsker) check(answer []byte) error {
	var got struct {
		Items []struct {
			OrderID string `json:"orderId"`
		} `json:"items"`
	}
	first := a.number + 1 + (a.page-1)*peerPage
	if err := json.Unmarshal(answer, &got); err != nil || len(got.Items) != peerPage || got.Items[0].OrderID != peerID(first) {
		return fmt.Errorf("%w for page %d after %d: %.300q", errWrong, a.page, a.number, answer)
	}
	return nil
}

// peerUpdateAsker gives random records another status.
type peerUpdateAsker struct {
	peerAsker
	moves int
	to    order.Status
}

func (*peerUpdateAsker) start() string { return `{"status":"` }
func (*peerUpdateAsker) every() int64  { return 1 }

func (a *peerUpdateAsker) ask(dst []byte) []byte {
	a.number = 1 + a.own + a.share*a.random.IntN(max(1, a.orders/a.share))
	a.moves++
	a.to = statuses[a.moves%2]
	return append(append(append(dst, `{"status":"`...), a.to...), `"}`...)
}

func (a *peerUpdateAsker) line(dst []byte) []byte {
	return fmt.Appendf(dst, "PATCH %s/%015d?fields=status", peerHeads, a.number)
}

func (a *peerUpdateAsker) check(answer []byte) error {
	if want := `{"status":` + strconv.Quote(string(a.to)) + "}\n"; string(answer) != want {
		return fmt.Errorf("%w for %s: %.300q", errWrong, want, answer)
	}
	return nil
}
