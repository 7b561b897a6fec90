package api

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
)

const (
	// minGzip is the size in bytes from which an answer is worth packing: a
	// smaller one takes one packet either way.
	minGzip = 1400
	// maxGzipStreams bounds the lists that are packed while they are sent: a
	// packer takes about a megabyte for as long as its client does. Further
	// lists are sent plain.
	maxGzipStreams = 32
)

var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant that exists
	}
	return w
}}

func newPacker(w io.Writer) *gzip.Writer {
	packer, _ := packers.Get().(*gzip.Writer)
	packer.Reset(w)
	return packer
}

// packs reports whether an answer of so many bytes goes out as gzip, and
// tells caches that it depends.
func (x *exchange) packs(length int64) bool {
	if length < minGzip {
		return false
	}
	x.w.Header().Set("Vary", "Accept-Encoding")
	return asksForGzip(x.r.Header)
}

// asksForGzip reports whether the client names gzip and likes plain text no
// better (RFC 9110, section 12.5.3). A star alone asks for nothing: plain is
// what every client reads.
func asksForGzip(h http.Header) bool {
	packed, plain := 0.0, 0.0
	for element := range strings.SplitSeq(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, parameters, _ := strings.Cut(element, ";")
		switch strings.ToLower(strings.TrimSpace(coding)) {
		case "gzip", "x-gzip":
			packed = quality(parameters)
		case "identity":
			plain = quality(parameters)
		}
	}
	return packed > 0 && packed >= plain
}

// pack sends a whole answer as gzip, with its length.
func (x *exchange) pack(status int, body []byte) {
	var packed bytes.Buffer
	packer := newPacker(&packed)
	_, _ = packer.Write(body) // memory takes everything
	_ = packer.Close()
	packers.Put(packer)
	x.w.Header().Set("Content-Encoding", "gzip")
	x.header(status, jsonType, int64(packed.Len()))
	_, _ = x.w.Write(packed.Bytes()) // a client that has gone needs no answer
}

// packStream sends as gzip what send writes, and its length is not known
// beforehand. When that fails the answer lacks gzip's end as well as HTTP's, so
// that nobody takes it for a whole one.
func (x *exchange) packStream(status int, send func(io.Writer) error) error {
	x.w.Header().Set("Content-Encoding", "gzip")
	x.header(status, jsonType, unknownLength)
	packer := newPacker(counted{x})
	defer packers.Put(packer)
	if err := send(packer); err != nil {
		return err
	}
	return packer.Close()
}

// counted counts what is written to the client.
type counted struct{ *exchange }

func (c counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.bytes += int64(n)
	return n, err
}
