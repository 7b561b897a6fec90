package demo

import (
	"slices"

	"entrepot/internal/money"
)

// product is one that the shop sells.
type product struct {
	sku, name, about string
	brand, category  string
	price            money.Amount // cents

	length, width, height money.Amount // hundredths of an inch
	weight                money.Amount // hundredths of a unit
	units                 string

	hsCode, origin   string
	colors, sizes    []string
	material, fabric string
	ltlClass         string // of freight, for what does not go as a parcel
	engraved         bool   // on request
}

var catalogue = slices.Concat(campGear, clothing, household)

// The shop's own brands; none is anybody's.
const (
	brandCamp  = "Tannwick"
	brandCloth = "Fernhollow"
	brandHome  = "Hearth & Heron"
)

var (
	clothSizes = []string{"XS", "S", "M", "L", "XL"}
	shoeSizes  = []string{"EU 37", "EU 39", "EU 41", "EU 43", "EU 45"}
)
