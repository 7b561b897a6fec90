package checkout

import (
	"slices"
	"strings"

	"golang.org/x/text/language"

	"entrepot/internal/wire"
)

type country struct{ Code, Name string }

// countries are all that an order can be shipped to, by their English names.
var countries = func() (list []country) {
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			region, err := language.ParseRegion(code)
			if err != nil || region.Canonicalize().String() != code {
				continue
			}
			if name := wire.CountryName(code); name != "" {
				list = append(list, country{code, name})
			}
		}
	}
	slices.SortFunc(list, func(x, y country) int { return strings.Compare(x.Name, y.Name) })
	return list
}()
