package demo

var americas = []country{
	{
		code: "CA", often: 190, currency: "CAD", rate: "1.3712",
		vat: 1300, duty: 800, dutyFree: usd(29), taxFree: usd(29),
		people: people{
			given:  []string{"Olivia", "Liam", "Charlotte", "Noah", "Amélie", "William", "Maude", "Ethan"},
			family: []string{"Maplewick", "Loonlake", "Birchwhistle", "Portageux", "Snowberrie", "Boréalais"},
		},
		addresses: addresses{
			line1:   "{no} {street}",
			streets: []string{"Maple Street", "King Street West", "Lakeshore Road", "Spruce Avenue", "rue des Érables"},
			line2:   []string{"Unit ?#", "Apt. ?0#", "Suite ?00"},
			places: []place{
				{"Toronto", "ON", "M5V #@#"},
				{"Ottawa", "ON", "K1P #@#"},
				{"Montréal", "QC", "H2X #@#"},
				{"Vancouver", "BC", "V6B #@#"},
				{"Calgary", "AB", "T2P #@#"},
				{"Halifax", "NS", "B3H #@#"},
				{"Winnipeg", "MB", "R3C #@#"},
			},
		},
		phones: []string{"+1 416 555 01##", "+1 514 555 01##", "+1 604 555 01##", "+1 902 555 01##"},
		legal:  "Inc.",
	},
	{
		code: "MX", often: 26, currency: "MXN", rate: "18.25",
		vat: 1600, duty: 1900, dutyFree: usd(50), taxFree: usd(50),
		people: people{
			given:  []string{"Sofía", "Mateo", "Valentina", "Santiago", "Ximena", "Leonardo"},
			family: []string{"Montañero Prueba", "Nopalito Cumbre", "Senderos Ejemplo", "Valleluna Muestra"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Calle de los Pinos", "Avenida del Bosque", "Calle Hidalgo", "Calzada del Lago"},
			line2:   []string{"Int. ?", "Depto. ?0#"},
			line3:   []string{"Col. Centro", "Col. Las Flores"},
			places: []place{
				{"Ciudad de México", "CDMX", "06###"},
				{"Guadalajara", "Jal.", "44###"},
				{"Monterrey", "N.L.", "64###"},
				{"Puebla", "Pue.", "72###"},
				{"Mérida", "Yuc.", "97###"},
			},
		},
		phones: []string{"+52 55 0000 ####", "+52 33 0000 ####"},
		legal:  "S.A. de C.V.",
	},
	{
		code: "BR", often: 34, currency: "BRL", rate: "5.42",
		vat: 1700, duty: 2000,
		people: people{
			given:  []string{"Helena", "Miguel", "Alice", "Arthur", "Heloísa", "João", "Laura", "Davi"},
			family: []string{"Trilha Exemplo", "Serra Modelo", "Barraca Amostra", "Cachoeira Fictício"},
		},
		addresses: addresses{
			line1:   "{street}, {no}",
			streets: []string{"Rua das Flores", "Avenida das Palmeiras", "Rua do Bosque", "Travessa da Serra"},
			line2:   []string{"Apto. ?#", "Bloco ?, Apto. ?0#", "Casa ?"},
			line3:   []string{"Jardim das Árvores", "Centro", "Vila Nova"},
			places: []place{
				{"São Paulo", "SP", "01###-###"},
				{"Rio de Janeiro", "RJ", "20###-###"},
				{"Belo Horizonte", "MG", "30###-###"},
				{"Curitiba", "PR", "80###-###"},
				{"Porto Alegre", "RS", "90###-###"},
				{"Salvador", "BA", "40###-###"},
			},
		},
		phones:     []string{"+55 11 0000-####", "+55 21 0000-####"},
		nationalID: "000.000.000-00",
		legal:      "Ltda.",
	},
	{
		code: "CL", often: 14, currency: "CLP", rate: "936", whole: true,
		vat: 1900, duty: 600, dutyFree: usd(41),
		people: people{
			given:  []string{"Emilia", "Agustín", "Isidora", "Benjamín", "Florencia", "Vicente"},
			family: []string{"Cordillera Ejemplo", "Copihue Muestra", "Volcanes Prueba"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Avenida Los Alerces", "Calle El Arrayán", "Pasaje Las Lengas"},
			line2:   []string{"Depto. ?0#", "Casa ?"},
			places: []place{
				{"Santiago", "RM", "83#####"},
				{"Valparaíso", "VS", "23#####"},
				{"Concepción", "BI", "40#####"},
				{"Antofagasta", "AN", "12#####"},
			},
		},
		phones:     []string{"+56 2 0000 ####"},
		nationalID: "00.000.000-K",
		legal:      "SpA",
	},
	{
		code: "EC", often: 8, currency: "USD", rate: "1",
		vat: 1500, duty: 1500,
		people: people{
			given:  []string{"Doménica", "Emilio", "Rafaela", "Joaquín"},
			family: []string{"Páramo Ejemplo", "Chimbo Muestra", "Andino Prueba"},
		},
		addresses: addresses{
			line1:   "{street} {no}",
			streets: []string{"Avenida de los Volcanes", "Calle Colibrí", "Calle del Páramo"},
			line2:   []string{"Piso ?", "Departamento ?0#"},
			places: []place{
				{"Quito", "Pichincha", "1701##"},
				{"Guayaquil", "Guayas", "0901##"},
				{"Cuenca", "Azuay", "0101##"},
			},
		},
		phones: []string{"+593 2 000 ####"},
		legal:  "S.A.",
	},
}
