// Package conformance is the wire contract as a program: a table of cases, each
// naming the sentence of the contract that it shows, and a runner that tries them
// against any server over HTTP.
//
// The contract is contract.md, the cases are cases/*.yaml, patterns that several
// of them use are shapes.yaml, and elsewhere.yaml lists the sentences that cannot
// be shown over the wire, with what shows them instead. Nothing of the service is
// imported: the package knows a server by its answers only. Its tests hold the
// project's own service to the table, and show by deliberate defects that every
// case catches something.
//
// # A case
//
//   - name: an unknown reference is refused
//     shows: ["§4 Could not find an order with referenceId: 999999 for storeId: 999"]
//     needs: [order]           # what the server must hold; otherwise the case is not shown
//     write: true              # changes something; runs with Target.Write only
//     each: [{id: '"a"'}, …]   # once per row; a row may have needs of its own, and a label in case
//     steps:
//   - path: /v2/orderDetail
//     body: '{ {{.auth}}, "referenceId": "{{.run}}" }'
//     refused: "Could not find an order with referenceId: {{.run}} for storeId: {{.store}}"
//
// Texts are templates (package text/template) over the variables that the survey,
// the needs, the row and earlier captures bind; json (quotes), literal (quotes for
// a pattern), repeat and bytes (of hexadecimal digits) are functions in them. A quote in shows may begin with its section and leave words
// out with […].
//
// A step sends a request (method, path, headers, body, size, chunked, times; for
// several things in turn, each as {{.it}}) or places an order of a cart (place, as), and expects of the answer: status (200
// when something else is expected), wants (headers; "~…" is a regular expression,
// null is none), refused (the whole answer is this error, with the status of the
// path's version), json (a pattern, see package match), matches (regular
// expressions over the answer without white space), checks (rules between values,
// see package match). capture keeps values by path for later steps.
package conformance
