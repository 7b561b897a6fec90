package demo

var asiaPacific = []country{
	{
		code: "AU", often: 112, currency: "AUD", rate: "1.5174",
		vat: 1000, duty: 500, dutyFree: usd(655), remits: usd(655),
		people: people{
			given:  []string{"Matilda", "Jack", "Isla", "Cooper", "Ruby", "Lachlan"},
			family: []string{"Billabongsworth", "Gumleigh", "Wattlesmith", "Outbackson", "Kookaburton"},
		},
		addresses: addresses{
			line1:   "{no} {street}",
			streets: []string{"Wattle Street", "Beach Road", "Banksia Crescent", "Railway Parade", "George Street"},
			line2:   []string{"Unit ?", "Level ?", "Shop ?"},
			places: []place{
				{"Sydney", "NSW", "20##"},
				{"Melbourne", "VIC", "30##"},
				{"Brisbane", "QLD", "40##"},
				{"Perth", "WA", "60##"},
				{"Adelaide", "SA", "50##"},
				{"Hobart", "TAS", "70##"},
			},
		},
		phones: []string{"+61 2 5550 ####", "+61 3 7010 ####", "+61 7 5550 ####"},
		legal:  "Pty Ltd",
	},
	{
		code: "NZ", often: 36, currency: "NZD", rate: "1.6593",
		vat: 1500, duty: 500, dutyFree: usd(600), remits: usd(600),
		people: people{
			given:  []string{"Aroha", "Nikau", "Isla", "Tāne", "Mia"},
			family: []string{"Fernhill-Sample", "Pōhutukawason", "Trampleton", "Kiwiworth"},
		},
		addresses: addresses{
			line1:   "{no} {street}",
			streets: []string{"Kauri Street", "Marine Parade", "Rimu Road", "Hill Street"},
			line2:   []string{"Flat ?", "RD ?"},
			places: []place{
				{"Auckland", "", "10##"},
				{"Wellington", "", "60##"},
				{"Christchurch", "", "80##"},
				{"Queenstown", "", "9300"},
			},
		},
		phones: []string{"+64 4 000 ####", "+64 9 000 ####"},
		legal:  "Ltd",
	},
	{
		code: "SG", often: 34, currency: "SGD", rate: "1.3461",
		vat: 900, duty: 0, remits: usd(296),
		people: people{
			given:  []string{"Hui Min", "Wei Jie", "Priya", "Farhan", "Xin Yi"},
			family: []string{"Tanglin-Sample", "Limberlost", "Orchidraj", "Bukit Contoh"},
		},
		addresses: addresses{
			line1:   "{no} {street}",
			streets: []string{"Example Avenue ?", "Orchid Walk", "Bukit Contoh Road", "Garden Street ##"},
			line2:   []string{"Unit 0?-##", "Unit 1?-##"},
			places: []place{
				{"Singapore", "", "0185##"},
				{"Singapore", "", "2388##"},
				{"Singapore", "", "3200##"},
			},
		},
		phones: []string{"+65 0000 ####"},
		legal:  "Pte. Ltd.",
	},
	{
		code: "MY", often: 16, currency: "MYR", rate: "4.553",
		vat: 1000, duty: 500, dutyFree: usd(110), remits: usd(110),
		people: people{
			given:  []string{"Aisyah", "Adam", "Mei Ling", "Arjun"},
			family: []string{"binti Contoh", "bin Rimba", "Teladan", "Hutan-Lee"},
		},
		addresses: addresses{
			line1:   "No. {no}, {street}",
			streets: []string{"Jalan Rimba", "Jalan Bunga Raya", "Lorong Damai ?"},
			line2:   []string{"Taman Contoh", "Blok @-?#"},
			places: []place{
				{"Kuala Lumpur", "WP Kuala Lumpur", "50###"},
				{"Petaling Jaya", "Selangor", "46###"},
				{"George Town", "Pulau Pinang", "10###"},
				{"Kota Kinabalu", "Sabah", "88###"},
			},
		},
		phones: []string{"+60 3 0000 ####"},
		legal:  "Sdn. Bhd.",
	},
	{
		code: "TH", often: 14, currency: "THB", rate: "36.24",
		vat: 700, duty: 2000, dutyFree: usd(41),
		people: people{
			given:  []string{"Anong", "Somchai", "Malee", "Niran"},
			family: []string{"Tuayangchai", "Doikhao", "Pasanuk"},
			whole:  []string{"สมมุติ ตัวอย่าง"},
		},
		addresses: addresses{
			line1:   "{no}/? {street}",
			streets: []string{"Soi Sukjai ?", "Thanon Phuphan", "Moo ?, Thanon Rim Nam"},
			line2:   []string{"Tambon Tuayang", "Khwaeng Samut"},
			places: []place{
				{"Bangkok", "Krung Thep", "101?0"},
				{"Chiang Mai", "Chiang Mai", "50000"},
				{"Phuket", "Phuket", "83000"},
			},
		},
		phones: []string{"+66 2 000 ####"},
		legal:  "Co., Ltd.",
	},
	{
		code: "IN", often: 22, currency: "INR", rate: "83.52",
		vat: 1800, duty: 2000,
		people: people{
			given:  []string{"Ananya", "Vihaan", "Diya", "Kabir", "Ishani"},
			family: []string{"Namoonawala", "Parvatkar", "Jungleshwar", "Udaharan"},
		},
		addresses: addresses{
			line1:   "{no}, {street}",
			streets: []string{"Hill Road", "Banyan Street", "2nd Cross, Lake View Layout", "Neem Marg"},
			line2:   []string{"Flat No. ?0#", "Near Water Tank"},
			places: []place{
				{"Mumbai", "MH", "4000##"},
				{"Bengaluru", "KA", "5600##"},
				{"New Delhi", "DL", "1100##"},
				{"Chennai", "TN", "6000##"},
				{"Shimla", "HP", "1710##"},
			},
		},
		phones: []string{"+91 22 0000 ####", "+91 80 0000 ####"},
		legal:  "Pvt. Ltd.",
	},
}
