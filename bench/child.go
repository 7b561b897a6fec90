package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// child is a process of ours that reads lines of JSON, writes such lines, and
// ends with its input.
type child struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *json.Decoder
}

func startSelf(ctx context.Context, args ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program itself: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr, cmd.WaitDelay = os.Stderr, time.Second
	in, errIn := cmd.StdinPipe()
	out, errOut := cmd.StdoutPipe()
	if err := errors.Join(errIn, errOut); err != nil {
		return nil, fmt.Errorf("connect to %s: %w", args[0], err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	return &child{args[0], cmd, in, json.NewDecoder(out)}, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

func (c *child) tell(what any) error {
	if err := json.NewEncoder(c.in).Encode(what); err != nil {
		return fmt.Errorf("tell %s: %w", c.name, err)
	}
	return nil
}

func (c *child) hear(into any) error {
	if err := c.out.Decode(into); err != nil {
		return fmt.Errorf("hear from %s: %w", c.name, err)
	}
	return nil
}

func (c *child) stop() error {
	if err := errors.Join(c.in.Close(), c.cmd.Wait()); err != nil {
		return fmt.Errorf("stop %s: %w", c.name, err)
	}
	return nil
}

// clients is the load process.
type clients struct{ *child }

func startClients(ctx context.Context, s setup) (clients, error) {
	c, err := startSelf(ctx, roleLoad)
	if err != nil {
		return clients{}, err
	}
	if _, err = (clients{c}).do(s); err != nil {
		err = errors.Join(err, c.stop())
	}
	return clients{c}, err
}

// do has a job, or the set-up, done.
func (c clients) do(what any) (o outcome, err error) {
	if err := c.tell(what); err != nil {
		return o, err
	}
	if err := c.hear(&o); err != nil {
		return o, err
	}
	if o.Error != "" {
		return o, errors.New(o.Error)
	}
	return o, nil
}

// startBaseline starts the bare handler and answers where it listens.
func startBaseline(ctx context.Context, answers string) (c *child, address string, err error) {
	c, err = startSelf(ctx, roleBaseline, answers)
	if err != nil {
		return nil, "", err
	}
	if err = c.hear(&address); err != nil {
		err = errors.Join(err, c.stop())
	}
	return c, address, err
}
