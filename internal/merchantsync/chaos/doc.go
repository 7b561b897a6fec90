// Package chaos is a bad network for tests: a proxy between a client of the
// order API and its server that cuts, delays, truncates and refuses, answers
// with web pages, and repeats what it answered before. It knows the contract's
// lists and details by their shape only.
//
// What happens to a request follows from the seed, the request, and how often
// the same one came before: so a run can be repeated, as far as its requests
// come again.
package chaos
