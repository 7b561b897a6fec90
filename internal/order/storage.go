package order

import (
	"context"
	"time"
)

// Storage keeps stores, carts and orders.
//
// Every method may fail with fault codes Unavailable or Internal besides
// those that it names.
type Storage interface {
	// View runs fn on one consistent state of everything. fn must not keep
	// the View, and should be quick: it holds a snapshot.
	View(ctx context.Context, fn func(View) error) error

	// InTx runs fn in one transaction, alone among all writers. When it
	// returns nil everything fn did is on disk; otherwise nothing is. fn may
	// be run again after a conflict, so it must set, not add to, what it
	// captures. A ctx that ends before fn begins prevents it; later it has no
	// effect, so that an outcome is never in doubt.
	InTx(ctx context.Context, fn func(Tx) error) error

	// Check looks for what is wrong with the files and with what the storage
	// itself keeps in step, and calls yield for each defect.
	Check(ctx context.Context, yield func(Problem)) error
	// Scrub makes sure that nothing of what EraseOrder overwrote is left in
	// the files. The fault Unavailable says that readers keep it from being so
	// now.
	Scrub(ctx context.Context) error

	// SecretKey is the installation's key for HashSecret and HashAddress.
	SecretKey() SecretKey
}

// View reads one consistent state.
type View interface {
	// Store loads a store with its secrets; NotFound when there is none.
	Store(n StoreNumber) (Store, error)
	// Stores loads all stores, by number.
	Stores() ([]Store, error)

	// Head loads an order's head; NotFound when there is none.
	Head(id ID) (Head, error)
	// Detail loads an order's head and document; NotFound when there is none.
	Detail(id ID) (Head, Document, error)
	// ByReference finds the orders that carry a reference id, by number, and
	// no more than limit of them.
	ByReference(store StoreNumber, reference string, limit int) ([]ID, error)
	// List calls yield for the selected orders in the order of their numbers.
	// Listed is reused between calls. An error of yield ends it and is returned.
	List(q ListQuery, yield func(*Listed) error) error
	// Span answers the range of numbers that a list without statuses selects,
	// and the number up to which nothing that is ever written will change what
	// such a list shows; zero where a storage cannot promise that, or the query
	// is another. The faults are those of List.
	Span(q ListQuery) (span Span, final Number, err error)

	// Orders calls yield for the selected orders, whole, in the order of
	// their numbers. What it is given is its own. An error of yield ends it
	// and is returned.
	Orders(q OrdersQuery, yield func(Head, Document) error) error
	// Counter loads the store's counter; NotFound.
	Counter(n StoreNumber) (Counter, error)
	// DateDisorder measures what Counter.Disorder should be, from all orders.
	DateDisorder(n StoreNumber) (time.Duration, error)

	// Heads loads the heads of the selected orders, in the order of their
	// numbers.
	Heads(q HeadQuery) ([]Head, error)

	// CountStatuses adds orders to counts by their status, limit of them at
	// most, in the order of their ids from the first after an id. It answers
	// the last one that it counted; the zero ID when there was none.
	CountStatuses(after ID, limit int, counts map[Status]int64) (last ID, err error)

	// Notes loads an order's notes, oldest first.
	Notes(id ID) ([]Note, error)
	// History loads an order's changes, oldest first.
	History(id ID) ([]Change, error)

	// Numbers are the numbers of the store's orders above after, ascending and
	// no more than limit.
	Numbers(store StoreNumber, after Number, limit int) ([]Number, error)
	// Identified are the store's orders with after < number <= through that
	// were placed before t and have not been erased (EraseOrder) since.
	Identified(store StoreNumber, after, through Number, t time.Time) ([]Number, error)

	// CartIDs are the ids of all carts above after, ascending and no more than
	// limit.
	CartIDs(after CartID, limit int) ([]CartID, error)
	// Cart loads a cart, be it waiting, lapsed or spent; NotFound when there
	// is none (any more).
	Cart(id CartID) (CartRecord, error)
	// Carts loads the heads of the selected carts; those that lapse last come
	// last.
	Carts(q CartQuery) ([]CartHead, error)
	// CartUsage says what the store, and the address at it, hold in carts.
	CartUsage(store StoreNumber, address []byte) (ofStore, ofAddress CartUsage, err error)
}

// Tx reads and writes in one transaction.
type Tx interface {
	View

	// AddStore adds a store and its secrets; Exists when the number is taken.
	AddStore(s Store) error
	// SetSecrets replaces the store's secrets; NotFound.
	SetSecrets(n StoreNumber, secrets []SecretHash) error
	// SetStore replaces a store's name, state and settings; NotFound.
	SetStore(s Store) error

	// NextNumber raises the store's counter and answers the new number with
	// the date for it: now, or the date of the store's last order if that is
	// later. Its lock on the counter is what makes numbers visible in order.
	NextNumber(n StoreNumber, now time.Time) (Number, time.Time, error)
	// SetCounter replaces the store's counter, for an import; NotFound.
	SetCounter(n StoreNumber, c Counter) error
	// InsertOrder adds a new order. Exists when the number is taken or the
	// cart has become an order already.
	InsertOrder(h Head, d Document) error

	// AddPast gives an order that has neither its notes and its history, and
	// numbers them; NotFound.
	AddPast(id ID, notes []Note, changes []Change) error

	// SetState moves an order; Conflict when it is not in the state from.
	SetState(id ID, from, to State, at time.Time) error
	// SetMerchantOrderID records the shop's own id; NotFound.
	SetMerchantOrderID(id ID, merchantOrderID string) error
	// SetTracking replaces the tracking numbers; NotFound.
	SetTracking(id ID, numbers []string) error
	// AddNote appends a note and numbers it; NotFound.
	AddNote(id ID, n Note) error
	// AddChange appends to the history and numbers the entry; NotFound.
	AddChange(id ID, c Change) error

	// EraseOrder replaces what an order says of a person; NotFound.
	EraseOrder(id ID, e Erasure) error

	// AddCart keeps a cart and counts it.
	AddCart(c CartRecord) error
	// SpendCart marks a waiting cart as having become an order, drops its
	// contents and uncounts it; Conflict when it is not waiting.
	SpendCart(id CartID, became Number) error
	// ExpireCarts makes up to limit waiting carts of the query that have not
	// lapsed at now be lapsed, and says how many. Spent and Limit do not apply.
	ExpireCarts(q CartQuery, now time.Time, limit int) (int, error)
	// RemoveExpiredCarts drops up to limit carts that lapsed before t and
	// says how many.
	RemoveExpiredCarts(t time.Time, limit int) (int, error)
}

// CartRecord is a cart as it is kept.
type CartRecord struct {
	ID        CartID
	Store     StoreNumber
	CreatedAt time.Time
	ExpiresAt time.Time
	Address   []byte // hash of the sender's address; nil when the secret was shown
	Became    Number // the order that it became; zero while it waits
	Contents  Document
}

// ListQuery selects orders of one store. Zero values do not restrict.
type ListQuery struct {
	Store        StoreNumber
	After        Number    // numbers above it
	PlacedFrom   time.Time // placed then or later
	PlacedBefore time.Time // placed before then
	Unmerchanted bool      // only those without a merchant order id
	WithStatus   bool      // fill in the status and the merchant order id

	// Span lies within the final numbers of View.Span, and stands for all of
	// the above but Store.
	Span Span
}

// Span is a range of an order's numbers: After < number <= Through.
type Span struct{ After, Through Number }

// OrdersQuery selects whole orders of one store. Zero values do not restrict.
type OrdersQuery struct {
	Store        StoreNumber
	After        Number // numbers above it; there need be no such order
	Through      Number // numbers up to it
	PlacedFrom   time.Time
	PlacedBefore time.Time
}

// Counter is where a store's numbers and dates stand.
type Counter struct {
	Last     Number    // the highest number
	PlacedAt time.Time // the latest date; the epoch when there is none
	// Disorder is by how much an order's date may lie before that of an order
	// with a lower number. It is zero but for orders that were imported, and
	// lists by date rely on it.
	Disorder time.Duration
}

// Listed is an order in a list.
type Listed struct {
	Number   Number
	PlacedAt int64 // milliseconds since the epoch
	Test     bool

	// Filled in on request.
	Status          Status
	StatusAt        int64 // milliseconds since the epoch
	MerchantOrderID string
}

// Codec turns what was fixed at placing into the bytes that are kept, and
// back, for every format that was ever in use.
type Codec interface {
	EncodeDetails(d *Details) (Document, error)
	DecodeDetails(doc Document) (*Details, error)
	EncodeCart(c *CartContents) (Document, error)
	DecodeCart(doc Document) (*CartContents, error)
}
