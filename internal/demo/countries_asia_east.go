package demo

var eastAsia = []country{
	{
		code: "JP", often: 78, currency: "JPY", rate: "151.3", whole: true,
		vat: 1000, duty: 500, dutyFree: usd(66), taxFree: usd(66),
		people: people{
			given:  []string{"Haruto", "Yui", "Sota", "Hina", "Ren", "Aoi"},
			family: []string{"Yamamichi", "Morisora", "Kawatabi", "Takibiya"},
			whole:  []string{"山道 歩", "見本 花子", "焚火 太郎"},
		},
		addresses: addresses{
			line1:   "?-?#-? {street}",
			streets: []string{"Honcho", "Midoricho", "Sakuragaoka", "Minamimachi"},
			line2:   []string{"Green Heights ?0#", "Mori Mansion ?0?"},
			places: []place{
				{"Shibuya-ku", "Tokyo", "150-00##"},
				{"Shinjuku-ku", "Tokyo", "160-00##"},
				{"Osaka-shi Kita-ku", "Osaka", "530-00##"},
				{"Kyoto-shi Nakagyo-ku", "Kyoto", "604-8###"},
				{"Sapporo-shi Chuo-ku", "Hokkaido", "060-00##"},
				{"Yokohama-shi Nishi-ku", "Kanagawa", "220-00##"},
			},
		},
		phones: []string{"+81 3 0000 ####", "+81 6 0000 ####"},
		legal:  "K.K.",
	},
	{
		code: "KR", often: 46, currency: "KRW", rate: "1368", whole: true,
		vat: 1000, duty: 800, dutyFree: usd(150), taxFree: usd(150),
		people: people{
			given:  []string{"San-gil", "Byeol-bit", "Ha-neul", "Ba-ram", "I-seul"},
			family: []string{"Kim", "Lee", "Park", "Choi"}, familyFirst: true,
			whole: []string{"김산길", "박별빛", "홍보기"},
		},
		addresses: addresses{
			line1:   "{no}, {street}",
			streets: []string{"Sup-ro", "Gangbyeon-ro", "Dalbit-gil", "Eunhaeng-ro 5-gil"},
			line2:   []string{"10?-dong ?0#-ho", "?F"},
			places: []place{
				{"Seoul", "", "04###"},
				{"Busan", "", "48###"},
				{"Incheon", "", "21###"},
				{"Suwon-si", "Gyeonggi-do", "16###"},
				{"Jeju-si", "Jeju-do", "63###"},
			},
		},
		phones:     []string{"+82 2 0000 ####"},
		nationalID: "P000000000000",
		legal:      "Co., Ltd.",
	},
	{
		code: "CN", often: 30, currency: "CNY", rate: "7.236",
		vat: 1300, duty: 1000, dutyFree: usd(7), taxFree: usd(7),
		people: people{
			given:  []string{"Shanlu", "Yeying", "Linjian", "Xinghe"},
			family: []string{"Wang", "Li", "Zhao", "Chen"}, familyFirst: true,
			whole: []string{"王野营", "李山路", "样本小明"},
		},
		addresses: addresses{
			line1:   "No. {no}, {street}",
			streets: []string{"Lvshu Road", "Hubin Road", "Heping Street", "Zhulin Lane"},
			line2:   []string{"Building ?, Unit ?, Room ?0#", "Room ?0#"},
			places: []place{
				{"Beijing", "Beijing", "1000##"},
				{"Shanghai", "Shanghai", "2000##"},
				{"Shenzhen", "Guangdong", "5180##"},
				{"Hangzhou", "Zhejiang", "3100##"},
				{"Chengdu", "Sichuan", "6100##"},
			},
		},
		phones:     []string{"+86 10 0000 ####", "+86 21 0000 ####"},
		nationalID: "000000190001010000",
		legal:      "Co., Ltd.",
	},
	{
		code: "HK", often: 28, currency: "HKD", rate: "7.812",
		people: people{
			given:  []string{"Wing Yan", "Ka Ho", "Tsz Ching", "Chun Kit"},
			family: []string{"Sampleung", "Shanlok", "Hoiping-Lau"},
		},
		addresses: addresses{
			line1:   "Flat @, ?#/F, {no} {street}",
			streets: []string{"Example Road", "Hillside Terrace", "Harbour Street", "Bamboo Lane"},
			line2:   []string{"Sample Court", "Block ?, Seaview Garden"},
			places: []place{
				{"Central", "Hong Kong Island", ""},
				{"Tsim Sha Tsui", "Kowloon", ""},
				{"Sha Tin", "New Territories", ""},
			},
		},
		phones: []string{"+852 0000 ####"},
		legal:  "Ltd.",
	},
	{
		code: "TW", often: 22, currency: "TWD", rate: "32.31", whole: true,
		vat: 500, duty: 750, dutyFree: usd(62), taxFree: usd(62),
		people: people{
			given:  []string{"Lu-Ying", "Shan-Hai", "Xing-Kong", "Xiao-Lu"},
			family: []string{"Lin", "Chang", "Huang"}, familyFirst: true,
			whole: []string{"林露營", "張山海"},
		},
		addresses: addresses{
			line1:   "No. {no}, Sec. ?, {street}",
			streets: []string{"Heping E. Rd.", "Zhongshan N. Rd.", "Senlin Rd."},
			line2:   []string{"?F.", "?F.-?"},
			places: []place{
				{"Taipei City", "", "106##"},
				{"Kaohsiung City", "", "800##"},
				{"Hualien City", "Hualien County", "970##"},
			},
		},
		phones: []string{"+886 2 0000 ####"},
		legal:  "Co., Ltd.",
	},
}
