package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// The kinds of requests to a subset.
const (
	askSubset  kind = "subset detail"
	askNewest  kind = "newest"
	askDay     kind = "day"
	askMissing kind = "missing"
	askMove    kind = "move"
	askPlace   kind = "place"
)

// spreading says where the orders lie that are asked for: evenly through the
// whole database.
type spreading struct {
	Size, Subset, Few int
}

// fresh is the number of an order that is moved, counted from zero. The last
// few of them have no merchant order id.
func (s spreading) fresh(i int) int { return i*(s.Size/s.Subset) + 1 }

// read is the number of an order that is asked for, and stays as it is.
func (s spreading) read(i int) int { return s.fresh(i) + s.Size/s.Subset/2 }

func (s spreading) calendar() calendar {
	return calendar{Store: lookups, PerDay: perDay, Days: s.Size / perDay}
}

// subset is what the load process knows of a database: what it asks for, and
// the answers.
type subset struct {
	spreading
	sums     []uint32       // of the answers, by index
	statuses []order.Status // of the orders that are moved, by index
	missing  []byte
}

// subsetSetup is what it is made of.
type subsetSetup struct {
	spreading
	Target target
}

func newSubsets(ctx context.Context, setups []subsetSetup) (subsets []*subset, err error) {
	for _, s := range setups {
		made, err := newSubset(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("work out the answers of %d orders: %w", s.Size, err)
		}
		subsets = append(subsets, made)
	}
	return subsets, nil
}

// newSubset reads from storage, before the database is served, what is
// expected of the service.
func newSubset(ctx context.Context, s subsetSetup) (made *subset, err error) {
	storage, err := s.Target.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	made = &subset{spreading: s.spreading, missing: missingOf(s.spreading)}
	made.statuses = slices.Repeat([]order.Status{order.InProcess}, s.Subset)
	service := newService(storage, today)
	for i := range s.Subset {
		sum, err := sumOf(ctx, service, s.read(i))
		if err != nil {
			return nil, err
		}
		made.sums = append(made.sums, sum)
	}
	return made, nil
}

func sumOf(ctx context.Context, service *order.Service, number int) (of uint32, err error) {
	err = service.Operate(ctx, lookups, func(r order.Reader) error {
		stored, err := r.Detail(order.Number(number))
		if err != nil {
			return err
		}
		answer, err := wire.AppendDetail(nil, &stored)
		of = sum(answer)
		return err
	})
	return of, err
}

// missingOf is the list of the orders without a merchant order id.
func missingOf(s spreading) []byte {
	c, tests := s.calendar(), 0
	var orders []string
	for i := s.Subset - s.Few; i < s.Subset; i++ {
		n := s.fresh(i)
		one := string(c.appendList(nil, n, 1))
		_, one, _ = strings.Cut(one, "[")
		orders = append(orders, strings.TrimSuffix(one, "]}"))
		if c.test(n) {
			tests++
		}
	}
	return fmt.Appendf(nil, `{"totalCount":%d,"orderCount":%d,"testOrderCount":%d,"orders":[%s]}`,
		s.Few, s.Few-tests, tests, strings.Join(orders, ","))
}

// asker makes the asker of one of the job's connections.
func (s *subset) asker(j job, connection int) asker {
	random := newRandom(j.Seed, connection)
	switch j.Kind {
	case askSubset:
		return &subsetAsker{subset: s, random: random, inTurn: j.Requests > 0}
	case askNewest:
		return &newestAsker{subset: s, random: random}
	case askDay:
		return &dayAsker{subset: s, random: random}
	case askMissing:
		return &missingAsker{s}
	case askMove:
		return &moveAsker{subset: s, random: random, inTurn: j.Requests > 0, own: connection, share: max(1, j.Connections)}
	default:
		store := lookups
		if j.Shops > 0 {
			store = firstShop + order.StoreNumber(connection%j.Shops)
		}
		return &placeAsker{body: placing(store), begins: `{"orderId":"` + store.String() + `-`}
	}
}

// pick is a random index, or the next one.
func pick(random *rand.Rand, inTurn bool, before, count int) int {
	if inTurn {
		return (before + 1) % count
	}
	return random.IntN(count)
}

// placing is the request for a test order. The service makes a cart of it, and
// an order of the cart.
func placing(store order.StoreNumber) []byte {
	return []byte(`{"store":` + strconv.FormatInt(int64(store), 10) + `,"name":"Ada Example","email":"ada@example.com",` +
		`"address1":"1 Example Street","city":"Toronto","zip":"M5H 2N2","countryCode":"CA","shippingTotal":"12.50","dutyTaxesTotal":"7.25",` +
		`"items":[{"description":"Example kettle","quantity":1,"unitPrice":"34.90","sku":"KETTLE-1","weight":"1.20","weightUnits":"KG","countryOfOrigin":"DE"},` +
		`{"description":"Example cup","quantity":4,"unitPrice":"6.50","sku":"CUP-1","weight":"0.30","weightUnits":"KG","countryOfOrigin":"PT"}]}`)
}
