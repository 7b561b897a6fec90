package clienttest

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"entrepot/client"
)

// The store of a server that was given none.
const (
	DefaultStore  = 999
	DefaultSecret = "00000000-0000-4000-8000-000000000999"
)

// Store is a store of the server.
type Store struct {
	Number     int64
	Secret     string
	NextSecret string // a second one that holds as well; "" for none
	// CartSecret refuses carts without the secret.
	CartSecret bool
}

// Server is a server of the order API in memory. Its methods may be used by
// several goroutines while it answers.
type Server struct {
	URL string

	server *httptest.Server
	clock  func() time.Time

	mu       sync.Mutex
	stores   map[int64]*store
	first    Store
	faults   []Fault
	requests []Request
	strings  bool
	onlyV1   bool
	guesses  guesses
}

// NewServer starts a server with these stores, or with the default one. Close
// ends it.
func NewServer(stores ...Store) *Server {
	if len(stores) == 0 {
		stores = []Store{{Number: DefaultStore, Secret: DefaultSecret}}
	}
	s := &Server{clock: time.Now, stores: map[int64]*store{}, first: stores[0], guesses: guesses{}}
	for _, of := range stores {
		s.stores[of.Number] = newStore(of)
	}
	s.server = httptest.NewServer(s)
	s.URL = s.server.URL
	return s
}

// Close ends the server, and the connections to it.
func (s *Server) Close() {
	s.server.CloseClientConnections()
	s.server.Close()
}

// SetClock replaces the server's clock.
func (s *Server) SetClock(clock func() time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = clock
}

// Client is a client of the server's first store.
func (s *Server) Client(options client.Options) *client.Client {
	c, err := client.New(s.URL, s.first.Number, s.first.Secret, options)
	if err != nil {
		panic(err) // the server's own URL and store are good
	}
	return c
}

// StringIDs says whether answers have ids, counts, times and amounts as
// strings, as some old servers write them.
func (s *Server) StringIDs(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strings = on
}

// OnlyV1 says whether v2/orderDetail is missing, as on some old servers.
func (s *Server) OnlyV1(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onlyV1 = on
}

// Request is one that the server has answered, or broken off.
type Request struct {
	Endpoint string // as in "v2/orderDetail"
	Header   http.Header
	Keys     map[string]string // of the body, as JSON, without the secret
	Status   int               // that was answered; 0 when nothing was
}

// Requests are those that came so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

func (s *Server) record(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
}
