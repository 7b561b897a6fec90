package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// shop is a client of the API: one store with its secret.
type shop struct {
	url, secret string
	store       int64
}

// answer is what a shop got.
type answer struct {
	status  int
	request string // its id
	text    string
	body    struct {
		Error    *string `json:"error"`
		Success  *string `json:"success"`
		CartUUID string  `json:"tempCartUUID"`
		Order    *detail `json:"order"`
		Orders   []listed
		Total    *int `json:"totalCount"`
	}
}

// detail is the part of orderDetail that changes.
type detail struct {
	Status          string `json:"orderStatus"`
	MerchantOrderID string `json:"merchantOrderId"`
	Tracking        string `json:"trackingNumber"`
}

type listed struct{ ID, Timestamp string }

var clients = &http.Client{
	Timeout:   patience,
	Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true, IdleConnTimeout: time.Second},
}

// post sends a request with the shop's credentials. An error means that no
// whole answer came.
func (s shop) post(ctx context.Context, path, keys string) (a answer, err error) {
	body := fmt.Sprintf(`{"store": %d, "secret": %q, %s}`, s.store, s.secret, keys)
	return send(ctx, s.url+path, strings.NewReader(body))
}

func send(ctx context.Context, url string, body io.Reader) (a answer, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body)
	if err != nil {
		return a, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := clients.Do(request)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return a, err
	}
	a.status, a.request, a.text = response.StatusCode, response.Header.Get("X-Request-Id"), string(text)
	return a, json.Unmarshal(text, &a.body)
}

// ask sends a request that must be answered.
func (s shop) ask(t testing.TB, path, keys string) answer {
	t.Helper()
	a, err := s.post(t.Context(), path, keys)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return a
}

// The updates that the tests send.
const (
	merchantPath = "/v1/updateMerchantOrderId"
	statusPath   = "/v1/updateVendorOrderStatus"
	trackingPath = "/v2/setShipmentTracking"
	cartPath     = "/v1/createTempCart"
	detailPath   = "/v2/orderDetail"
	numbersPath  = "/v1/orderNumbers"
)

func (s shop) setMerchantID(t testing.TB, number int64, id string) answer {
	t.Helper()
	return s.ask(t, merchantPath, fmt.Sprintf(`"orderId": %d, "merchantOrderId": %q`, number, id))
}

func (s shop) detail(t testing.TB, number int64) detail {
	t.Helper()
	a := s.ask(t, detailPath, fmt.Sprintf(`"orderId": %d`, number))
	if a.body.Order == nil {
		t.Fatalf("orderDetail of %d: %d %s", number, a.status, a.text)
	}
	return *a.body.Order
}

// succeeded fails unless the answer is one of success.
func (a answer) succeeded(t testing.TB) {
	t.Helper()
	if a.status != http.StatusOK || a.body.Error != nil || (a.body.Success == nil && a.body.CartUUID == "") {
		t.Errorf("answer is %d %s, want success", a.status, a.text)
	}
}

// refused fails unless the answer is this error.
func (a answer) refused(t testing.TB, status int, text string) {
	t.Helper()
	if a.status != status || a.body.Error == nil || *a.body.Error != text {
		t.Errorf("answer is %d %s, want %d and the error %q", a.status, a.text, status, text)
	}
}
