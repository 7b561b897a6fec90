package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"entrepot/internal/money"
	"entrepot/internal/order"
)

const shopURL = "https://shop.example.com/"

// basket draws a cart as the shop would send it.
func basket(r *rand.Rand) order.CartContents {
	c := order.CartContents{
		ConfirmationURL: shopURL + "checkout/success?lang=en",
		ContinueURL:     shopURL,
		Items:           lines(r),
		Misc:            misc(r),
	}
	c.BoxCount = boxes(c.Items)
	if chance(r, 12) {
		c.DomesticCharge = 495
	}
	return c
}

// sizes says how many different products are in a cart, small carts more
// often than large ones.
var sizes = []int{1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7}

// lines are one to eight: products, and perhaps gift wrapping or a coupon.
func lines(r *rand.Rand) []order.Item {
	chosen := r.Perm(len(catalogue))[:pick(r, sizes)]
	items := make([]order.Item, 0, len(chosen)+1)
	for _, i := range chosen {
		items = append(items, catalogue[i].line(r, i))
	}
	switch n := r.IntN(100); {
	case n < 12:
		items = append(items, pick(r, coupons).line(items))
	case n < 17:
		items = append(items, giftWrap)
	}
	return items
}

var giftWrap = order.Item{
	Description: "Gift wrapping", Quantity: 1, UnitPrice: 595, ProductID: "90001", SKU: "GIFTWRAP",
	WeightUnits: "LB", NonShippable: true, Category: "Services",
}

// coupon takes a share of the goods off, as a line with a negative price.
type coupon struct {
	code    string
	percent money.Amount
}

var coupons = []coupon{{"SPRING10", 10}, {"TRAILMIX15", 15}, {"LASTSEASON20", 20}, {"CAMPCLUB5", 5}}

func (c coupon) line(goods []order.Item) order.Item {
	total := money.Amount(0)
	for _, item := range goods {
		total += item.UnitPrice * money.Amount(item.Quantity)
	}
	return order.Item{
		Description: fmt.Sprintf("Coupon %s (%d%% off)", c.code, c.percent),
		Quantity:    1, UnitPrice: -total * c.percent / 100,
		ProductID: "coupon", SKU: c.code, WeightUnits: "LB", NonShippable: true,
	}
}

// quantities are mostly one.
var quantities = []int64{1, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 6}

// line draws a variant of the product with the index, and how many of it.
func (p *product) line(r *rand.Rand, index int) order.Item {
	color, size := sometimes(r, 100, p.colors), sometimes(r, 100, p.sizes)
	slug := strings.ToLower(p.sku)
	length, width, height, weight := p.length, p.width, p.height, p.weight
	item := order.Item{
		Description: join(", ", p.name, size, color), Quantity: pick(r, quantities), UnitPrice: p.price,
		ProductID: fmt.Sprint(10_000 + 10*index), SKU: strings.ToUpper(join("-", p.sku, size, color)),
		Length: &length, Width: &width, Height: &height, Weight: &weight, WeightUnits: p.units,
		CountryOfOrigin: p.origin, HSCode: p.hsCode, Brand: p.brand, Category: p.category,
		ImageURL: shopURL + "images/" + strings.ToLower(join("-", slug, color)) + ".jpg", URL: shopURL + "p/" + slug,
		Color: color, Material: p.material, FabricContent: p.fabric, LTLClass: p.ltlClass,
		DescriptionLong: p.about,
	}
	item.SKU = strings.ReplaceAll(item.SKU, " ", "")
	item.ImageURL = strings.ReplaceAll(item.ImageURL, " ", "-")
	if p.engraved {
		item.Customization = sometimes(r, 35, engravings)
	}
	if size != "" {
		item.DescriptionDetailed = p.name + " in size " + size
	}
	return item
}

var engravings = []string{"Grandpa's", "1974", "Für Oma ♥", "Éloïse & Luc", "K2 or bust", "\"The Chef\""}

func join(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), separator)
}

// misc are values that only the shop understands.
func misc(r *rand.Rand) (m [6]string) {
	m[0] = sometimes(r, 60, []string{"store_view=en", "store_view=de", "store_view=fr", "store_view=ja"})
	m[1] = sometimes(r, 25, []string{"campaign=spring-hike", "campaign=newsletter-17", "campaign=winter-hut"})
	m[2] = sometimes(r, 10, []string{"gift=1", "gift=1;card=Happy trails!"})
	m[3] = sometimes(r, 6, []string{"affiliate=example-blog", "affiliate=sample-magazine"})
	m[5] = sometimes(r, 4, []string{`{"loyalty":"silver","points":120}`, `{"loyalty":"gold","points":860}`})
	return m
}

// box is one that the shop packs into; sizes are whole inches.
type box struct{ length, width, height int64 }

// stock is from the largest to the smallest.
var stock = []box{{30, 20, 18}, {22, 15, 15}, {16, 12, 8}, {12, 9, 4}, {8, 8, 4}}

func (b box) volume() int64 { return b.length * b.width * b.height }

// boxes packs by volume: full large ones, and the smallest that holds the
// rest.
func boxes(items []order.Item) string {
	counts := make([]int64, len(stock))
	rest := volume(items)
	counts[0], rest = rest/stock[0].volume(), rest%stock[0].volume()
	for i, b := range slices.Backward(stock) {
		if b.volume() >= rest {
			counts[i]++
			break
		}
	}
	var list []string
	for i, n := range counts {
		if n > 0 {
			list = append(list, fmt.Sprintf("%dx%dx%d(%d)", stock[i].length, stock[i].width, stock[i].height, n))
		}
	}
	return strings.Join(list, ",")
}

// volume is in whole cubic inches.
func volume(items []order.Item) (total int64) {
	for _, item := range items {
		if item.Length != nil {
			total += int64(*item.Length * *item.Width / 100 * *item.Height / 100 * money.Amount(item.Quantity) / 100)
		}
	}
	return total
}
