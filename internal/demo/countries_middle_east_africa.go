package demo

var middleEastAndAfrica = []country{
	{
		code: "AE", often: 26, currency: "AED", rate: "3.6725",
		vat: 500, duty: 500, dutyFree: usd(81),
		people: people{
			given:  []string{"Maryam", "Rashid", "Noura", "Hamdan"},
			family: []string{"Al Mithali", "Al Wahmi", "Al Khaymah"},
			whole:  []string{"فلان الفلاني"},
		},
		addresses: addresses{
			line1:   "Villa {no}, {street}",
			streets: []string{"Street ?#", "Palm Street", "Al Namuthaj Road"},
			line2:   []string{"P.O. Box ?####"},
			places: []place{
				{"Dubai", "Dubai", ""},
				{"Abu Dhabi", "Abu Dhabi", ""},
				{"Sharjah", "Sharjah", ""},
			},
		},
		phones: []string{"+971 4 000 ####"},
		legal:  "LLC",
	},
	{
		code: "SA", often: 18, currency: "SAR", rate: "3.7502",
		vat: 1500, duty: 500, dutyFree: usd(266),
		people: people{
			given:  []string{"Layan", "Fahad", "Reem", "Turki"},
			family: []string{"Al-Mithali", "Al-Barrani", "Al-Namuthaji"},
			whole:  []string{"فلانة الفلاني"},
		},
		addresses: addresses{
			line1:   "?### {street}",
			streets: []string{"Al Nakheel Street", "Wadi Street", "Al Rawdah Road"},
			line2:   []string{"Unit No. ?", "Al Yasmin Dist."},
			places: []place{
				{"Riyadh", "", "11###"},
				{"Jeddah", "", "21###"},
				{"Dammam", "", "31###"},
			},
		},
		phones: []string{"+966 11 000 ####"},
		legal:  "LLC",
	},
	{
		code: "KW", often: 18, currency: "KWD", rate: "0.30725",
		vat: 0, duty: 500, dutyFree: usd(100),
		people: people{
			given:  []string{"Dana", "Yousef", "Haya", "Bader"},
			family: []string{"Al-Mithali", "Al-Sahrawi", "Al-Tajribi"},
		},
		addresses: addresses{
			line1:   "Block ?, Street ?#, House {no}{street}",
			streets: []string{"", ", Avenue ?"},
			line2:   []string{"Floor ?, Flat ?"},
			places: []place{
				{"Kuwait City", "Al Asimah", "13###"},
				{"Salmiya", "Hawalli", "22###"},
				{"Farwaniya", "Al Farwaniyah", "81###"},
			},
		},
		phones: []string{"+965 0000 ####"},
		legal:  "W.L.L.",
	},
	{
		code: "IL", often: 18, currency: "ILS", rate: "3.712",
		vat: 1800, duty: 600, dutyFree: usd(75), taxFree: usd(75),
		people: people{
			given:  []string{"Noa", "Uri", "Tamar", "Eitan"},
			family: []string{"Dugmati", "Shvileinu", "Ohalik"},
			whole:  []string{"ישראלה ישראלי", "פלוני אלמוני"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"HaAlon St.", "Derekh HaYam", "Sderot HaPrahim"},
			line2:   []string{"Apt. ?", "Entrance B"},
			places: []place{
				{"Tel Aviv-Yafo", "", "61#####"},
				{"Haifa", "", "31#####"},
				{"Jerusalem", "", "91#####"},
			},
		},
		phones: []string{"+972 3 000 ####"},
		legal:  "Ltd.",
	},
	{
		code: "ZA", often: 14, currency: "ZAR", rate: "18.34",
		vat: 1500, duty: 2000, dutyFree: usd(27),
		people: people{
			given:  []string{"Lethabo", "Johan", "Amahle", "Pieter", "Zanele"},
			family: []string{"Voorbeeldt", "Mountainjwayo", "Proteasmith", "Veldskoenberg"},
		},
		addresses: addresses{
			line1:   "{no} {street}",
			streets: []string{"Protea Street", "Long Road", "Jacaranda Avenue", "Strand Street"},
			line2:   []string{"Unit ?", "The Complex, No. ?#"},
			places: []place{
				{"Cape Town", "Western Cape", "8001"},
				{"Johannesburg", "Gauteng", "20##"},
				{"Durban", "KwaZulu-Natal", "40##"},
				{"Pretoria", "Gauteng", "00##"},
			},
		},
		phones: []string{"+27 11 000 ####"},
		legal:  "(Pty) Ltd",
	},
}
