// Package destination has the places beside the tables to which package
// merchantsync brings the changes of a store's orders: files of JSON Lines and
// of CSV, which hold each change once, and a command and a webhook, which get
// each at least once. docs/sync-destinations.md says what they look like from
// the outside.
package destination
