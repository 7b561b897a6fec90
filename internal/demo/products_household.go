package demo

var household = []product{
	{
		sku: "MUG-ENAMEL", name: "Enamel mug", brand: brandHome, category: "Kitchen", price: 1450,
		length: 450, width: 375, height: 350, weight: 14000, units: "G", hsCode: "7323.94", origin: "PL",
		colors: []string{"White", "Night blue", "Moss"}, material: "Enamelled steel", engraved: true,
		about: "For the fire and for the desk.",
	},
	{
		sku: "POT-DUTCH", name: "Dutch oven 6 qt", brand: brandHome, category: "Kitchen", price: 11900,
		length: 1300, width: 1150, height: 800, weight: 1350, units: "LB", hsCode: "7323.91", origin: "US",
		material: "Cast iron",
		about:    "Seasoned with linseed oil. Outlives its buyer.",
	},
	{
		sku: "BOARD-OAK", name: "Oak cutting board", brand: brandHome, category: "Kitchen", price: 5450,
		length: 1600, width: 1000, height: 125, weight: 210, units: "KG", hsCode: "4419.90", origin: "FR",
		material: "Oiled oak", engraved: true,
		about: "From one plank.",
	},
	{
		sku: "KETTLE", name: "Whistling kettle 2 l", brand: brandHome, category: "Kitchen", price: 6290,
		length: 950, width: 850, height: 850, weight: 260, units: "LB", hsCode: "7323.93", origin: "IN",
		colors: []string{"Steel", "Rust"}, material: "Stainless steel",
		about: "Sings in F.",
	},
	{
		sku: "COFFEE-MILL", name: "Hand coffee mill", brand: brandHome, category: "Kitchen", price: 7950,
		length: 800, width: 350, height: 350, weight: 64000, units: "G", hsCode: "8210.00", origin: "TW",
		material: "Steel, walnut",
		about:    "Forty turns to a cup.",
	},
	{
		sku: "THROW-WOOL", name: "Wool blanket", brand: brandHome, category: "Living", price: 13900,
		length: 1500, width: 1200, height: 450, weight: 340, units: "LB", hsCode: "6301.20", origin: "IE",
		colors: []string{"Slate", "Ochre", "Heather"}, fabric: "100% new wool",
		about: "Woven where it rains.",
	},
	{
		sku: "RUG-JUTE", name: "Jute rug 4x6 ft", brand: brandHome, category: "Living", price: 14500,
		length: 4800, width: 700, height: 700, weight: 980, units: "LB", hsCode: "5702.99", origin: "BD", ltlClass: "150",
		colors: []string{"Sand"}, material: "Jute",
		about: "Sheds a little, then never again.",
	},
	{
		sku: "CANDLE-PINE", name: "Pine candle", brand: brandHome, category: "Living", price: 2200,
		length: 375, width: 350, height: 350, weight: 1120, units: "OZ", hsCode: "3406.00", origin: "US",
		material: "Soy wax",
		about:    "Forty hours of forest.",
	},
	{
		sku: "LANTERN", name: "Storm lantern", brand: brandHome, category: "Light", price: 4900,
		length: 1100, width: 650, height: 600, weight: 230, units: "LB", hsCode: "9405.50", origin: "DE",
		colors: []string{"Steel", "Rust"}, material: "Tin plate, glass",
		about: "Burns twenty hours on a filling.",
	},
	{
		sku: "CUSHION", name: "Linen cushion", brand: brandHome, category: "Living", price: 3950,
		length: 1600, width: 1600, height: 400, weight: 105, units: "LB", hsCode: "9404.90", origin: "LT",
		colors: []string{"Sand", "Moss", "Heather"}, fabric: "Cover 100% linen",
		about: "Filled with feathers, closed with a wooden button.",
	},
	{
		sku: "TOWEL-SET", name: "Terry towels, set of four", brand: brandHome, category: "Bath", price: 5200,
		length: 1300, width: 900, height: 550, weight: 180, units: "KG", hsCode: "6302.60", origin: "TR",
		colors: []string{"White", "Slate"}, fabric: "100% cotton",
		about: "Thirsty.",
	},
	{
		sku: "BIRDHOUSE", name: "Nesting box", brand: brandHome, category: "Garden", price: 3490,
		length: 1200, width: 700, height: 650, weight: 190, units: "KG", hsCode: "4421.99", origin: "DE",
		material: "Wood-fibre concrete",
		about:    "For tits; sparrows will argue.",
	},
	{
		sku: "SHEARS", name: "Garden shears", brand: brandHome, category: "Garden", price: 4690,
		length: 900, width: 275, height: 100, weight: 890, units: "OZ", hsCode: "8201.50", origin: "CH",
		material: "Forged aluminium, steel blade", engraved: true,
		about: "Every part can be replaced.",
	},
	{
		sku: "SEEDS-MEADOW", name: "Meadow seeds 100 g", brand: brandHome, category: "Garden", price: 1290,
		length: 600, width: 400, height: 50, weight: 11000, units: "G", hsCode: "1209.30", origin: "NL",
		about: "Forty kinds; the bees know them all.",
	},
	{
		sku: "THERMO-OUT", name: "Outdoor thermometer", brand: brandHome, category: "Garden", price: 2650,
		length: 1000, width: 200, height: 100, weight: 620, units: "OZ", hsCode: "9025.11", origin: "DE",
		colors: []string{"Steel"}, material: "Brass, glass",
		about: "In both of the usual opinions.",
	},
	{
		sku: "BOOK-KNOTS", name: "The Little Book of Knots", brand: brandHome, category: "Books", price: 1495,
		length: 750, width: 500, height: 50, weight: 65, units: "LB", hsCode: "4901.99", origin: "US",
		about: "Twenty-four knots and when not to tie them.",
	},
}
