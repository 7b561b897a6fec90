package testkit

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// Axe is axe-core as tools/axe names it, which looks for what keeps people out
// of a page.
var Axe = Requirement{"axe-core", "npm ci --prefix tools/axe", func() bool { return AxeScript() != "" }}

// AxeScript is the path of axe-core's script; empty unless it is there in the
// very version that tools/axe/package.json names.
func AxeScript() string {
	folder, ok := upTo(filepath.Join("tools", "axe"))
	if !ok {
		return ""
	}
	installed := filepath.Join(folder, "node_modules", "axe-core")
	wanted, is := npmPackage(folder).Dependencies["axe-core"], npmPackage(installed).Version
	script := filepath.Join(installed, "axe.min.js")
	if _, err := os.Stat(script); err != nil || is == "" || is != wanted {
		return ""
	}
	return script
}

// npm is what a package.json says.
type npm struct {
	Version      string
	Dependencies map[string]string
}

// npmPackage is that of a folder; empty where none can be read.
func npmPackage(folder string) (p npm) {
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil || json.Unmarshal(text, &p) != nil {
		return npm{}
	}
	return p
}

// upTo finds a folder of the repository from any folder below its top, in
// which tests run.
func upTo(name string) (string, bool) {
	folder, err := os.Getwd()
	for err == nil {
		path := filepath.Join(folder, name)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path, true
		}
		if folder == filepath.Dir(folder) {
			return "", false
		}
		folder = filepath.Dir(folder)
	}
	return "", false
}
