// Package merchantsync is the merchant's half: it brings every order of a
// store into the shop's own tables exactly once, follows those that are held,
// and reports back what the shop says of them (contract, section 8).
//
// A Daemon does the work in passes. Each pass finds orders (discover.go),
// fetches and keeps them (gather.go), follows those that may still move
// (follow.go) and reports back (report.go); what it keeps goes through a
// Ledger, the shop's database. Destinations (destination.go) are fed from the
// ledger's changes, which are numbered, so that nothing reaches them that is
// not in the tables, and nothing is forgotten.
//
// It talks to the service through the client only, as a stranger would.
package merchantsync
