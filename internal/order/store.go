package order

import (
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"regexp"
	"time"

	"entrepot/internal/fault"
)

// Store is a shop: one merchant's own range of order numbers.
type Store struct {
	Number    StoreNumber
	Name      string
	Test      bool // a sandbox: every order of it is a test order
	State     StoreState
	CreatedAt time.Time
	Settings  StoreSettings
	Secrets   []SecretHash // the valid ones, oldest first; at most two
}

// StoreState says what a store takes.
type StoreState string

// The states of a store.
const (
	StoreOpen    StoreState = "open"
	StoreClosed  StoreState = "closed"  // takes no carts; its orders stay readable
	StoreLoading StoreState = "loading" // takes imported orders in any order of numbers; has no lists and takes no carts
)

// StoreSettings are what a merchant chooses.
type StoreSettings struct {
	RequireSecretForCarts bool
	CartLifetime          time.Duration // how long a cart waits for its shopper; zero means DefaultCartLifetime
	DomesticShipping      DomesticShipping
	RetainIdentity        time.Duration // how long after it was placed an order names its shopper; zero means for ever
	AllowedOrigins        Origins       // of the shop's pages: where its shoppers may be sent, and who may frame the checkout
}

// DomesticShipping says where a cart's domesticShippingCharge goes.
type DomesticShipping string

// Where the charge goes.
const (
	ShippingAdded   DomesticShipping = "shipping" // added to the order's shipping
	ShippingOwnLine DomesticShipping = "line"     // shown as a line item of its own
)

// DefaultCartLifetime is how long a cart lives when its store does not say.
const DefaultCartLifetime = 48 * time.Hour

func (s Store) cartLifetime() time.Duration {
	if s.Settings.CartLifetime > 0 {
		return s.Settings.CartLifetime
	}
	return DefaultCartLifetime
}

// MaxSecrets is how many secrets of a store are valid at once, so that one
// can be rotated while the other is in use.
const MaxSecrets = 2

// SecretHash is what is kept of a secret.
type SecretHash struct {
	Hash      [sha256.Size]byte
	CreatedAt time.Time
}

// SecretKey is the key of one installation, with which secrets and addresses
// are hashed before they are kept.
type SecretKey []byte

// HashSecret is HMAC-SHA-256. Secrets have over a hundred random bits, so a
// fast hash serves: there is no dictionary to try.
func (k SecretKey) HashSecret(store StoreNumber, secret string) [sha256.Size]byte {
	return k.sum("secret", ID{Store: store}.String(), secret)
}

// HashAddress hides a client's address in what is kept for quotas.
func (k SecretKey) HashAddress(address string) []byte {
	sum := k.sum("address", "", address)
	return sum[:16]
}

func (k SecretKey) sum(purpose, scope, text string) (sum [sha256.Size]byte) {
	mac := hmac.New(sha256.New, k)
	for _, part := range []string{purpose, scope, text} {
		mac.Write([]byte(part))
		mac.Write([]byte{0})
	}
	mac.Sum(sum[:0])
	return sum
}

// holds reports whether the hash is one of the store's. It compares with
// MaxSecrets hashes whatever the store holds, so that time tells nothing.
func (s Store) holds(hash [sha256.Size]byte) bool {
	var slots [MaxSecrets][sha256.Size]byte
	for i := range slots {
		if i < len(s.Secrets) {
			slots[i] = s.Secrets[i].Hash
		}
	}
	found := false
	for i := range slots {
		same := hmac.Equal(slots[i][:], hash[:])
		found = found || (same && i < len(s.Secrets))
	}
	return found
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// The least that a secret needs: a GUID with a few different digits, or a
// text that is as random as one.
const (
	minGUIDDigits   = 4
	minSecretLength = 22  // 22 characters of base 64 hold 128 bits
	minSecretBits   = 80. // measured on the text itself, which sees less than its source had
	maxSecretLength = 200
)

// CheckSecret refuses a weak secret. The fault is Invalid and does not repeat
// the secret.
func CheckSecret(secret string) error {
	switch {
	case guid.MatchString(secret):
		if distinct(secret) <= minGUIDDigits { // the hyphen is one of them
			return fault.Field("secret", "is too regular; expected a random GUID")
		}
	case len(secret) > maxSecretLength:
		return fault.Field("secret", "is too long; expected a GUID, or a random text of 22 to 200 characters")
	case len(secret) < minSecretLength || observedBits(secret) < minSecretBits:
		return fault.Field("secret", "is too weak; expected a GUID, or a random text of 22 to 200 characters")
	}
	return nil
}

func distinct(text string) int { return len(frequencies(text)) }

func frequencies(text string) map[rune]int {
	counts := map[rune]int{}
	for _, r := range text {
		counts[r]++
	}
	return counts
}

// observedBits is the Shannon entropy of the text's own characters, of which
// those that repeat what stands before them do not count.
func observedBits(text string) float64 {
	total, bits := float64(len([]rune(text))), 0.0
	for _, n := range frequencies(text) {
		p := float64(n) / total
		bits -= p * math.Log2(p)
	}
	return bits * float64(fresh(text))
}

// repeated is how long a run must be to count as a repetition: in a random
// text of hexadecimal digits runs of three come twice.
const repeated = 4

// fresh counts the characters that do not end a run that was there before.
func fresh(text string) int {
	runs, letters := map[string]bool{}, []rune(text)
	for i := repeated; i <= len(letters); i++ {
		runs[string(letters[i-repeated:i])] = true
	}
	return min(len(letters), len(runs)+repeated-1)
}

// NewStore is a checked store, ready to be added.
func NewStore(number StoreNumber, name string, test bool, now time.Time) (Store, error) {
	if number <= 0 {
		return Store{}, fault.Field("number", "is not a positive whole number")
	}
	return Store{
		Number: number, Name: name, Test: test, State: StoreOpen, CreatedAt: now,
		Settings: StoreSettings{CartLifetime: DefaultCartLifetime, DomesticShipping: ShippingAdded},
	}, nil
}
