package demo

import (
	"errors"
	"testing"

	"entrepot/internal/fault"
	"entrepot/internal/order"
)

func TestJoinedSeesWhatItsTransactionWrote(t *testing.T) {
	t.Parallel()
	s := open(t)
	err := s.InTx(t.Context(), func(tx order.Tx) error {
		service := order.NewService(order.Config{Storage: joined{s, tx}})
		if _, err := service.AddStore(t.Context(), order.NewStoreRequest{Number: 5, Secret: secret}); err != nil {
			return err
		}
		if _, err := service.AddStore(t.Context(), order.NewStoreRequest{Number: 5, Secret: secret}); !fault.Is(err, fault.Exists) {
			t.Errorf("added a store twice and got %v, want the fault exists", err)
		}
		_, err := service.Authenticate(t.Context(), order.Credentials{Store: 5, Secret: secret})
		return errors.Join(err, errConflict)
	})
	if !errors.Is(err, errConflict) || fault.Is(err, fault.Credentials) {
		t.Errorf("got %v, want that the store was there", err)
	}
	if _, err := order.NewService(order.Config{Storage: s}).Store(t.Context(), 5); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want that the store went with the transaction", err)
	}
}
