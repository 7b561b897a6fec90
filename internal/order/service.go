package order

import (
	"context"
	"fmt"
	"time"

	"entrepot/internal/fault"
)

// Service holds the rules of carts, orders and stores. It is the only one who
// asks for the time, and the only one who changes an order.
type Service struct {
	storage   Storage
	codec     Codec
	clock     func() time.Time
	newCartID func() CartID
	quota     CartQuota
}

// Config is what a Service needs from outside.
type Config struct {
	Storage   Storage
	Codec     Codec
	Clock     func() time.Time // defaults to time.Now
	NewCartID func() CartID    // a random UUID
	Quota     CartQuota        // defaults to DefaultCartQuota
}

// NewService makes a Service.
func NewService(c Config) *Service {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Quota == (CartQuota{}) {
		c.Quota = DefaultCartQuota
	}
	return &Service{storage: c.Storage, codec: c.Codec, clock: c.Clock, newCartID: c.NewCartID, quota: c.Quota}
}

// now is the time in the precision in which it is kept and shown.
func (s *Service) now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }

// Credentials are what a request says of who it is from. Store zero, or an
// empty secret, is a missing one.
type Credentials struct {
	Store  StoreNumber
	Secret string
}

var errCredentials = fault.New(fault.Credentials, "unknown store, or a wrong or missing secret")

// Authenticate answers the store when the credentials hold, and the fault
// Credentials otherwise, after the same work whether or not there is such a
// store.
func (s *Service) Authenticate(ctx context.Context, c Credentials) (store Store, err error) {
	err = s.storage.View(ctx, func(v View) error {
		store, err = s.authenticate(v, c)
		return err
	})
	return store, err
}

func (s *Service) authenticate(v View, c Credentials) (Store, error) {
	store, err := v.Store(c.Store)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Store{}, fmt.Errorf("load store %d: %w", c.Store, err)
	}
	hash := s.storage.SecretKey().HashSecret(c.Store, c.Secret)
	if !store.holds(hash) || c.Secret == "" {
		return Store{}, errCredentials
	}
	return store, nil
}

// Reader answers a store's questions from one consistent state.
type Reader struct {
	service *Service
	view    View
	store   StoreNumber
	loading bool // lists would not be whole
}

// Read checks the credentials and, when they hold, runs fn on the same state
// of the database.
func (s *Service) Read(ctx context.Context, c Credentials, fn func(Reader) error) error {
	return s.storage.View(ctx, func(v View) error {
		store, err := s.authenticate(v, c)
		if err != nil {
			return err
		}
		return fn(Reader{service: s, view: v, store: c.Store, loading: store.State == StoreLoading})
	})
}

// Operate runs fn on the store's state without credentials, for commands that
// have the database itself.
func (s *Service) Operate(ctx context.Context, store StoreNumber, fn func(Reader) error) error {
	return s.storage.View(ctx, func(v View) error {
		return fn(Reader{service: s, view: v, store: store})
	})
}

// Stored is an order as it is kept, for those who write it out unread.
type Stored struct {
	Head     Head
	Document Document
	Notes    []Note
}

// Detail loads one of the store's orders; NotFound.
func (r Reader) Detail(n Number) (Stored, error) {
	head, doc, err := r.view.Detail(ID{r.store, n})
	if err != nil {
		return Stored{}, err
	}
	stored := Stored{Head: head, Document: doc}
	if head.Notes > 0 {
		stored.Notes, err = r.view.Notes(head.ID)
	}
	return stored, err
}

// Find is the number of the only order that carries the reference id;
// NotFound, or Duplicate when several do.
func (r Reader) Find(reference string) (Number, error) {
	ids, err := r.view.ByReference(r.store, reference, 2)
	switch {
	case err != nil:
		return 0, err
	case len(ids) == 0:
		return 0, fault.New(fault.NotFound, "no order carries the reference id")
	case len(ids) > 1:
		return 0, fault.New(fault.Duplicate, "several orders carry the reference id")
	}
	return ids[0].Number, nil
}

// Exists is nil when the store has the order, and NotFound when not.
func (r Reader) Exists(n Number) error {
	_, err := r.view.Head(ID{r.store, n})
	return err
}

// History loads the changes of one of the store's orders.
func (r Reader) History(n Number) ([]Change, error) { return r.view.History(ID{r.store, n}) }

// unmerchantedWindow is how far back a list of orders without a merchant
// order id looks when nothing else sets the range (contract, section 3).
const unmerchantedWindow = 14 * 24 * time.Hour

// List calls yield for the store's orders that the query selects, in the
// order of their numbers. See View.List. The fault Closed says that the store
// is loading: numbers below those listed might still come.
func (r Reader) List(q ListQuery, yield func(*Listed) error) error {
	if r.loading {
		return errLoading(r.store)
	}
	q.Store = r.store
	if q.Unmerchanted && q.After == 0 && q.PlacedFrom.IsZero() {
		q.PlacedFrom = r.service.now().Add(-unmerchantedWindow)
	}
	return r.view.List(q, yield)
}

// Span is View.Span of one of the store's lists; Closed as for List.
func (r Reader) Span(q ListQuery) (span Span, final Number, err error) {
	if r.loading {
		return span, 0, errLoading(r.store)
	}
	q.Store = r.store
	return r.view.Span(q)
}
