package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"strings"

	"golang.org/x/sys/unix"
)

// httpErrors takes what net/http says of itself. Most of it is what clients do
// wrong below HTTP, which is nobody's business unless somebody looks for it.
func httpErrors(l *slog.Logger) *log.Logger { return log.New(httpLog{l}, "", 0) }

type httpLog struct{ log *slog.Logger }

// Write logs one message, without the client's address.
func (h httpLog) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	for _, known := range []struct {
		begins, says string
		level        slog.Level
		address      bool // of a client, up to the next colon and blank
	}{
		{"http: Accept error: ", "letting a client in failed; it is tried again", slog.LevelError, false},
		{"http: panic serving ", "a request failed", slog.LevelError, true},
		{"http: TLS handshake error from ", "a TLS handshake failed", slog.LevelDebug, true},
	} {
		cause, is := strings.CutPrefix(text, known.begins)
		if !is {
			continue
		}
		if known.address {
			_, cause, _ = strings.Cut(cause, ": ")
		}
		h.log.Log(context.Background(), known.level, known.says, "cause", cause)
		return len(line), nil
	}
	h.log.Debug(text)
	return len(line), nil
}

// filesPerConnection are its socket and the file of a long list.
const filesPerConnection = 2

// checkFiles warns when the limit of open files is below what so many
// connections may take: clients would then wait although there is room.
func checkFiles(l *slog.Logger, connections int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("look at the limit of open files: %w", err)
	}
	warnOfFiles(l, limit.Cur, connections)
	return nil
}

func warnOfFiles(l *slog.Logger, limit uint64, connections int) {
	if limit/filesPerConnection <= uint64(max(0, connections)) { //nolint:gosec // not negative
		l.Warn("the limit of open files is too low for max-connections; raise it (LimitNOFILE, ulimit -n) or lower max-connections",
			"limit", limit, "max-connections", connections)
	}
}
