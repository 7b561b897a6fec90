package demo

var restOfEurope = []country{
	eu(country{
		code: "IT", often: 36, vat: 2200,
		people: people{
			given:  []string{"Giulia", "Leonardo", "Aurora", "Niccolò", "Ginevra", "Matteo"},
			family: []string{"Montebello Esempio", "Sentierini", "Campeggiatori", "Rifugiani"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Via Roma", "Via dei Tigli", "Corso Italia", "Piazza della Fontana"},
			line2:   []string{"Scala B, int. ?", "Interno ?#"},
			places: []place{
				{"Milano", "MI", "201##"},
				{"Roma", "RM", "001##"},
				{"Torino", "TO", "101##"},
				{"Bologna", "BO", "401##"},
				{"Trento", "TN", "381##"},
				{"Napoli", "NA", "801##"},
			},
		},
		phones: []string{"+39 02 0000 ####"},
		legal:  "S.r.l.",
	}),
	eu(country{
		code: "ES", often: 34, vat: 2100,
		people: people{
			given:  []string{"Lucía", "Martín", "Begoña", "Íñigo", "Carmen", "Pau"},
			family: []string{"Peñalta Ejemplo", "Senderuelo Prueba", "Campazo Muestra", "Rocafuerte Ficticia"},
		},
		addresses: addresses{
			line1:   "{street}, {no}",
			streets: []string{"Calle Mayor", "Avenida de la Constitución", "Carrer del Mar", "Plaza de España"},
			line2:   []string{"3º B", "Piso ?, puerta ?", "Bajo izquierda"},
			places: []place{
				{"Madrid", "Madrid", "280##"},
				{"Barcelona", "Barcelona", "080##"},
				{"València", "Valencia", "460##"},
				{"Sevilla", "Sevilla", "410##"},
				{"Bilbao", "Bizkaia", "480##"},
			},
		},
		phones: []string{"+34 000 00# ###"},
		legal:  "S.L.",
	}),
	eu(country{
		code: "PT", often: 14, vat: 2300,
		people: people{
			given:  []string{"Leonor", "Duarte", "Beatriz", "Tomás", "Inês"},
			family: []string{"Serrano Exemplo", "Tenda Amostra", "Ribeirinha Fictícia"},
		},
		addresses: addresses{
			line1:   "{street}, {no}",
			streets: []string{"Rua da Alegria", "Rua do Carmo", "Avenida da Liberdade"},
			line2:   []string{"2.º Esq.", "R/C Dto."},
			places: []place{
				{"Lisboa", "", "1?00-###"},
				{"Porto", "", "4?00-###"},
				{"Coimbra", "", "3000-###"},
				{"Faro", "", "8000-###"},
			},
		},
		phones: []string{"+351 21 000 ####"},
		legal:  "Lda.",
	}),
	eu(country{
		code: "SE", often: 24, currency: "SEK", rate: "10.48", vat: 2500,
		people: people{
			given:  []string{"Alma", "Nils", "Freja", "Åke", "Ebba", "Göran"},
			family: []string{"Fjällexempel", "Björkstig", "Provsson", "Lingonlund"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Storgatan", "Skogsvägen", "Björkgatan", "Sjöstigen"},
			line2:   []string{"Lgh 1?0#", "c/o Provsson"},
			places: []place{
				{"Stockholm", "", "11# ##"},
				{"Göteborg", "", "41# ##"},
				{"Malmö", "", "21# ##"},
				{"Umeå", "", "90# ##"},
				{"Kiruna", "", "981 ##"},
			},
		},
		phones: []string{"+46 8 465 004 ##", "+46 70 174 06 ?#"},
		legal:  "AB",
	}),
	{
		code: "NO", often: 22, currency: "NOK", rate: "10.71",
		vat: 2500, duty: 0, remits: usd(280),
		people: people{
			given:  []string{"Nora", "Jakob", "Ingrid", "Øyvind", "Solveig", "Håkon"},
			family: []string{"Fjellprøve", "Eksempelvik", "Turstien", "Myrblomst"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Storgata", "Fjellveien", "Bjørkealleen", "Kirkegata"},
			line2:   []string{"H0?0#", "Postboks ?##"},
			places: []place{
				{"Oslo", "", "015#"},
				{"Bergen", "", "50##"},
				{"Trondheim", "", "70##"},
				{"Tromsø", "", "90##"},
			},
		},
		phones: []string{"+47 00 00 ## ##"},
		legal:  "AS",
	},
	eu(country{
		code: "DK", often: 20, currency: "DKK", rate: "6.874", vat: 2500,
		people: people{
			given:  []string{"Ida", "Oscar", "Agnes", "Søren", "Karla"},
			family: []string{"Prøvesen", "Klitvandrer", "Eksempelgaard", "Lyngskov"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Algade", "Skovvej", "Østergade", "Møllebakken"},
			line2:   []string{"2. th.", "st. tv."},
			places: []place{
				{"København K", "", "10##"},
				{"Aarhus C", "", "8000"},
				{"Odense C", "", "5000"},
				{"Aalborg", "", "9000"},
			},
		},
		phones: []string{"+45 00 00 ## ##"},
		legal:  "ApS",
	}),
	eu(country{
		code: "FI", often: 14, vat: 2550,
		people: people{
			given:  []string{"Aino", "Eino", "Helmi", "Väinö", "Pihla"},
			family: []string{"Esimerkkilä", "Metsäpolku", "Koenen", "Retkijärvi"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Koivukatu", "Rantatie", "Kirkkokatu", "Mäntytie"},
			line2:   []string{"A ?#", "as. ?"},
			places: []place{
				{"Helsinki", "", "001?0"},
				{"Tampere", "", "33100"},
				{"Turku", "", "20100"},
				{"Rovaniemi", "", "96100"},
			},
		},
		phones: []string{"+358 9 000 ####"},
		legal:  "Oy",
	}),
	eu(country{
		code: "PL", often: 18, currency: "PLN", rate: "3.952", vat: 2300,
		people: people{
			given:  []string{"Zofia", "Jakub", "Małgorzata", "Łukasz", "Hanna"},
			family: []string{"Przykładny", "Namiotko", "Szlakowiec", "Jagodziniec"},
		},
		addresses: addresses{
			line1:   "ul. {street} {no}",
			streets: []string{"Polna", "Leśna", "Słoneczna", "Długa"},
			line2:   []string{"m. ?#", "lok. ?"},
			places: []place{
				{"Warszawa", "", "00-###"},
				{"Kraków", "", "30-###"},
				{"Gdańsk", "", "80-###"},
				{"Zakopane", "", "34-500"},
			},
		},
		phones: []string{"+48 22 000 ## ##"},
		legal:  "sp. z o.o.",
	}),
	eu(country{
		code: "CZ", often: 12, currency: "CZK", rate: "23.14", vat: 2100,
		people: people{
			given:  []string{"Eliška", "Jakub", "Tereza", "Ondřej"},
			family: []string{"Vzorný", "Stanovka", "Příkladník", "Horolezka"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Nádražní", "Zahradní", "Lipová", "Školní"},
			places: []place{
				{"Praha 1", "", "110 00"},
				{"Brno", "", "602 00"},
				{"Olomouc", "", "779 00"},
			},
		},
		phones: []string{"+420 000 ### ###"},
		legal:  "s.r.o.",
	}),
	eu(country{
		code: "HU", often: 8, currency: "HUF", rate: "362.4", whole: true, vat: 2700,
		people: people{
			given:  []string{"Hanna", "Bence", "Zsófia", "Máté"},
			family: []string{"Mintás", "Sátorfi", "Próbay", "Túrázó"}, familyFirst: true,
		},
		addresses: addresses{
			line1:   "{street} {no}.",
			streets: []string{"Kossuth utca", "Rózsa utca", "Fő út", "Erdő sor"},
			line2:   []string{"?. em. ?.", "fszt. ?."},
			places: []place{
				{"Budapest", "", "10?#"},
				{"Debrecen", "", "40##"},
				{"Szeged", "", "67##"},
			},
		},
		phones: []string{"+36 55 ### ###"},
		legal:  "Kft.",
	}),
	eu(country{
		code: "GR", often: 8, vat: 2400,
		people: people{
			given:  []string{"Eleni", "Giorgos", "Katerina", "Nikos"},
			family: []string{"Paradeigmatos", "Monopatis", "Kataskinou"},
			whole:  []string{"Ελένη Παραδείγματος", "Νίκος Μονοπάτης"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Ermou", "Odos Elaion", "Leoforos Thalassis"},
			line2:   []string{"3os orofos"},
			places: []place{
				{"Athina", "", "105 ##"},
				{"Thessaloniki", "", "546 ##"},
				{"Irakleio", "", "712 ##"},
			},
		},
		phones: []string{"+30 210 000 ####"},
		legal:  "E.P.E.",
	}),
	{
		code: "IS", often: 6, currency: "ISK", rate: "138.6", whole: true,
		vat: 2400, duty: 0,
		people: people{
			given:  []string{"Embla", "Aron", "Þórunn", "Sigurður"},
			family: []string{"Dæmisdóttir", "Tjaldsson", "Hraunberg"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Laugavegur", "Birkigata", "Hafnarstræti"},
			places: []place{
				{"Reykjavík", "", "10?"},
				{"Akureyri", "", "600"},
				{"Ísafjörður", "", "400"},
			},
		},
		phones: []string{"+354 000 ####"},
		legal:  "ehf.",
	},
}
