package deploy_test

import (
	"context"
	"debug/elf"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"entrepot/internal/testkit"
)

// user is the image's.
const user = 65532

// TestImage makes what the Dockerfile makes, without Docker: a folder that
// holds the program and /data, and nothing else. The service has to start in
// it, as the image's user and with the image's variables.
func TestImage(t *testing.T) {
	testkit.Need(t, testkit.Chroot)
	root, err := os.MkdirTemp("", "entrepot-image-") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(root)
	program := built(t)
	static(t, program)
	image := layOut(t, root, program)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/entrepot", "serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0", "--ready-file", "/data/ready.json")
	cmd.Env, cmd.Dir = image, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	if os.Geteuid() == 0 { // others may not become somebody else
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: user, Gid: user}
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url := awaitReady(ctx, t, filepath.Join(root, "data", "ready.json"), &said)
	if status, text := ask(ctx, t, url+"/v1/magento-region"); status != http.StatusOK || text != "{}" {
		t.Errorf("%d %s", status, text)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &said)
	}
	if !strings.Contains(said.String(), `"version":"1.2.3"`) {
		t.Errorf("the version is not the build's:\n%s", &said)
	}
}

// static fails when a program needs a loader or libraries.
func static(t *testing.T, program string) {
	t.Helper()
	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, p := range file.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the program is not static: it has a segment %s", p.Type)
		}
	}
}

// layOut makes the image's root and answers its variables.
func layOut(t *testing.T, root, program string) []string {
	t.Helper()
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(root, "data")
	err = errors.Join(os.Chmod(root, 0o755), //nolint:gosec // an image's root is everybody's
		os.WriteFile(filepath.Join(root, "entrepot"), text, 0o755), //nolint:gosec // a program
		os.Mkdir(data, 0o700))
	if os.Geteuid() == 0 {
		err = errors.Join(err, os.Chown(data, user, user))
	}
	if err != nil {
		t.Fatal(err)
	}
	dockerfile := read(t, "Dockerfile")
	if !strings.Contains(dockerfile, "\nUSER 65532:65532\n") || !strings.Contains(dockerfile, "\nFROM scratch\n") {
		t.Fatal("the image has another user, or is not empty")
	}
	variables := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(dockerfile)
	if variables == nil {
		t.Fatal("the image sets no variables")
	}
	return strings.Fields(variables[1])
}

func awaitReady(ctx context.Context, t *testing.T, file string, said *strings.Builder) (url string) {
	t.Helper()
	for {
		body, err := os.ReadFile(file)
		if err == nil {
			var ready struct{ URL string }
			if err := json.Unmarshal(body, &ready); err != nil {
				t.Fatal(err)
			}
			return ready.URL
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("never ready: %v\n%s", err, said)
		}
	}
}

func ask(ctx context.Context, t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
