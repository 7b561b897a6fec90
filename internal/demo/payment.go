package demo

import (
	"math/rand/v2"
	"time"

	"entrepot/internal/order"
)

// cards are the last digits of numbers that card networks give out for tests.
var cards = []struct{ kind, lastFour string }{
	{"VISA", "1111"}, {"VISA", "4242"}, {"AMEX", "0005"},
}

// ownGateway stands for the shop's own.
const ownGateway = "ExamplePay"

// pay draws how an order was paid at the time of its placing. Only the shop's
// own gateway says more than its name.
func pay(r *rand.Rand, placed time.Time) order.Payment {
	switch n := r.IntN(100); {
	case n < 52:
		return order.Payment{Gateway: "iGlobal_CC"}
	case n < 75:
		return order.Payment{Gateway: "iGlobal_PayPal"}
	}
	card := pick(r, cards)
	p := order.Payment{
		Gateway: ownGateway, CardType: card.kind, LastFour: card.lastFour,
		TransactionID: fill(r, "600########"), TransactionType: "AUTH_ONLY",
	}
	if chance(r, 75) {
		at := placed.Add(-between(r, 300*time.Millisecond, 4*time.Second)).Truncate(time.Millisecond)
		p.TransactionType, p.CapturedAt = "AUTH_CAPTURE", &at
	}
	return p
}
