package main_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"entrepot/internal/testkit"
)

// One script for each command, in testdata/script.
func TestScripts(t *testing.T) { runScripts(t, "testdata/script") }

// What the demo prints is pasted into a shell.
func TestDemoScript(t *testing.T) {
	testkit.Need(t, testkit.Curl)
	runScripts(t, "testdata/curl")
}

func runScripts(t *testing.T, dir string) {
	params := scriptParams(t)
	params.Dir = dir
	testscript.Run(t, params)
}

func scriptParams(t *testing.T) testscript.Params {
	t.Helper()
	return testscript.Params{
		Deadline: time.Now().Add(2 * patience),
		Setup:    func(env *testscript.Env) error { return inPath(t, env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code, "ready": ready, "post": post, "capture": capture, "sql": sql,
		},
	}
}

// inPath lets a script find the program.
func inPath(t *testing.T, env *testscript.Env) error {
	t.Helper()
	env.Setenv("PATH", filepath.Dir(program(t))+string(os.PathListSeparator)+env.Getenv("PATH"))
	return nil
}

// code N COMMAND...: runs a command that has to end with the exit code N.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// ready FILE: waits for a service's ready file, and sets URL and, for a demo,
// STORE and SECRET.
func ready(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready FILE")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var body []byte
	ts.Check(poll(ctx, nil, func() (_ bool, err error) {
		body, err = os.ReadFile(ts.MkAbs(args[0]))
		if errors.Is(err, os.ErrNotExist) {
			return false, nil
		}
		return true, err
	}))
	values := struct {
		URL, Secret string
		Store       int64
	}{}
	ts.Check(json.Unmarshal(body, &values))
	ts.Setenv("URL", values.URL)
	ts.Setenv("SECRET", values.Secret)
	ts.Setenv("STORE", strconv.FormatInt(values.Store, 10))
}

// post PATH BODY: sends a request to $URL and prints the status and the answer.
func post(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: post PATH BODY")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	a, err := send(ctx, ts.Getenv("URL")+args[0], strings.NewReader(args[1]))
	ts.Check(err)
	_, err = fmt.Fprintln(ts.Stdout(), a.status, a.text)
	ts.Check(err)
}

// capture NAME EXPRESSION FILE: sets a variable to what the expression's group
// matches in a file; stdout and stderr are files, too.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: capture NAME EXPRESSION FILE")
	}
	expression, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	found := expression.FindStringSubmatch(ts.ReadFile(args[2]))
	if len(found) != 2 {
		ts.Fatalf("%s is not in %s", args[1], args[2])
	}
	ts.Setenv(args[0], found[1])
}
