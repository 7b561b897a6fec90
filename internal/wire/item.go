package wire

import (
	"entrepot/internal/money"
	"entrepot/internal/order"
)

// itemJSON is order.Item under the contract's keys (section 4).
type itemJSON struct {
	Description         text     `json:"description"`
	Quantity            int64    `json:"quantity"`
	UnitPrice           dollars  `json:"unitPrice"`
	ProductID           text     `json:"productId"`
	SKU                 text     `json:"sku"`
	Length              *dollars `json:"length"`
	Width               *dollars `json:"width"`
	Height              *dollars `json:"height"`
	Weight              *dollars `json:"weight"`
	WeightUnits         text     `json:"weightUnits"`
	NonShippable        bool     `json:"itemNonShippable"`
	CountryOfOrigin     text     `json:"countryOfOrigin"`
	ImageURL            text     `json:"imageURL"`
	URL                 text     `json:"itemURL"`
	Brand               text     `json:"itemBrand"`
	Category            text     `json:"itemCategory"`
	Color               text     `json:"itemColor"`
	Customization       text     `json:"itemCustomization"`
	DescriptionDetailed text     `json:"itemDescriptionDetailed"`
	DescriptionLong     text     `json:"itemDescriptionLong"`
	FabricContent       text     `json:"itemFabricContent"`
	HSCode              text     `json:"itemHSCode"`
	LTLClass            text     `json:"itemLtlClass"`
	Material            text     `json:"itemMaterial"`
	Status              text     `json:"status"`

	Extra order.Extra `json:"-"`
}

func newItems(items []order.Item) []itemJSON {
	list := make([]itemJSON, len(items))
	for i, item := range items {
		list[i] = itemJSON{
			Description: text(item.Description), Quantity: item.Quantity, UnitPrice: dollars(item.UnitPrice),
			ProductID: text(item.ProductID), SKU: text(item.SKU),
			Length: (*dollars)(item.Length), Width: (*dollars)(item.Width), Height: (*dollars)(item.Height),
			Weight: (*dollars)(item.Weight), WeightUnits: text(item.WeightUnits),
			NonShippable: item.NonShippable, CountryOfOrigin: text(item.CountryOfOrigin),
			ImageURL: text(item.ImageURL), URL: text(item.URL), Brand: text(item.Brand),
			Category: text(item.Category), Color: text(item.Color), Customization: text(item.Customization),
			DescriptionDetailed: text(item.DescriptionDetailed), DescriptionLong: text(item.DescriptionLong),
			FabricContent: text(item.FabricContent), HSCode: text(item.HSCode), LTLClass: text(item.LTLClass),
			Material: text(item.Material), Status: text(item.Status), Extra: item.Extra,
		}
	}
	return list
}

func orderItems(list []itemJSON) []order.Item {
	items := make([]order.Item, len(list))
	for i, j := range list {
		items[i] = order.Item{
			Description: string(j.Description), Quantity: j.Quantity, UnitPrice: money.Amount(j.UnitPrice),
			ProductID: string(j.ProductID), SKU: string(j.SKU),
			Length: (*money.Amount)(j.Length), Width: (*money.Amount)(j.Width), Height: (*money.Amount)(j.Height),
			Weight: (*money.Amount)(j.Weight), WeightUnits: string(j.WeightUnits),
			NonShippable: j.NonShippable, CountryOfOrigin: string(j.CountryOfOrigin),
			ImageURL: string(j.ImageURL), URL: string(j.URL), Brand: string(j.Brand),
			Category: string(j.Category), Color: string(j.Color), Customization: string(j.Customization),
			DescriptionDetailed: string(j.DescriptionDetailed), DescriptionLong: string(j.DescriptionLong),
			FabricContent: string(j.FabricContent), HSCode: string(j.HSCode), LTLClass: string(j.LTLClass),
			Material: string(j.Material), Status: string(j.Status), Extra: j.Extra,
		}
	}
	return items
}
