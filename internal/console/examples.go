package console

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Example is a request that is ready to be sent. Words in braces in its body
// are filled in by the page: the store, its secret, and orders that the store
// really has (see fillings).
type Example struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	About       string `json:"about,omitempty"`
	Method      string `json:"method"`
	Path        string `json:"path"`
	ContentType string `json:"contentType"`
	Accept      string `json:"accept"`
	Body        string `json:"body"`
	Repeat      int    `json:"repeat,omitempty"` // how often it has to be sent
	// Condition is what has to be the case besides; where it is not empty, the
	// request alone gets another answer.
	Condition string `json:"condition,omitempty"`
	Expect    string `json:"expect,omitempty"` // the error text, with blanks in braces
}

// The blanks of an example's body.
const (
	theStore  = "{store}"
	theSecret = "{secret}"
)

// fillings are the blanks that stand in place of the document's examples, by
// endpoint and key: what the document names is in no store.
var fillings = map[string]map[string]string{
	"orderNumbers":            {"sinceOrderId": "{earlier}", "sinceDate": "{weekAgo}", "throughDate": "{today}"},
	"orderDetail":             {"orderId": "{newest}", "referenceId": "{reference}"},
	"orderDetailV1":           {"orderId": "{newest}", "referenceId": "{reference}"},
	"updateMerchantOrderId":   {"orderId": "{newest}"},
	"updateVendorOrderStatus": {"orderId": "{IGLOBAL_ORDER_IN_PROCESS}"},
	"setShipmentTracking":     {"orderId": "{newest}"},
}

// ready makes an example of the document one that can be sent.
func ready(to Endpoint, name string, e *example) Example {
	var members ordered[json.RawMessage]
	if err := json.Unmarshal(e.Value, &members); err != nil {
		panic(err) // tests read the same document
	}
	made := make([]string, 0, len(members.names))
	for _, key := range members.names {
		value := string(members.values[key])
		switch filling, ok := fillings[to.ID][key]; {
		case key == "store":
			value = quote(theStore)
		case key == "secret":
			value = quote(theSecret)
		case ok:
			value = quote(filling)
		}
		made = append(made, quote(key)+":"+value)
	}
	return Example{
		Name: name, Title: e.Summary, About: e.Description, Method: post, Path: to.Path,
		ContentType: jsonType, Accept: jsonType, Body: pretty("{" + strings.Join(made, ",") + "}"),
	}
}

func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string can be written
	}
	return string(quoted)
}

// pretty indents JSON; what is none stays as it is.
func pretty(text string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(text), "", "  ") != nil {
		return text
	}
	return b.String()
}
