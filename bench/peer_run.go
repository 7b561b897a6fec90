package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// measurePeers measures the service beside PocketBase, the peer that a Go user
// would take off the shelf.
func (r *runner) measurePeers(ctx context.Context) (figures []figure, err error) {
	if r.service, err = startService(ctx, r.binary, r.folder); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.service.stop()) }()
	p, err := r.preparePeer(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	r.scale.Counted = max(r.scale.Counted, peerRound)
	for _, c := range r.besidePeer(p) {
		f, err := r.contend(c)
		if err != nil {
			return figures, err
		}
		figures = append(figures, f)
	}
	held, err := anonymous(p.pid())
	if err != nil {
		return figures, err
	}
	last := &figures[len(figures)-1]
	last.about += fmt.Sprintf(". PocketBase holds %s of anonymous memory by now", size(held))
	return figures, nil
}

// peerRound is the shortest round in which all connections get an answer.
const peerRound = 2 * time.Second

func (r *runner) preparePeer(ctx context.Context) (*peer, error) {
	binary, dir := filepath.Join(r.dir, "pocketbase"), filepath.Join(r.dir, "pocketbase-data")
	r.say("building PocketBase, and making %d records", r.scale.records())
	if err := buildPeer(ctx, binary); err != nil {
		return nil, err
	}
	if err := fillPeer(ctx, binary, dir, r.scale.records()); err != nil {
		return nil, err
	}
	return startPeer(ctx, binary, dir)
}

// records is how many orders PocketBase has: enough for its pages.
func (s scale) records() int { return max(s.Orders, 4*peerPage) }

// callers is how many update at a time beside PocketBase.
const callers = 64

func (r *runner) besidePeer(p *peer) []contest {
	theirs := func(k kind) job { return job{Address: p.address, Kind: k, Connections: connections} }
	thousand, ours, patches := r.job(askList), r.job(askUpdate), theirs(askPeerUpdate)
	thousand.List = list{Days: 1}
	ours.Connections, patches.Connections = callers, callers
	return []contest{
		{
			title: "orderDetail beside PocketBase", goal: 12,
			about: fmt.Sprintf("%d connections; random orders of %s, the credentials checked; PocketBase: records of some 4 KB by their id, no rules to check", connections, thousands(r.scale.Orders)),
			sides: [2]side{{name: "entrepot", job: r.job(askDetail), pid: r.service.pid()}, {name: "PocketBase", job: theirs(askPeerDetail), pid: p.pid()}},
		},
		{
			title: "orderNumbers, 1,000 orders, beside PocketBase", goal: 30,
			about: fmt.Sprintf("%d connections; PocketBase: %d pages of %d records, by an indexed number, which have no documents, only the keys that a list of ours has (`fields`), not counted (`skipTotal`)", connections, peerPages, peerPage),
			sides: [2]side{{name: "entrepot", job: thousand, pid: r.service.pid()}, {name: "PocketBase", job: theirs(askPeerList), pid: p.pid(), parts: peerPages}},
		},
		{
			title: "updateVendorOrderStatus beside PocketBase's PATCH", goal: 10,
			about: fmt.Sprintf("%d connections; random orders; entrepot's updates are durable and write history, PocketBase's records have no documents, and wait for no disk", callers),
			sides: [2]side{{name: "entrepot", job: ours, pid: r.service.pid()}, {name: "PocketBase", job: patches, pid: p.pid()}},
		},
	}
}
