package demo

var campGear = []product{
	{
		sku: "TENT-2P", name: "Two-person dome tent", brand: brandCamp, category: "Tents", price: 18900,
		length: 1850, width: 650, height: 650, weight: 520, units: "LB", hsCode: "6306.22", origin: "VN",
		colors: []string{"Moss", "Ochre"}, material: "Ripstop nylon", fabric: "100% polyamide",
		about: "Pitches in four minutes, also in the wind. Two porches, twelve pegs.",
	},
	{
		sku: "TENT-4P", name: "Four-person tunnel tent", brand: brandCamp, category: "Tents", price: 34950,
		length: 2600, width: 950, height: 950, weight: 1480, units: "LB", hsCode: "6306.22", origin: "VN",
		colors: []string{"Moss", "Slate"}, material: "Coated polyester", fabric: "100% polyester",
		about: "Room to stand in, and a porch for the bicycles.",
	},
	{
		sku: "BAG-DOWN", name: "Down sleeping bag -7 °C", brand: brandCamp, category: "Sleeping bags", price: 24900,
		length: 1400, width: 800, height: 800, weight: 98, units: "KG", hsCode: "9404.30", origin: "CN",
		colors: []string{"Night blue", "Rust"}, sizes: []string{"Regular", "Long"}, fabric: "Shell 100% polyamide, filling 90% down 10% feathers",
		about: "Seven below zero in comfort; packs to the size of a loaf.",
	},
	{
		sku: "BAG-SUMMER", name: "Summer sleeping bag", brand: brandCamp, category: "Sleeping bags", price: 7900,
		length: 1100, width: 600, height: 600, weight: 78000, units: "G", hsCode: "9404.30", origin: "CN",
		colors: []string{"Lime", "Sky"}, fabric: "100% polyester",
		about: "For huts and warm nights. Opens into a blanket.",
	},
	{
		sku: "MAT-AIR", name: "Insulated air mat", brand: brandCamp, category: "Sleeping mats", price: 11950,
		length: 900, width: 450, height: 450, weight: 1750, units: "OZ", hsCode: "9404.29", origin: "TW",
		colors: []string{"Slate"}, material: "Polyester with TPU lining",
		about: "Three inches high, eleven breaths to fill.",
	},
	{
		sku: "PACK-28", name: "Day pack 28 l", brand: brandCamp, category: "Backpacks", price: 8950,
		length: 2000, width: 1150, height: 600, weight: 91000, units: "G", hsCode: "4202.92", origin: "VN",
		colors: []string{"Black", "Moss", "Ochre"}, material: "Recycled polyester",
		about: "One large compartment, a pocket for the map, a rain cover.",
	},
	{
		sku: "PACK-65", name: "Trekking pack 65 l", brand: brandCamp, category: "Backpacks", price: 21900,
		length: 2900, width: 1450, height: 1100, weight: 205, units: "KG", hsCode: "4202.92", origin: "VN",
		colors: []string{"Slate", "Rust"}, sizes: []string{"S/M", "L/XL"}, material: "Ripstop nylon",
		about: "Carries a fortnight. The hip belt fits itself.",
	},
	{
		sku: "STOVE-GAS", name: "Folding gas stove", brand: brandCamp, category: "Cooking", price: 4495,
		length: 475, width: 300, height: 275, weight: 310, units: "OZ", hsCode: "7321.11", origin: "KR",
		material: "Steel and brass",
		about:    "Three arms, one flame, no temper. Cartridge not included.",
	},
	{
		sku: "POT-SET", name: "Pot set, three pieces", brand: brandCamp, category: "Cooking", price: 5900,
		length: 775, width: 775, height: 525, weight: 150, units: "LB", hsCode: "7615.10", origin: "CN",
		material: "Hard-anodised aluminium",
		about:    "Two pots and a lid that is a pan.",
	},
	{
		sku: "BOTTLE-1L", name: "Vacuum bottle 1 l", brand: brandCamp, category: "Cooking", price: 3950,
		length: 1225, width: 350, height: 350, weight: 1850, units: "OZ", hsCode: "9617.00", origin: "CN",
		colors: []string{"Steel", "Moss", "Black"}, material: "Stainless steel", engraved: true,
		about: "Hot for a day, cold for two.",
	},
	{
		sku: "KNIFE-FOLD", name: "Folding knife", brand: brandCamp, category: "Tools", price: 4250,
		length: 450, width: 125, height: 75, weight: 260, units: "OZ", hsCode: "8211.93", origin: "FR",
		material: "Carbon steel, beech handle", engraved: true,
		about: "A blade, a handle and a ring that locks it.",
	},
	{
		sku: "COMPASS", name: "Mirror compass", brand: brandCamp, category: "Tools", price: 3290,
		length: 400, width: 250, height: 75, weight: 7500, units: "G", hsCode: "9014.10", origin: "FI",
		about: "Still works when the battery does not.",
	},
	{
		sku: "LAMP-HEAD", name: "Head lamp 400 lm", brand: brandCamp, category: "Light", price: 4490,
		length: 425, width: 325, height: 225, weight: 8600, units: "G", hsCode: "8513.10", origin: "CN",
		colors: []string{"Black", "Rust"},
		about:  "White to walk by, red to read by.",
	},
	{
		sku: "POLES", name: "Trekking poles, pair", brand: brandCamp, category: "Hiking", price: 9900,
		length: 2600, width: 450, height: 300, weight: 1780, units: "OZ", hsCode: "6602.00", origin: "AT",
		colors: []string{"Slate"}, material: "Aluminium, cork handles",
		about: "From 24 to 53 inches. The cork remembers your hand.",
	},
	{
		sku: "HAMMOCK", name: "Travel hammock", brand: brandCamp, category: "Camp furniture", price: 5450,
		length: 600, width: 500, height: 400, weight: 59000, units: "G", hsCode: "6306.90", origin: "ID",
		colors: []string{"Lime", "Sky", "Rust"}, fabric: "100% polyamide",
		about: "Holds 400 pounds between any two trees.",
	},
	{
		sku: "CHAIR-CAMP", name: "Camp chair", brand: brandCamp, category: "Camp furniture", price: 6900,
		length: 1450, width: 500, height: 475, weight: 240, units: "LB", hsCode: "9401.79", origin: "CN",
		colors: []string{"Black", "Moss"}, material: "Aluminium frame", fabric: "100% polyester",
		about: "Folds to the size of a wine bottle, holds its owner.",
	},
	{
		sku: "DRYBAG-20", name: "Dry bag 20 l", brand: brandCamp, category: "Water sports", price: 2490,
		length: 1100, width: 800, height: 150, weight: 21000, units: "G", hsCode: "3926.90", origin: "VN",
		colors: []string{"Ochre", "Sky"},
		about:  "Roll it three times, throw it in.",
	},
	{
		sku: "ROPE-30", name: "Utility rope 30 m", brand: brandCamp, category: "Tools", price: 2950,
		length: 900, width: 600, height: 350, weight: 145, units: "KG", hsCode: "5607.50", origin: "DE",
		colors: []string{"Rust"}, material: "Polyamide",
		about: "Eight millimetres thick. Not for climbing.",
	},
	{
		sku: "BINO-8X32", name: "Binoculars 8x32", brand: brandCamp, category: "Hiking", price: 15900,
		length: 625, width: 575, height: 300, weight: 1950, units: "OZ", hsCode: "9005.10", origin: "JP",
		about: "Bright at dusk, light enough to be taken along.",
	},
	{
		sku: "CANOE-PACK", name: "Folding canoe", brand: brandCamp, category: "Water sports", price: 89900,
		length: 3700, width: 1500, height: 800, weight: 1240, units: "KG", hsCode: "8903.93", origin: "SE", ltlClass: "125",
		colors: []string{"Moss"}, material: "Polypropylene",
		about: "From bag to boat in ten minutes.",
	},
}
