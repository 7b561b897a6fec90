package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"entrepot/internal/fault"
	"entrepot/internal/pgdb"
)

// rights are all that a role needs that serves and does not migrate. UPDATE on
// installation is for locking its row, which keeps two nodes from giving two
// new stores one number.
var rights = []struct{ privileges, tables string }{
	{"SELECT", "schema_info, installation, stores, order_counters, order_documents, orders, order_changes, order_notes, carts, cart_usage, commits"},
	{"INSERT, UPDATE", "stores, order_counters, order_documents, orders, order_changes, order_notes, carts, cart_usage, commits"},
	{"UPDATE", "installation"},
	{"DELETE", "carts, cart_usage, commits"},
}

// Grants are the statements that give a role these rights.
func Grants(o Options, role string) []string {
	to := " TO " + pgx.Identifier{role}.Sanitize()
	namespace := "public"
	if o.Namespace != "" {
		namespace = o.Namespace
	}
	grants := []string{"GRANT USAGE ON SCHEMA " + pgx.Identifier{namespace}.Sanitize() + to}
	for _, r := range rights {
		grants = append(grants, "GRANT "+r.privileges+" ON "+r.tables+to)
	}
	return grants
}

const undefinedObject = "42704" // SQLSTATE; here: a role

// GrantTo gives a role these rights, as the owner; NotFound when there is no
// such role.
func GrantTo(ctx context.Context, o Options, role string) error {
	db, err := pgdb.Open(ctx, o.complete().Options)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer db.Close()
	return db.InTx(ctx, func(tx pgx.Tx) error {
		for _, grant := range Grants(o, role) {
			_, err := tx.Exec(ctx, grant)
			if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == undefinedObject {
				return fault.New(fault.NotFound, "the server has no role "+role)
			}
			if err != nil {
				return fmt.Errorf("give %s its rights: %w", role, err)
			}
		}
		return nil
	})
}

const lacking = `SELECT t FROM unnest($1::TEXT[]) AS t
	WHERE NOT has_table_privilege(t, $2) ORDER BY t`

// CheckRights is nil when the user of the database has all rights that serving
// takes. The fault is Unavailable, with pgdb.ErrDenied.
func (s *Storage) CheckRights(ctx context.Context) error {
	return s.db.Read(ctx, func(tx pgx.Tx) error {
		for _, r := range rights {
			for privilege := range strings.SplitSeq(r.privileges, ", ") {
				if err := checkRight(ctx, tx, privilege, strings.Split(r.tables, ", ")); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func checkRight(ctx context.Context, tx pgx.Tx, privilege string, tables []string) error {
	rows, err := tx.Query(ctx, lacking, tables, privilege)
	if err != nil {
		return fmt.Errorf("look at the user's rights: %w", err)
	}
	without, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look at the user's rights: %w", err)
	}
	if len(without) > 0 {
		return fault.Wrap(fault.Unavailable, "the database's user may not "+privilege+" in "+strings.Join(without, ", "), pgdb.ErrDenied)
	}
	return nil
}
