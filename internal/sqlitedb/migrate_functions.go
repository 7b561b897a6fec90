package sqlitedb

import (
	"database/sql/driver"
	"fmt"
	"hash/crc32"

	sqlite3 "modernc.org/sqlite"
)

// Migrations may call crc32c(blob), the Castagnoli checksum (RFC 3720, B.4) as
// an integer: SQL has none of its own.
func init() {
	sqlite3.MustRegisterDeterministicScalarFunction("crc32c", 1, crc32c)
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func crc32c(_ *sqlite3.FunctionContext, args []driver.Value) (driver.Value, error) {
	switch body := args[0].(type) {
	case []byte:
		return int64(crc32.Checksum(body, castagnoli)), nil
	case nil:
		return nil, nil
	default:
		return nil, fmt.Errorf("crc32c of a %T; it takes a blob", body)
	}
}
