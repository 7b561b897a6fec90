package main_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"entrepot/internal/testkit"
)

// The texts of a server fault (contract, sections 2 to 7).
const (
	cartFault     = "Could not process createTempCart."
	numbersFault  = "Could not process order details."
	detailFault   = "Could not process order details"
	merchantFault = "Could not process updateMerchantOrderId."
	statusFault   = "Could not process updateVendorOrderStatus."
	trackingFault = "Could not process setShipmentTracking."
)

// writeRequest is a request that writes, and its answer when the service
// cannot.
type writeRequest struct {
	path, keys string
	status     int
	fault      string
}

// writes is one request of each kind that writes; mark makes them new.
func writes(number int64, mark string) []writeRequest {
	id := fmt.Sprintf(`"orderId": %d, `, number)
	moves := []string{"VENDOR_PREPARING_ORDER", "VENDOR_SHIPMENT_READY"}
	return []writeRequest{
		{cartPath, cartKeys, http.StatusOK, cartFault},
		{merchantPath, id + `"merchantOrderId": "` + mark + `"`, http.StatusOK, merchantFault},
		{statusPath, id + `"orderStatus": "` + moves[len(mark)%2] + `"`, http.StatusOK, statusFault},
		{trackingPath, id + `"trackingList": [{"number": "` + mark + `"}]`, http.StatusInternalServerError, trackingFault},
	}
}

// longList is more than the service holds in memory.
const (
	longList     = 1600 // orders, of some 200 bytes each
	inMemory     = 256 << 10
	longListKeys = `"sinceDate": "20200101", "statuses": true`
)

func TestFullDisk(t *testing.T) {
	disk := testkit.SmallDisk(t, 32<<20)
	data := filepath.Join(disk, "data")
	s := shop{store: seedStore, secret: seed(t, data, longList)}
	p := serve(t, data)
	s.url = p.url
	s.setMerchantID(t, 1, "before").succeeded(t)

	ballast := fillDisk(t, disk)
	faults := writeUntilFaults(t, s)
	if got := s.detail(t, 1).MerchantOrderID; got != "before" {
		t.Errorf("merchant order id is %q on a full disk, want it as it was before", got)
	}
	list := s.ask(t, numbersPath, longListKeys)
	list.refused(t, http.StatusOK, numbersFault)
	p.blames(t, append(faults, list), "full", "no space left on device")
	p.alive(t)

	empty(t, ballast)
	for _, w := range writes(1, "after") {
		s.ask(t, w.path, w.keys).succeeded(t)
	}
	list = s.ask(t, numbersPath, longListKeys)
	if len(list.body.Orders) != longList || len(list.text) <= inMemory {
		t.Errorf("the long list has %d orders and %d bytes, want %d orders in more than %d", len(list.body.Orders), len(list.text), longList, inMemory)
	}
	p.stop(t)
	for _, broken := range audit(t, filepath.Join(data, "entrepot.db")) {
		t.Errorf("half-done: %s", broken)
	}
}

// writeUntilFaults sends requests that write until each kind is answered with
// its fault: the log has some room left at first.
func writeUntilFaults(t *testing.T, s shop) (faults []answer) {
	t.Helper()
	for round := range 2000 {
		before := len(faults)
		all := writes(2, fmt.Sprintf("%*d", 4+round%2, round))
		for _, w := range all {
			if a := s.ask(t, w.path, w.keys); a.body.Error != nil {
				a.refused(t, w.status, w.fault)
				faults = append(faults, a)
			}
		}
		if len(faults) == before+len(all) {
			return faults
		}
	}
	t.Fatal("a full disk takes everything")
	return nil
}

// fillDisk leaves not a byte free.
func fillDisk(t *testing.T, disk string) (ballast string) {
	t.Helper()
	ballast = filepath.Join(disk, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("fill the disk: %v", err)
	}
	return ballast
}

func empty(t *testing.T, ballast string) {
	t.Helper()
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
}

// A service may be stopped on a full disk; it does not start there, or does
// and works, and finds everything when there is room again.
func TestStopAndStartOnFullDisk(t *testing.T) {
	disk := testkit.SmallDisk(t, 8<<20)
	data := filepath.Join(disk, "data")
	s := shop{store: seedStore, secret: seed(t, data, 2)}
	p := serve(t, data)
	s.url = p.url
	s.setMerchantID(t, 1, "before").succeeded(t)
	ballast := fillDisk(t, disk)
	writeUntilFaults(t, s)
	p.stop(t)

	fillDisk(t, disk) // what stopping has given back
	for _, folder := range []string{data, filepath.Join(disk, "new")} {
		r := finish(t, serving(t, program(t), folder))
		r.refused(t, "the disk of the database is full")
	}
	empty(t, ballast)
	p = serve(t, data)
	s.url = p.url
	if got := s.detail(t, 1).MerchantOrderID; got != "before" {
		t.Errorf("merchant order id is %q after the restart, want %q", got, "before")
	}
	s.setMerchantID(t, 1, "after").succeeded(t)
	p.stop(t)
}
