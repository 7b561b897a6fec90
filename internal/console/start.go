package console

import (
	"cmp"
	"net/http"
	"slices"

	"entrepot/internal/order"
)

// Demo is a store whose secret is no secret: the pages have it filled in for
// who asks from the same machine.
type Demo struct {
	Store  order.StoreNumber
	Secret string
}

// started is the demo's start page.
type started struct {
	Total    int64
	Statuses []counted
	Groups   []group
}

// counted is how many orders stand in a status.
type counted struct {
	Status  order.Status
	Meaning string
	Orders  int64
	Percent int64 // of the most frequent one's
}

func (c *Console) start(w http.ResponseWriter, r *http.Request) {
	counts, err := c.service.CountStatuses(r.Context())
	if err != nil {
		c.log.Error("the start page could not count", "cause", err.Error())
		http.Error(w, "Something went wrong; the log has it.", http.StatusInternalServerError)
		return
	}
	body := started{Groups: c.groups()}
	most := int64(1)
	for _, n := range counts {
		body.Total, most = body.Total+n, max(most, n)
	}
	for _, s := range order.Statuses() {
		body.Statuses = append(body.Statuses, counted{s, meanings[s], counts[s], 100 * counts[s] / most})
	}
	slices.SortStableFunc(body.Statuses, func(a, b counted) int { return cmp.Compare(b.Orders, a.Orders) })
	c.show(w, "start.html", c.newPage(r, "The demo", body))
}

// meanings are the contract's, section 6.
var meanings = map[order.Status]string{
	order.FraudReview:         "under fraud review",
	order.InProcess:           "valid, ready to be prepared and shipped",
	order.OnHold:              "held for a while",
	order.Cancelled:           "cancelled",
	order.LabelsProcessing:    "labels are being made",
	order.Preparing:           "the shop prepares it",
	order.ShipmentReady:       "ready to ship",
	order.LabelsPrinted:       "labels printed",
	order.CancellationRequest: "the shop asks for cancellation",
	order.EndOfDayComplete:    "finalized and complete",
}
