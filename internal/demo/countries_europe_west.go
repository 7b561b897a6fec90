package demo

// eu is what the members of the European Union have in common: parcels of up
// to 150 euros are free of duty and their VAT may be taken at the checkout.
func eu(c country) country {
	c.duty, c.dutyFree, c.remits = 650, usd(160), usd(160)
	if c.currency == "" {
		c.currency, c.rate = "EUR", "0.9214"
	}
	return c
}

var westernEurope = []country{
	{
		code: "GB", often: 160, currency: "GBP", rate: "0.7862",
		vat: 2000, duty: 450, dutyFree: usd(170), remits: usd(170),
		people: people{
			given:  []string{"Amelia", "George", "Isla", "Oliver", "Freya", "Arthur", "Rhiannon", "Callum"},
			family: []string{"Thistlewick", "Fernbottom", "Applequill", "Marshwhistle", "Cragglethorpe", "Puddlesworth"},
		},
		addresses: addresses{
			line1:   "{no} {street}",
			streets: []string{"Church Lane", "Station Road", "Mill Street", "The Green", "Meadow Close", "Albert Terrace"},
			line2:   []string{"Flat ?", "Flat ?#", "The Old Bakery"},
			places: []place{
				{"London", "", "EC1A #@@"},
				{"London", "", "SE1 #@@"},
				{"Manchester", "", "M4 #@@"},
				{"Edinburgh", "", "EH1 #@@"},
				{"Cardiff", "", "CF10 #@@"},
				{"Bristol", "", "BS1 #@@"},
				{"Belfast", "", "BT1 #@@"},
			},
		},
		phones: []string{"+44 7700 900###", "+44 20 7946 0###", "+44 113 496 0###"},
		legal:  "Ltd",
	},
	eu(country{
		code: "IE", often: 26, vat: 2300,
		people: people{
			given:  []string{"Aoife", "Cian", "Saoirse", "Oisín", "Niamh", "Fionn"},
			family: []string{"O'Boglach", "Mac Sampla", "Ní Chnocáin", "Turfington"},
		},
		addresses: addresses{
			line1:   "{no} {street}",
			streets: []string{"Abbey Street", "Harbour View", "Chapel Lane", "The Quay"},
			line2:   []string{"Apartment ?#", "Unit ?"},
			places: []place{
				{"Dublin 2", "Co. Dublin", "D02 @###"},
				{"Cork", "Co. Cork", "T12 @###"},
				{"Galway", "Co. Galway", "H91 @###"},
				{"Limerick", "Co. Limerick", "V94 @###"},
			},
		},
		phones: []string{"+353 20 91# ####"},
		legal:  "Ltd",
	}),
	eu(country{
		code: "FR", often: 70, vat: 2000,
		people: people{
			given:  []string{"Léa", "Hugo", "Chloé", "Théo", "Zoé", "François", "Noëlle"},
			family: []string{"Boisjoli-Modèle", "Montsapin", "Clairruisseau", "Sentierval", "d'Échantillon"},
		},
		addresses: addresses{
			line1:   "{no} {street}",
			streets: []string{"rue du Moulin", "avenue de la Gare", "rue de l'Église", "impasse des Lilas", "boulevard des Alpes"},
			line2:   []string{"Bâtiment B", "Appartement ?#", "3e étage"},
			places: []place{
				{"Paris", "", "7501?"},
				{"Lyon", "", "6900?"},
				{"Lille", "", "59000"},
				{"Bordeaux", "", "33000"},
				{"Grenoble", "", "38000"},
				{"Annecy", "", "74000"},
			},
		},
		phones: []string{"+33 6 39 98 ## ##", "+33 1 99 00 ## ##"},
		legal:  "SARL",
	}),
	eu(country{
		code: "DE", often: 84, vat: 1900,
		people: people{
			given:  []string{"Mia", "Finn", "Hannah", "Jürgen", "Käthe", "Lukas", "Söhnke", "Marlene"},
			family: []string{"Wanderstein", "Blaubeerental", "Tannenpfad", "Musterwald", "Großzeltner", "Beispielhuber"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Hauptstraße", "Gartenweg", "Am Mühlbach", "Lindenallee", "Bahnhofstraße", "Waldweg"},
			line2:   []string{"Hinterhaus", "2. OG links", "c/o Beispielhuber"},
			places: []place{
				{"Berlin", "", "101##"},
				{"Hamburg", "", "203##"},
				{"München", "", "803##"},
				{"Köln", "", "506##"},
				{"Freiburg im Breisgau", "", "791##"},
				{"Dresden", "", "010##"},
			},
		},
		phones: []string{"+49 30 23125 ###", "+49 89 99998 ###", "+49 40 66969 ###"},
		legal:  "GmbH",
	}),
	eu(country{
		code: "NL", often: 32, vat: 2100,
		people: people{
			given:  []string{"Emma", "Daan", "Sanne", "Joris", "Fleur", "Bram"},
			family: []string{"van der Voorbeeld", "Duinwandel", "de Proefpersoon", "Tentemaker"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Dorpsstraat", "Kerklaan", "Molenweg", "Wilhelminakade"},
			line2:   []string{"2 hoog", "Bus ?"},
			places: []place{
				{"Amsterdam", "", "10?# @@"},
				{"Rotterdam", "", "30?# @@"},
				{"Utrecht", "", "35?# @@"},
				{"Groningen", "", "97?# @@"},
			},
		},
		phones: []string{"+31 20 000 ####"},
		legal:  "B.V.",
	}),
	eu(country{
		code: "BE", often: 18, vat: 2100,
		people: people{
			given:  []string{"Louise", "Arthur", "Noor", "Maxime", "Lotte"},
			family: []string{"Voorbeeldens", "Ardennais-Modèle", "Wandelaere", "Monsterbeeck"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Kerkstraat", "Rue de la Station", "Molenstraat", "Rue du Bois"},
			line2:   []string{"Bus ?", "Boîte ?"},
			places: []place{
				{"Bruxelles", "", "10?0"},
				{"Antwerpen", "", "20?0"},
				{"Gent", "", "9000"},
				{"Liège", "", "4000"},
				{"Namur", "", "5000"},
			},
		},
		phones: []string{"+32 2 000 ## ##"},
		legal:  "SRL",
	}),
	eu(country{
		code: "AT", often: 20, vat: 2000,
		people: people{
			given:  []string{"Valentina", "Tobias", "Magdalena", "Lorenz", "Resi"},
			family: []string{"Almhüttner", "Gipfelmayr", "Musterbichler", "Enzianer"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Dorfplatz", "Bergstraße", "Mariengasse", "Am Anger"},
			line2:   []string{"Stiege ?, Tür ?#", "Top ?#"},
			places: []place{
				{"Wien", "", "10?0"},
				{"Graz", "", "80?0"},
				{"Linz", "", "40?0"},
				{"Innsbruck", "", "6020"},
				{"Salzburg", "", "5020"},
			},
		},
		phones: []string{"+43 1 000 ####"},
		legal:  "GmbH",
	}),
	{
		code: "CH", often: 34, currency: "CHF", rate: "0.8831",
		vat: 810, duty: 0, taxFree: usd(70),
		people: people{
			given:  []string{"Lena", "Reto", "Seraina", "Urs", "Chiara", "Yannick"},
			family: []string{"Alpenzeller", "Rüeblisegger", "Beispielmatter", "Chalet-Modèle"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Dorfstrasse", "Seestrasse", "Rue du Lac", "Via della Posta", "Bergweg"},
			line2:   []string{"3. Stock", "Postfach ?##"},
			places: []place{
				{"Zürich", "", "800?"},
				{"Bern", "", "301?"},
				{"Genève", "", "120?"},
				{"Basel", "", "405?"},
				{"Luzern", "", "600?"},
			},
		},
		phones: []string{"+41 44 000 ## ##"},
		legal:  "AG",
	},
}
