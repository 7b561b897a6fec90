package main

// dbCommands work on databases as a whole.
type dbCommands struct {
	Copy dbCopyCommand `cmd:"" help:"Copy the database of a folder into a PostgreSQL one, and verify the copy."`
}
