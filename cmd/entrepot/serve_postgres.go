package main

import (
	"context"
	"errors"
	"log/slog"

	"entrepot/internal/pgdb"
	"entrepot/internal/storage/postgres"
)

// openShared opens the database that several nodes share. Requests do not wait
// for it when it is away; what goes on beside them does.
func (c *serveCommand) openShared(ctx context.Context, s *server) (database, error) {
	o := c.postgresOptions()
	var storage *postgres.Storage
	count := func(error) {}
	if c.AdminAddr != "" {
		m := newSharedRecorder(version, func() (used, limit int) { return storage.Connections() }, s.gate)
		s.recorder, s.api.Observer, o.Observer = m, m, m.Transactions()
		count = m.Settled
	}
	o.Settled = func(err error) { count(err); logSettled(s.log, err) }
	var err error
	if storage, err = openPostgres(ctx, c.dataFlag, o); err != nil {
		return nil, err
	}
	if err := storage.CheckRights(ctx); err != nil {
		return nil, errors.Join(c.explain(err), storage.Close())
	}
	s.service = newService(storage.WithPatience(c.DBPatience))
	s.chores = newService(storage)
	return storage, nil
}

// logSettled tells the operator what became of a COMMIT whose client knows
// nothing of it.
func logSettled(log *slog.Logger, err error) {
	switch {
	case err == nil:
		log.Info("a late COMMIT was made")
	case isError[*pgdb.OutcomeUnknownError](err):
		log.Error("what became of a late COMMIT stayed unknown", "cause", err.Error())
	default:
		log.Warn("a late COMMIT was not made", "cause", err.Error())
	}
}
