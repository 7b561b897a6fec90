package main

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"

	"entrepot/client"
)

// apiFlags say whom to ask.
type apiFlags struct {
	URL        string `help:"The service, such as https://checkout.example.com." required:"" placeholder:"URL"`
	SecretFile string `help:"File that holds the store's secret." required:"" placeholder:"FILE" type:"existingfile"`
}

// renewable is the service, asked with the secret that the file held when it
// was last looked at: a secret is rotated without a restart.
type renewable struct {
	flags   apiFlags
	store   int64
	observe func(client.Attempt)

	now    atomic.Pointer[client.Client]
	mu     sync.Mutex // guards secret
	secret string
}

func (f *syncFlags) api(observe func(client.Attempt)) (*renewable, error) {
	r := &renewable{flags: f.apiFlags, store: int64(f.Store), observe: observe}
	err := r.renew()
	return r, err
}

// renew looks whether the file holds another secret.
func (r *renewable) renew() error {
	secret, err := readSecret(r.flags.SecretFile)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if secret == r.secret {
		return nil
	}
	c, err := client.New(r.flags.URL, r.store, secret, client.Options{UserAgent: "entrepot-sync/" + version, Observe: r.observe})
	if err != nil {
		return withHint(fmt.Errorf("--url: %w", err), "give the service's address without a path, such as https://checkout.example.com")
	}
	r.now.Store(c)
	r.secret = secret
	return nil
}

// OrderNumbers implements merchantsync.API.
func (r *renewable) OrderNumbers(ctx context.Context, q client.OrderNumbersQuery) iter.Seq2[client.OrderNumber, error] {
	return r.now.Load().OrderNumbers(ctx, q)
}

// Order implements merchantsync.API.
func (r *renewable) Order(ctx context.Context, id client.OrderID) (*client.Order, error) {
	return r.now.Load().Order(ctx, id)
}

// UpdateMerchantOrderID implements merchantsync.API.
func (r *renewable) UpdateMerchantOrderID(ctx context.Context, id client.OrderID, merchantOrderID string) error {
	return r.now.Load().UpdateMerchantOrderID(ctx, id, merchantOrderID)
}

// UpdateStatus implements merchantsync.API.
func (r *renewable) UpdateStatus(ctx context.Context, id client.OrderID, status client.Status) error {
	return r.now.Load().UpdateStatus(ctx, id, status)
}

// SetTracking implements merchantsync.API.
func (r *renewable) SetTracking(ctx context.Context, id client.OrderID, numbers ...string) error {
	return r.now.Load().SetTracking(ctx, id, numbers...)
}
