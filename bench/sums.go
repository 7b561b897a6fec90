package main

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"entrepot/internal/order"
	"entrepot/internal/storage/sqlite"
	"entrepot/internal/wire"
)

// sumDetails reads every order of the lookup store and sums up the answer that
// is expected for it. It reads the pages in, too, so that no round is colder
// than another.
func sumDetails(ctx context.Context, s setup) (sums []uint32, err error) {
	storage, err := sqlite.Open(ctx, filepath.Join(s.Folder, databaseFile), sqlite.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, storage.Close()) }()
	service := newService(storage, time.Now())
	sums = make([]uint32, s.Scale.Orders)
	workers := runtime.GOMAXPROCS(0)
	errs := make([]error, workers)
	var all sync.WaitGroup
	for w := range workers {
		from, to := w*len(sums)/workers, (w+1)*len(sums)/workers
		all.Go(func() { errs[w] = sumRange(ctx, service, sums[from:to], from+1) })
	}
	all.Wait()
	return sums, errors.Join(errs...)
}

func sumRange(ctx context.Context, service *order.Service, sums []uint32, first int) error {
	return service.Operate(ctx, lookups, func(r order.Reader) error {
		var answer []byte
		for i := range sums {
			stored, err := r.Detail(order.Number(first + i))
			if err != nil {
				return err
			}
			if answer, err = wire.AppendDetail(answer[:0], &stored); err != nil {
				return err
			}
			sums[i] = sum(answer)
		}
		return ctx.Err()
	})
}
