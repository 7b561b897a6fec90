package transfer

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"entrepot/internal/order"
)

type sum = [sha256.Size]byte

// stream writes values in a form that is the same for every storage and
// different for different values: each text has its length before it.
type stream struct{ buf []byte }

func (s *stream) texts(texts ...string) {
	for _, text := range texts {
		s.buf = binary.AppendUvarint(s.buf, uint64(len(text)))
		s.buf = append(s.buf, text...)
	}
}

func (s *stream) ints(values ...int64) {
	for _, n := range values {
		s.buf = binary.AppendVarint(s.buf, n)
	}
}

func (s *stream) bytes(b []byte) { s.texts(string(b)) }

func (s *stream) times(times ...time.Time) {
	for _, t := range times {
		s.ints(t.UnixMilli()) // the precision in which storages keep them
	}
}

func (s *stream) bools(values ...bool) {
	for _, b := range values {
		n := int64(0)
		if b {
			n = 1
		}
		s.ints(n)
	}
}

func (s *stream) sum() sum { return sha256.Sum256(s.buf) }

// digest is the checksum of an order.
func (r *record) digest(s *stream) sum {
	s.buf = s.buf[:0]
	s.head(r.Head)
	s.bools(r.erased)
	s.document(r.Document)
	s.ints(int64(len(r.Notes)))
	for _, n := range r.Notes {
		s.note(n)
	}
	s.ints(int64(len(r.History)))
	for _, c := range r.History {
		s.change(c)
	}
	return s.sum()
}

func (s *stream) head(h order.Head) {
	s.ints(int64(h.Store), int64(h.Number), h.Notes, h.Changes, int64(len(h.Tracking)))
	s.times(h.PlacedAt, h.StatusAt)
	s.bools(h.Test)
	s.texts(string(h.State.Status), string(h.State.Resume), h.MerchantOrderID, h.ReferenceID, string(h.Cart))
	s.texts(h.Tracking...)
}

func (s *stream) document(d order.Document) {
	s.ints(int64(d.Format))
	s.bytes(d.Body)
}

func (s *stream) note(n order.Note) {
	s.ints(n.Seq)
	s.times(n.CreatedAt)
	s.bools(n.Customer, n.Flagged)
	s.texts(n.CreatedBy, n.Text, string(n.Extra))
}

func (s *stream) change(c order.Change) {
	s.ints(c.Seq)
	s.times(c.At)
	s.texts(c.Actor, string(c.Kind), c.From, c.To, c.Reason)
}

func (s *stream) store(is order.Store) {
	settings := is.Settings
	s.ints(int64(is.Number), settings.CartLifetime.Milliseconds(), settings.RetainIdentity.Milliseconds(), int64(len(is.Secrets)))
	s.texts(is.Name, string(is.State), string(settings.DomesticShipping), string(settings.AllowedOrigins))
	s.bools(is.Test, settings.RequireSecretForCarts)
	s.times(is.CreatedAt)
	for _, secret := range is.Secrets {
		s.bytes(secret.Hash[:])
		s.times(secret.CreatedAt)
	}
}

func (s *stream) counter(c order.Counter) {
	s.ints(int64(c.Last), c.Disorder.Milliseconds())
	s.times(c.PlacedAt)
}

func (s *stream) usage(u order.CartUsage) { s.ints(u.Carts, u.Bytes) }

// cartDigest is the checksum of a cart.
func (s *stream) cartDigest(c *order.CartRecord) sum {
	s.buf = s.buf[:0]
	s.texts(string(c.ID))
	s.ints(int64(c.Store), int64(c.Became))
	s.times(c.CreatedAt, c.ExpiresAt)
	s.bytes(c.Address)
	s.document(c.Contents)
	return s.sum()
}
