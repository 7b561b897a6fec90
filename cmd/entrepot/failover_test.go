//go:build unix

package main_test

import (
	"context"
	"flag"
	"sync"
	"testing"
	"time"

	"entrepot/internal/testkit"
)

var failoverRuns = flag.Int("failover-runs", len(ways), "how often the primary is lost, each way in turn (docs/failover.md has 24)")

// ways are how a primary is lost.
var ways = []struct {
	name   string
	strike func(t *testing.T, c *testkit.PostgresCluster)
}{
	{"killed with -9", func(t *testing.T, c *testkit.PostgresCluster) { c.Primary().Kill9(t) }},
	{"hangs (SIGSTOP)", func(t *testing.T, c *testkit.PostgresCluster) { c.Primary().Stop(t) }},
	{"cut off, connections reset", func(_ *testing.T, c *testkit.PostgresCluster) { c.Cut() }},
	{"cut off, in silence", func(_ *testing.T, c *testkit.PostgresCluster) { c.Silence() }},
}

// TestFailover loses the primary under load, again and again, and promotes the
// standby. The nodes have to find it by themselves, and nothing that a client
// was told may turn out wrong.
func TestFailover(t *testing.T) {
	f := newFailover(t)
	for run := range *failoverRuns {
		f.lose(t, run)
		f.found = f.audit(t)
		f.found.none(t)
		f.runs[run].tell(t, run)
		for _, p := range f.nodes {
			p.alive(t)
		}
		if t.Failed() {
			t.Fatalf("after run %d, %s", run+1, ways[run%len(ways)].name)
		}
		f.cluster.Rejoin(t)
	}
	if r := command(t, append([]string{"check"}, onDatabase(f.database)...)...); r.code != 0 {
		t.Errorf("check: %+v", r)
	}
	f.report(t)
}

// TestFailoverNoticesLoss promotes a standby that has missed what clients were
// told: the audit has to see it.
func TestFailoverNoticesLoss(t *testing.T) {
	f := newFailover(t)
	l := f.load(t)
	f.cluster.LoseStandby(t)
	both := f.sold()
	eventually(t, "sales that only the primary has", func() bool { return f.sold() >= both+10 })
	l.seen(t, time.Now())
	l.stop()
	f.audit(t).none(t)
	f.cluster.Primary().Kill9(t)
	f.cluster.Promote(t)
	if found := f.audit(t); found.lost == 0 || found.vanished == 0 {
		t.Errorf("%d lost, %d vanished: the loss is not noticed", found.lost, found.vanished)
	}
	l = f.load(t)
	before := f.sold()
	eventually(t, "sales that have the numbers of others", func() bool { return f.sold() >= before+10 })
	l.stop()
	if found := f.audit(t); found.reused == 0 {
		t.Error("nobody notices that numbers are used again")
	}
}

// failover is a cluster with nodes on it, and what their clients know, from
// all runs.
type failover struct {
	shop
	cluster   *testkit.PostgresCluster
	database  testkit.PostgresDatabase
	nodes     []*process
	followers []*follower
	runs      []*outage
	found     *found // by the last audit, of all runs

	mu    sync.Mutex
	sales []*sale
}

const (
	failoverNodes     = 3
	failoverBuyers    = 6
	failoverClerks    = 4
	failoverFollowers = 3
)

func newFailover(t *testing.T) *failover {
	t.Helper()
	f := &failover{cluster: testkit.StartPostgresCluster(t)}
	f.database = f.cluster.Database(t, "entrepot")
	f.shop = prepare(t, f.database)
	f.nodes = startNodes(t, f.database, failoverNodes, "--admin-addr", "127.0.0.1:0")
	for range failoverFollowers {
		f.followers = append(f.followers, newFollower(f.shop))
	}
	return f
}

// outage is one run, as its clients saw it.
type outage struct {
	way               string
	inCommit          int // transactions, when the primary was lost
	struck, promoted  time.Time
	again, everywhere time.Time // when a write was answered again, and when one was at each node
	events            []event
	done, undone      int // writes without success, in all runs up to this one
}

// lose is one run.
func (f *failover) lose(t *testing.T, run int) {
	t.Helper()
	way := ways[run%len(ways)]
	o := &outage{way: way.name}
	l := f.load(t)
	l.recovered(t, time.Time{})
	eventually(t, "tracking numbers", func() bool { return l.tracking.Load() == failoverClerks })
	held := (run+run/len(ways))%2 == 0
	if held { // nothing is confirmed for a moment, so that COMMITs wait
		f.cluster.Standby().Stop(t)
		o.inCommit = f.cluster.InCommit(t, 3)
	} else {
		o.inCommit = f.cluster.InCommit(t, 1) // it may be answered in between
	}
	o.struck = time.Now()
	way.strike(t, f.cluster)
	if held {
		f.cluster.Standby().Cont(t)
	}
	f.cluster.Promote(t)
	o.promoted = time.Now()
	l.recovered(t, o.promoted)
	l.stop()
	o.learn(l)
	f.runs = append(f.runs, o)
}

func (f *failover) sold() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sales {
		if s.settled.Load() {
			n++
		}
	}
	return n
}

// load starts everybody.
func (f *failover) load(t *testing.T) *load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	l := &load{failover: f, ctx: t.Context(), running: ctx, cancel: cancel}
	for range failoverBuyers {
		l.group.Go(l.buy)
	}
	for range failoverClerks {
		l.group.Go(l.track)
	}
	for _, follower := range f.followers {
		l.group.Go(func() { l.follow(follower) })
	}
	t.Cleanup(l.stop)
	return l
}
