package demo

var customerNotes = []string{
	"Please leave the parcel with the neighbour on the ground floor.",
	"It is a gift, please no invoice in the parcel.",
	"The bell does not work, please call on arrival.",
	"Bitte beim Nachbarn im Erdgeschoss abgeben.",
	"Merci de livrer après 18 h, je ne suis pas là avant.",
	"Por favor, llamar antes de entregar.",
	"不在の場合は宅配ボックスへお願いします。",
	"부재 시 경비실에 맡겨 주세요.",
	"请在送货前打电话。",
	"Could you send the tent and the pegs together? The pegs are for that tent.",
	"We leave for the mountains on the 20th, is it here by then?",
	"Is the receipt in English? I need it for my \"expenses\".",
	"Entrance is at the back:\nthrough the yard, second door.",
}

var supportNotes = []string{
	"Buyer asked for a copy of the invoice, sent.",
	"Buyer asked when it ships, answered.",
	"Corrected the phone number with the carrier.",
	"Commercial invoice reprinted, the first one was hard to read.",
	"Carrier wants the HS code of the stove, sent.",
	"Refunded the difference to the sale price.",
	"One parcel was opened by customs, nothing is missing.",
}
