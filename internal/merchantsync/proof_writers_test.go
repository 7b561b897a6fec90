package merchantsync_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"entrepot/internal/fault"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// writers place orders and move them.
type writers struct {
	*world
	left   atomic.Int64 // orders to be placed
	placed atomic.Int64 // the highest number
	group  sync.WaitGroup
	done   atomic.Bool
}

const (
	writersAtOnce = 4
	movesEach     = 4 // of an order, on average
)

// write starts writers that place so many orders.
func (w *world) write(orders int) *writers {
	ws := &writers{world: w}
	ws.left.Store(int64(orders))
	for i := range writersAtOnce {
		ws.group.Go(func() { ws.run(rand.New(rand.NewPCG(w.seed, uint64(1+i)))) })
	}
	go func() {
		ws.group.Wait()
		ws.done.Store(true)
	}()
	return ws
}

func (ws *writers) run(random *rand.Rand) {
	ctx := ws.t.Context()
	for ctx.Err() == nil {
		select {
		case <-ws.tokens:
		case <-ctx.Done():
			return
		}
		if random.IntN(1+movesEach) > 0 && ws.placed.Load() > 0 {
			ws.move(ctx, random)
			continue
		}
		if ws.left.Add(-1) < 0 {
			return
		}
		number := ws.place(ctx, random.IntN(4) == 0, random.IntN(10) == 0)
		for {
			highest := ws.placed.Load()
			if number <= highest || ws.placed.CompareAndSwap(highest, number) {
				break
			}
		}
	}
}

// place makes an order of a cart.
func (w *world) place(ctx context.Context, screen, test bool) int64 {
	contents, err := wire.DecodeCart(w.object(`{"referenceId": "Q", "items": [{"description": "Enamel mug", "quantity": 2, "unitPrice": "12.50"}]}`))
	if err != nil {
		w.t.Error(err)
		return 0
	}
	checkout, err := wire.DecodeCheckout(w.object(`{"name": "Sample Person", "email": "person@example.com", "address1": "1 Sample Street",
		"city": "Sampleton", "zip": "00000", "countryCode": "CA", "shippingTotal": 10, "dutyTaxesTotal": 3.20}`))
	if err != nil {
		w.t.Error(err)
		return 0
	}
	checkout.Screen, checkout.Test = screen, test
	store, err := w.service.Store(ctx, proofStore)
	if err == nil {
		var cart order.CartID
		if cart, err = w.service.CreateCart(ctx, store, order.CartSender{Credentials: order.Credentials{Store: proofStore, Secret: proofSecret}}, contents); err == nil {
			var placed order.Placed
			if placed, err = w.service.Place(ctx, cart, checkout, by); err == nil {
				return int64(placed.ID.Number)
			}
		}
	}
	w.t.Errorf("place an order: %v", err)
	return 0
}

var by = order.Why{Actor: "test", Reason: "a test"}

func (w *world) object(text string) wire.Object {
	o, err := wire.ParseObject([]byte(text))
	if err != nil {
		w.t.Error(err)
	}
	return o
}

// move does to an order what may happen to one; of those in the last hundred
// most of all.
func (ws *writers) move(ctx context.Context, random *rand.Rand) {
	highest := ws.placed.Load()
	number := 1 + random.Int64N(highest)
	if random.IntN(2) == 0 {
		number = max(1, highest-random.Int64N(100))
	}
	id := order.ID{Store: proofStore, Number: order.Number(number)}
	var err error
	switch kind := random.IntN(12); kind {
	case 0:
		err = ws.service.AddNote(ctx, id, order.Note{Text: fmt.Sprintf("note %d", random.IntN(1000))}, by)
	case 1:
		err = ws.service.AddTracking(ctx, id, []string{fmt.Sprintf("X-%d", random.IntN(1000))}, by)
	case 2, 3:
		to := order.VendorStatuses()
		err = ws.service.VendorMove(ctx, id, to[random.IntN(len(to))], by)
	default:
		moves := order.Moves()
		err = ws.service.Move(ctx, id, moves[random.IntN(len(moves)-1)], by) // the last is the vendor's
	}
	// Most moves are not allowed where the order is; that is what the service
	// is for.
	if refused := fault.CodeOf(err); err != nil && ctx.Err() == nil && !isRefusal(refused) {
		ws.t.Errorf("move order %d: %v", number, errors.Join(err))
	}
}

func isRefusal(code fault.Code) bool {
	switch code {
	case fault.StatusCancelled, fault.StatusUnchanged, fault.StatusLocked, fault.NotFound, fault.Invalid:
		return true
	}
	return false
}
