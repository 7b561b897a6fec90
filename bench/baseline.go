package main

import (
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// serveAnswers is the bare handler's process: it says where it listens, and
// ends with its input.
func serveAnswers(file string, in io.Reader, out io.Writer) error {
	answers, err := readAnswers(file)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens as long as the process runs
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	// The time-outs are those of serve.
	server := &http.Server{
		Handler:           bare(answers),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = server.Close()
	}()
	if err := json.NewEncoder(out).Encode(listener.Addr().String()); err != nil {
		return fmt.Errorf("say where it listens: %w", err)
	}
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// bare is the least that a handler can do: it reads the body and answers, by
// turns, what the service has answered.
func bare(answers [][]byte) http.Handler {
	var turn atomic.Uint64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		answer := answers[turn.Add(1)%uint64(len(answers))]
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer)
	})
}

func readAnswers(file string) (answers [][]byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the answers: %w", err)
	}
	defer f.Close()
	if err := gob.NewDecoder(f).Decode(&answers); err != nil {
		return nil, fmt.Errorf("read the answers: %w", err)
	}
	if len(answers) == 0 {
		return nil, errors.New("there are no answers")
	}
	return answers, nil
}
