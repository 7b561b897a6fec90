package main

import (
	"bufio"
	"bytes"
	"fmt"
)

// noText is what an import cannot read, known by how it begins, and what turns
// it into text.
type noText struct{ start, is, unpack string }

var noTexts = []noText{
	{"\x1f\x8b", "packed with gzip", "unpack it first: `gunzip -c FILE"},
	{"\x28\xb5\x2f\xfd", "packed with zstd", "unpack it first: `zstd -dc FILE"},
	{"\xfd7zXZ\x00", "packed with xz", "unpack it first: `xz -dc FILE"},
	{"PK\x03\x04", "packed with zip", "unpack it first: `unzip -p FILE"},
	{"\xff\xfe", "in UTF-16", "turn it into UTF-8 first: `iconv -f UTF-16 -t UTF-8 FILE"},
	{"\xfe\xff", "in UTF-16", "turn it into UTF-8 first: `iconv -f UTF-16 -t UTF-8 FILE"},
	{"{\x00", "in UTF-16", "turn it into UTF-8 first: `iconv -f UTF-16LE -t UTF-8 FILE"},
	{"\x00{", "in UTF-16", "turn it into UTF-8 first: `iconv -f UTF-16BE -t UTF-8 FILE"},
}

const longestStart = 6

// sniff looks at the first bytes of the input: better one error than one for
// each line of noise.
func sniff(r *bufio.Reader) error {
	start, _ := r.Peek(longestStart) // whatever ends it early is met again by who reads on
	for _, n := range noTexts {
		if bytes.HasPrefix(start, []byte(n.start)) {
			return withHint(fmt.Errorf("the input is %s", n.is), n.unpack+" | entrepot order import -`")
		}
	}
	return nil
}
