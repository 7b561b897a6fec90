package main

import (
	"strings"

	"github.com/alecthomas/kong"
)

// examples are shown by `--help`, under the command's path. Tests see that
// every command has one, and that every one is a command line.
var examples = map[string][]string{
	"demo":                      {"entrepot demo", "entrepot demo --data try --orders 500 --addr 127.0.0.1:0"},
	"db copy":                   {"entrepot db copy --data /var/lib/entrepot --to postgres://entrepot_serve@db.example.com/entrepot --to-password-file db.txt", "entrepot db copy --to postgres://entrepot_serve@127.0.0.1/entrepot --to-password-file db.txt --verify-only"},
	"config":                    {"entrepot config", "entrepot config --config entrepot.yaml --json"},
	"serve":                     {"entrepot serve", "entrepot serve --config entrepot.yaml --admin-addr 127.0.0.1:9999", "entrepot serve --addr 127.0.0.1:8999 --data entrepot-data --trusted-proxies 10.0.0.0/8", "entrepot serve --db postgres://entrepot_serve@db.example.com/entrepot --db-password-file serve.txt"},
	"conformance":               {"entrepot conformance --url http://127.0.0.1:8999 --store 999 --secret-file secret.txt --write", "entrepot conformance --uncovered"},
	"order place":               {"entrepot order place --cart 0b7a4f5e-1111-4222-8333-944445555666 --details details.json"},
	"order list":                {"entrepot order list", "entrepot order list --store 999 --status on-hold,fraud-review", "entrepot order list --since-date 2026-01-31 --missing-merchant-order-id --live --limit 0", "entrepot order list --reference-id cart-7 --json"},
	"order show":                {"entrepot order show 999-17", "entrepot order show 999-17 --json"},
	"order history":             {"entrepot order history 999-17"},
	"order hold":                {"entrepot order hold 999-17 --reason 'the address is being checked'"},
	"order release":             {"entrepot order release 999-17 --as ann"},
	"order approve":             {"entrepot order approve 999-17 --reason 'called the shopper'"},
	"order reject":              {"entrepot order reject 999-17 --reason 'the card is stolen'"},
	"order cancel":              {"entrepot order cancel 999-17 --reason 'out of stock'"},
	"order grant-cancellation":  {"entrepot order grant-cancellation 999-17"},
	"order refuse-cancellation": {"entrepot order refuse-cancellation 999-17 --reason 'shipped already'"},
	"order labels-begin":        {"entrepot order labels-begin 999-17"},
	"order labels-end":          {"entrepot order labels-end 999-17"},
	"order note":                {"entrepot order note 999-17 'leave it with the neighbour' --customer", "entrepot order note 999-17 'fragile' --flagged --as ann"},
	"store add":                 {"entrepot store add --name 'Sample shop'", "entrepot store add --number 999 --secret-file secret.txt"},
	"store list":                {"entrepot store list", "entrepot store list --json"},
	"store show":                {"entrepot store show 999"},
	"store set":                 {"entrepot store set 999 --require-secret-for-carts --cart-lifetime 24h", "entrepot store set 999 --state closed", "entrepot store set 999 --allowed-origins https://shop.example.com,http://127.0.0.1:8998"},
	"order import":              {"entrepot order import orders.jsonl", "entrepot order import orders.jsonl --dry-run", "entrepot order import - --store 999 --rejects mend.jsonl --as ann"},
	"order export":              {"entrepot order export --store 999 --output orders.jsonl", "entrepot order export --format csv --since-date 2026-01-01 --through-date 2026-01-31"},
	"store open":                {"entrepot store open 999"},
	"store close":               {"entrepot store close 999"},
	"store rotate-secret":       {"entrepot store rotate-secret 999", "entrepot store rotate-secret 999 --secret-file secret.txt"},
	"store remove-secret":       {"entrepot store remove-secret 999", "entrepot store remove-secret 999 --secret-file leaked.txt"},
	"cart list":                 {"entrepot cart list --store 999", "entrepot cart list --all --limit 0 --json"},
	"cart expire":               {"entrepot cart expire 0b7a4f5e-1111-4222-8333-944445555666", "entrepot cart expire --store 999"},
	"sync once": {
		"entrepot sync once --url http://127.0.0.1:8999 --store 999 --secret-file entrepot-demo/secret.txt",
		"entrepot sync once --url https://checkout.example.com --store 999 --secret-file secret.txt --since-date 2026-01-01 --csv orders.csv",
		"entrepot sync once --url https://checkout.example.com --store 999 --secret-file secret.txt --db postgres://shop@db.example.com/shop --db-password-file db.txt --reports reports.csv",
	},
	"sync run": {
		"entrepot sync run --url https://checkout.example.com --store 999 --secret-file secret.txt --every 10m --jsonl changes.jsonl",
		"entrepot sync run --url https://checkout.example.com --store 999 --secret-file secret.txt --cron '*/15 * * * *' --listen 127.0.0.1:8998 --success-page https://shop.example.com/thanks",
		"entrepot sync run --url https://checkout.example.com --store 999 --secret-file secret.txt --shell-command 'php import.php --quiet' --admin-addr 127.0.0.1:9998",
	},
	"sandbox place":       {"entrepot sandbox place --store 1000", "entrepot sandbox place --store 1000 --date 2026-01-31T09:30:00Z --fraud-review", "entrepot sandbox place --store 999 --cart 0b7a4f5e-1111-4222-8333-944445555666 --admin-url http://127.0.0.1:9999"},
	"sandbox pass-review": {"entrepot sandbox pass-review 1000-17"},
	"sandbox fail-review": {"entrepot sandbox fail-review 1000-17"},
	"sandbox hold":        {"entrepot sandbox hold 1000-17"},
	"sandbox release":     {"entrepot sandbox release 1000-17 --admin-url http://127.0.0.1:9999"},
	"sandbox expire-cart": {"entrepot sandbox expire-cart 0b7a4f5e-1111-4222-8333-944445555666"},
	"sandbox faults":      {"entrepot sandbox faults cut --count 3 --endpoint /v2/orderDetail --admin-url http://127.0.0.1:9999", "entrepot sandbox faults slow --delay 10s --admin-url http://127.0.0.1:9999", "entrepot sandbox faults --clear --admin-url http://127.0.0.1:9999"},
	"sync status":         {"entrepot sync status --store 999", "entrepot sync status --store 999 --max-age 30m --json"},
	"sync verify":         {"entrepot sync verify --url https://checkout.example.com --store 999 --secret-file secret.txt", "entrepot sync verify --url https://checkout.example.com --store 999 --secret-file secret.txt --since-date 2026-01-01 --through-date 2026-01-31 --repair"},
	"sync report":         {"entrepot sync report --store 999 reports.csv"},
	"completion":          {"entrepot completion bash > ~/.local/share/bash-completion/completions/entrepot", "entrepot completion zsh > ~/.zfunc/_entrepot", "entrepot completion fish > ~/.config/fish/completions/entrepot.fish"},
}

// teach puts the examples under the help of their commands.
func teach(app *kong.Application) {
	for _, node := range app.Leaves(true) {
		if lines := examples[commandPath(node)]; len(lines) > 0 {
			if node.Detail != "" {
				node.Detail += "\n\n"
			}
			node.Detail += "Examples:\n\n  " + strings.Join(lines, "\n  ")
		}
	}
}

// commandPath is a command's name with those of the groups that it is in.
func commandPath(node *kong.Node) string {
	path := node.Name
	for node = node.Parent; node != nil && node.Type == kong.CommandNode; node = node.Parent {
		path = node.Name + " " + path
	}
	return path
}
