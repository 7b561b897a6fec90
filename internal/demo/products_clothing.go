package demo

var clothing = []product{
	{
		sku: "SHELL-3L", name: "Three-layer rain jacket", brand: brandCloth, category: "Jackets", price: 22900,
		length: 1400, width: 1100, height: 250, weight: 41000, units: "G", hsCode: "6201.40", origin: "VN",
		colors: []string{"Night blue", "Rust", "Black"}, sizes: clothSizes, fabric: "100% polyamide, ePTFE membrane",
		about: "Keeps out what falls, lets out what you make.",
	},
	{
		sku: "DOWN-VEST", name: "Down vest", brand: brandCloth, category: "Jackets", price: 12900,
		length: 1300, width: 1000, height: 300, weight: 1020, units: "OZ", hsCode: "6201.40", origin: "CN",
		colors: []string{"Ochre", "Moss"}, sizes: clothSizes, fabric: "Shell 100% polyamide, filling 90% down 10% feathers",
		about: "Warm where it matters.",
	},
	{
		sku: "FLEECE-M", name: "Fleece sweater", brand: brandCloth, category: "Sweaters", price: 7900,
		length: 1300, width: 1050, height: 250, weight: 95, units: "LB", hsCode: "6110.30", origin: "KH",
		colors: []string{"Slate", "Moss", "Lime"}, sizes: clothSizes, fabric: "100% recycled polyester",
		about: "Made of bottles, worn with pleasure.",
	},
	{
		sku: "MERINO-LS", name: "Merino base layer", brand: brandCloth, category: "Base layers", price: 8450,
		length: 1100, width: 850, height: 125, weight: 21500, units: "G", hsCode: "6109.90", origin: "NZ",
		colors: []string{"Black", "Night blue"}, sizes: clothSizes, fabric: "100% merino wool",
		about: "A week without washing, so they say.",
	},
	{
		sku: "PANTS-TREK", name: "Trekking trousers", brand: brandCloth, category: "Trousers", price: 9900,
		length: 1300, width: 950, height: 200, weight: 39000, units: "G", hsCode: "6203.43", origin: "VN",
		colors: []string{"Slate", "Moss"}, sizes: clothSizes, fabric: "94% polyamide, 6% elastane",
		about: "The legs come off with two zips.",
	},
	{
		sku: "SHIRT-FLAN", name: "Flannel shirt", brand: brandCloth, category: "Shirts", price: 6450,
		length: 1200, width: 950, height: 150, weight: 75, units: "LB", hsCode: "6205.20", origin: "PT",
		colors: []string{"Rust", "Night blue"}, sizes: clothSizes, fabric: "100% cotton",
		about: "Brushed twice.",
	},
	{
		sku: "BOOT-MID", name: "Hiking boots, mid", brand: brandCloth, category: "Footwear", price: 17900,
		length: 1350, width: 925, height: 500, weight: 280, units: "LB", hsCode: "6403.91", origin: "IT",
		colors: []string{"Chestnut", "Slate"}, sizes: shoeSizes, material: "Nubuck leather, rubber sole",
		about: "Broken in by the time you are home from the post.",
	},
	{
		sku: "SHOE-TRAIL", name: "Trail running shoes", brand: brandCloth, category: "Footwear", price: 13450,
		length: 1250, width: 800, height: 475, weight: 62000, units: "G", hsCode: "6404.11", origin: "VN",
		colors: []string{"Lime", "Black"}, sizes: shoeSizes, material: "Mesh, rubber sole",
		about: "Grip in front, cushion behind.",
	},
	{
		sku: "SANDAL", name: "River sandals", brand: brandCloth, category: "Footwear", price: 8900,
		length: 1150, width: 750, height: 425, weight: 110, units: "LB", hsCode: "6404.19", origin: "CN",
		colors: []string{"Black", "Sky"}, sizes: shoeSizes, material: "Webbing, EVA sole",
		about: "Through the ford and on.",
	},
	{
		sku: "SOCK-HIKE", name: "Hiking socks", brand: brandCloth, category: "Accessories", price: 1890,
		length: 800, width: 400, height: 150, weight: 9000, units: "G", hsCode: "6115.94", origin: "US",
		colors: []string{"Slate", "Rust"}, sizes: []string{"S", "M", "L"}, fabric: "62% merino wool, 36% polyamide, 2% elastane",
		about: "Left is left and right is right.",
	},
	{
		sku: "GLOVE-WOOL", name: "Wool gloves", brand: brandCloth, category: "Accessories", price: 2950,
		length: 900, width: 450, height: 125, weight: 320, units: "OZ", hsCode: "6116.91", origin: "NO",
		colors: []string{"Slate"}, sizes: []string{"S", "M", "L"}, fabric: "100% wool",
		about: "Boiled, so that the wind stays outside.",
	},
	{
		sku: "HAT-SUN", name: "Sun hat", brand: brandCloth, category: "Accessories", price: 3450,
		length: 1300, width: 1250, height: 350, weight: 9500, units: "G", hsCode: "6505.00", origin: "EC",
		colors: []string{"Sand", "Moss"}, sizes: []string{"M", "L"}, material: "Cotton canvas",
		about: "The brim knows what it is for.",
	},
	{
		sku: "BELT-WEB", name: "Webbing belt", brand: brandCloth, category: "Accessories", price: 1950,
		length: 500, width: 350, height: 150, weight: 450, units: "OZ", hsCode: "6217.10", origin: "CN",
		colors: []string{"Black", "Sand"}, material: "Polyamide, aluminium buckle", engraved: true,
		about: "Opens bottles, too.",
	},
	{
		sku: "SUNGLASS", name: "Glacier glasses", brand: brandCloth, category: "Accessories", price: 7490,
		length: 650, width: 275, height: 250, weight: 4200, units: "G", hsCode: "9004.10", origin: "FR",
		colors: []string{"Black", "Chestnut"},
		about:  "Category 4: not for driving.",
	},
	{
		sku: "KID-RAIN", name: "Children's rain suit", brand: brandCloth, category: "Children", price: 5900,
		length: 1100, width: 850, height: 175, weight: 85, units: "LB", hsCode: "6210.50", origin: "CN",
		colors: []string{"Sky", "Ochre"}, sizes: []string{"98", "110", "122"}, fabric: "100% polyester, PU coating",
		about: "Puddles are the point.",
	},
}
