package main

import (
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
)

func chunks(pieces ...string) string {
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 OK\r\nDate: now\r\nTransfer-Encoding: chunked\r\n\r\n")
	for _, piece := range pieces {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(piece), piece)
	}
	return b.String() + "0\r\n\r\n"
}

func TestAnswersInChunks(t *testing.T) {
	long := strings.Repeat("x", window)
	for name, pieces := range map[string][]string{
		"one": {`{"a":1}`}, "several": {`{"`, `a":`, `1}`}, "longer than the window": {`{"` + long, long, `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			c := answering(t, chunks(pieces...), iotest.HalfReader)
			c.line = nothing
			for range 3 { // each leaves the connection ready for the next
				answer, size, err := c.exchange(nothing, `{"`, true)
				if want := strings.Join(pieces, ""); err != nil || string(answer) != want || size != len(want) {
					t.Fatalf("%d bytes, %v; want %d", size, err, len(want))
				}
			}
		})
	}
	c := answering(t, chunks(`{"code":404}`), whole)
	c.line = nothing
	if _, _, err := c.exchange(nothing, `{"items":[`, false); err == nil {
		t.Error("an answer that begins otherwise passes")
	}
}

// peers are askers that have asked for record 7.
func peers() map[string]struct {
	asker       asker
	line, right string
} {
	own := peerAsker{random: newRandom(1, 0), orders: 2000, own: 0, share: 1}
	rows := strings.Repeat(`{"orderId":"999-508"},`, peerPage)
	return map[string]struct {
		asker       asker
		line, right string
	}{
		"detail": {&peerDetailAsker{own}, "GET /api/collections/orders/records/000000000000007", `{"orderId":"999-7","document":{"a":1}}`},
		"list": {
			&peerListAsker{peerAsker: own, page: 2}, "GET /api/collections/heads/records?perPage=500&page=2&skipTotal=1&fields=orderId,test,placedAt&sort=number&filter=number%3E7",
			`{"items":[` + strings.TrimSuffix(rows, ",") + `]}`,
		},
		"update": {&peerUpdateAsker{peerAsker: own, to: statuses[1]}, "PATCH /api/collections/heads/records/000000000000007?fields=status", `{"status":"` + string(statuses[1]) + "\"}\n"},
	}
}

func TestPeerAnswersAreLookedAt(t *testing.T) {
	for name, p := range peers() {
		switch a := p.asker.(type) {
		case *peerDetailAsker:
			a.number = 7
		case *peerListAsker:
			a.number = 7
		case *peerUpdateAsker:
			a.number = 7
		}
		if line := string(p.asker.(liner).line(nil)); line != p.line {
			t.Errorf("%s asks %s, want %s", name, line, p.line)
		}
		if err := p.asker.check([]byte(p.right)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, wrong := range []string{"", `{"code":404}`, strings.ReplaceAll(p.right, "999-", "998-") + " ", p.right[:len(p.right)/2]} {
			if p.asker.check([]byte(wrong)) == nil {
				t.Errorf("%s takes %.80q", name, wrong)
			}
		}
	}
}
