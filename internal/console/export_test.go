package console

import "entrepot/openapi"

// EndpointsOf are those of the document, for tests.
func EndpointsOf() ([]Endpoint, error) {
	d, err := parseDocument(openapi.Document())
	if err != nil {
		return nil, err
	}
	return d.endpoints(), nil
}

// The conditions of errors that a request alone does not get.
const (
	WhenFails, WhenClosed, WhenLoading, WhenUnread = whenFails, whenClosed, whenLoading, whenUnread
	WhenRace, WhenFlooded, WhenStoreFull, WhenFull = whenRace, whenFlooded, whenStoreFull, whenFull
	KeptRequests, KeptBytes, KeptFor               = keptRequests, keptBytes, keptFor
)
