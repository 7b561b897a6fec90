package pgdb

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"entrepot/internal/fault"
)

// Options say what database to open, and how.
type Options struct {
	// URL is postgres://user@host:5432/database?options, with several hosts
	// separated by commas if need be. It holds no password. Its connect_timeout,
	// statement_timeout and pool_max_conns count before those below.
	URL string
	// PasswordFile holds the password, which is read anew for each connection,
	// so that it can be changed while the program runs. Empty for a database
	// that asks for none.
	PasswordFile string
	Migrations   fs.FS // numbered .sql files of goose
	// Application marks the tables as this program's: the first migration
	// writes it into schema_info.
	Application string
	// Prefix begins the names of this program's tables in a namespace that is
	// shared with others, such as daemon_, schema_info among them. Their tables
	// are none of our business then. It is a plain identifier.
	Prefix string
	// Namespace is the schema, in PostgreSQL's sense, that holds the tables;
	// empty means public. Tables in other namespaces are none of our business.
	Namespace string

	// PlanOnce has the server plan a statement once for all values, and not anew
	// for each (plan_cache_mode), where the URL says nothing else. It is for those
	// whose statements have one good plan.
	PlanOnce         bool
	Isolation        pgx.TxIsoLevel // of InTx; empty means READ COMMITTED
	Connections      int            // at most; zero picks by the number of processors
	ConnectTimeout   time.Duration  // for one host; zero means DefaultConnectTimeout
	StatementTimeout time.Duration  // zero means DefaultStatementTimeout, less means none
	CommitTimeout    time.Duration  // see InTx; zero means DefaultCommitTimeout
	Migrating        time.Duration  // see Migrate; zero means DefaultMigrating
	Retries          int            // of a transaction; zero means DefaultRetries, less means none
	Observer         Observer       // nil for none
}

// The defaults. A COMMIT that waits for a standby takes as long as that takes;
// what waits longer than DefaultCommitTimeout has an unknown outcome.
const (
	DefaultConnectTimeout   = 5 * time.Second
	DefaultStatementTimeout = 30 * time.Second
	DefaultCommitTimeout    = 10 * time.Second
	DefaultRetries          = 10
)

// idleInTransaction is how long the server lets a transaction wait for a
// client that has gone away without a word.
const idleInTransaction = time.Minute

func (o Options) withDefaults() Options {
	o.Namespace = cmp.Or(o.Namespace, "public")
	o.Isolation = cmp.Or(o.Isolation, pgx.ReadCommitted)
	o.Connections = cmp.Or(o.Connections, max(10, 4*runtime.GOMAXPROCS(0)))
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, DefaultConnectTimeout)
	o.StatementTimeout = cmp.Or(o.StatementTimeout, DefaultStatementTimeout)
	o.CommitTimeout = cmp.Or(o.CommitTimeout, DefaultCommitTimeout)
	o.Migrating = cmp.Or(o.Migrating, DefaultMigrating)
	o.Retries = max(0, cmp.Or(o.Retries, DefaultRetries))
	if o.Observer == nil {
		o.Observer = unobserved{}
	}
	return o
}

// Check looks at the form of the options, without connecting. The fault is
// Invalid.
func (o Options) Check() error {
	_, err := o.withDefaults().poolConfig()
	return err
}

// Where is the hosts and the name of the database, for people: host:5432/name.
func (o Options) Where() string {
	config, err := o.withDefaults().poolConfig()
	if err != nil {
		return ""
	}
	hosts := []string{address(config.ConnConfig.Host, config.ConnConfig.Port)}
	for _, f := range config.ConnConfig.Fallbacks { // each host is there with and without TLS
		if a := address(f.Host, f.Port); !slices.Contains(hosts, a) {
			hosts = append(hosts, a)
		}
	}
	return strings.Join(hosts, ",") + "/" + config.ConnConfig.Database
}

// User is the role that connects.
func (o Options) User() string {
	config, err := o.withDefaults().poolConfig()
	if err != nil {
		return ""
	}
	return config.ConnConfig.User
}

func address(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.FormatUint(uint64(port), 10))
}

func (o Options) poolConfig() (*pgxpool.Config, error) {
	if err := checkURL(o.URL); err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil { // its text shows the URL, which may hold a password that was not recognized
		return nil, fault.Field("url", "is not understood; it should look like postgres://user@host:5432/database")
	}
	if !strings.Contains(o.URL, "pool_max_conns=") {
		config.MaxConns = int32(min(o.Connections, 1<<16)) //nolint:gosec // bounded here
	}
	if !strings.Contains(o.URL, "connect_timeout=") {
		config.ConnConfig.ConnectTimeout = o.ConnectTimeout
	}
	config.ConnConfig.DialFunc = dialer().DialContext
	o.setParameters(config.ConnConfig.RuntimeParams)
	config.BeforeConnect = o.beforeConnect
	return config, nil
}

// checkURL refuses a password, which the list of processes would show, and
// logs, too.
func checkURL(text string) error {
	rest, ok := strings.CutPrefix(strings.Replace(text, "postgresql://", "postgres://", 1), "postgres://")
	if !ok {
		return fault.Field("url", "begins with postgres://")
	}
	user := rest[:max(0, strings.LastIndex(rest, "@"))]
	if strings.Contains(user, ":") || strings.Contains(rest, "password=") {
		return fault.Field("url", "holds a password; keep it in a file")
	}
	return nil
}

// setParameters sets what the URL does not.
func (o Options) setParameters(set map[string]string) {
	set["search_path"] = pgx.Identifier{o.Namespace}.Sanitize()
	defaults := map[string]string{
		"application_name":                    "entrepot",
		"idle_in_transaction_session_timeout": strconv.FormatInt(idleInTransaction.Milliseconds(), 10),
		"statement_timeout":                   strconv.FormatInt(max(0, o.StatementTimeout.Milliseconds()), 10),
	}
	if o.PlanOnce {
		defaults["plan_cache_mode"] = "force_generic_plan"
	}
	for name, value := range defaults {
		if set[name] == "" {
			set[name] = value
		}
	}
}

// beforeConnect readies the configuration of one connection.
func (o Options) beforeConnect(_ context.Context, config *pgx.ConnConfig) error {
	if o.PasswordFile != "" {
		password, err := os.ReadFile(o.PasswordFile) //nolint:gosec // the operator names the file
		if err != nil {
			return fmt.Errorf("read the password of the database: %w", err)
		}
		config.Password = strings.TrimRight(string(password), "\r\n")
	}
	l := &link{dial: config.DialFunc}
	config.DialFunc = l.Dial
	config.OnNotice = l.notice
	config.AfterConnect = func(_ context.Context, conn *pgconn.PgConn) error {
		conn.CustomData()[linkKey] = l
		return nil
	}
	return nil
}

// connect opens one connection outside the pool.
func connect(ctx context.Context, o Options) (*pgx.Conn, error) {
	config, err := o.poolConfig()
	if err != nil {
		return nil, err
	}
	if err := o.beforeConnect(ctx, config.ConnConfig); err != nil {
		return nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config.ConnConfig)
	return conn, classify(err)
}
