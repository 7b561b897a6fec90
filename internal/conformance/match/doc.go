// Package match compares a JSON answer with what was expected of it: a pattern
// (JSON with wildcards), or a rule between several of its values.
//
// A pattern is JSON. A string of the form "<…>" in it is a wildcard, one or
// several of these joined by |:
//
//	any null absent string text bool int money foreign millis time uuid id list object
//	=word   the string "word"
//	a name  a shape: a pattern that has a name
//
// "<~regexp>" is a string that the regular expression matches, "<'text>" is
// text and no wildcard, whatever stands in it. In an object the
// key "<more>" admits other keys beside those given; ["<each>", P] is a list
// whose every item is P, ["<each+>", P] one that is not empty.
// Numbers are compared as they are written: 1.0 is not 1.00.
package match
