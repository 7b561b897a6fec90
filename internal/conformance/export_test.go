package conformance

import "slices"

// CaseNames are those of the table.
func CaseNames() []string {
	var names []string
	for _, c := range mustLoad().cases {
		names = append(names, c.Name)
	}
	return names
}

// Writes says whether a case of the table changes something.
func Writes(name string) bool {
	return slices.ContainsFunc(mustLoad().cases, func(c *Case) bool { return c.Name == name && c.Write })
}

func mustLoad() *table {
	t, err := builtin()
	if err != nil {
		panic(err)
	}
	return t
}
