package console_test

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strings"
	"testing"

	"entrepot/internal/console"
	"entrepot/internal/order"
	"entrepot/internal/storage/storagetest/engines"
)

func endpoints(t *testing.T) []console.Endpoint {
	t.Helper()
	list, err := console.EndpointsOf()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// fillings asks the console for the store's orders, as the page does.
func (s *shop) fillings() map[string]string {
	s.t.Helper()
	status, body := s.post("/console/orders", fmt.Sprintf(`{"store":%d,"secret":%q}`, store, secret))
	var answer struct{ Fillings map[string]string }
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 200 {
		s.t.Fatalf("%d %s: %v", status, body, err)
	}
	return answer.Fillings
}

// try sends an example, filled in as the page does it, so often as it says.
func (s *shop) try(e console.Example, known map[string]string) (status int, answer string) {
	s.t.Helper()
	pairs := []string{
		`"{store}"`, fmt.Sprint(store), "{secret}", secret, "{mebibyte}", strings.Repeat("x", 1<<20),
		"{thousand}", strings.Join(strings.Fields(counted(1001)), ","),
	}
	for name, value := range known {
		pairs = append(pairs, "{"+name+"}", value)
	}
	body := strings.NewReplacer(pairs...).Replace(e.Body)
	if left := regexp.MustCompile(`\{[A-Za-z_]+\}`).FindString(body); left != "" {
		s.t.Fatalf("%s: nothing is known for %s", e.Name, left)
	}
	for range max(1, e.Repeat) {
		status, answer = s.send(e.Method, e.Path, body, e.ContentType, e.Accept)
	}
	return status, answer
}

func counted(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " %d", i)
	}
	return b.String()
}

// said is the error text of an answer: of JSON, or of a page.
func said(answer string) string {
	var body struct{ Error *string }
	if json.Unmarshal([]byte(answer), &body) == nil && body.Error != nil {
		return *body.Error
	}
	if m := regexp.MustCompile(`<p>(.*)</p>`).FindStringSubmatch(answer); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

// fits reports whether a text is what a template with blanks says.
func fits(template, text string) bool {
	var pattern strings.Builder
	for i, part := range regexp.MustCompile(`\{[a-z]+\}`).Split(template, -1) {
		if i > 0 {
			pattern.WriteString(`[\s\S]+`)
		}
		pattern.WriteString(regexp.QuoteMeta(part))
	}
	return regexp.MustCompile("^" + pattern.String() + "$").MatchString(text)
}

// Every example of the document is answered without an error.
func TestExamplesSucceed(t *testing.T) {
	t.Parallel()
	engines.Each(t, testExamplesSucceed)
}

func testExamplesSucceed(t *testing.T, on engines.Engine) {
	s := open(t, setup{engine: on, orders: 40})
	s.take(waiting(900)...)
	tried := 0
	for _, e := range endpoints(t) {
		for _, example := range e.Examples {
			status, answer := s.try(example, s.fillings())
			if status != 200 || said(answer) != "" {
				t.Errorf("%s, %s: %d %s", e.ID, example.Name, status, answer)
			}
			tried++
		}
	}
	if tried < 20 {
		t.Errorf("only %d examples were tried", tried)
	}
}

// circumstances bring about the condition of an error.
func circumstances(t *testing.T, on engines.Engine, condition string) (s *shop, before func(console.Example)) {
	t.Helper()
	twice := func(e console.Example) { s.try(e, s.fillings()) }
	one, many := order.CartUsage{Carts: 1, Bytes: 1 << 20}, order.CartUsage{Carts: 99, Bytes: 1 << 20}
	switch condition {
	case console.WhenClosed:
		return open(t, setup{engine: on, state: order.StoreClosed}), nil
	case console.WhenLoading:
		return open(t, setup{engine: on, state: order.StoreLoading}), nil
	case console.WhenFlooded:
		s = open(t, setup{engine: on, rate: 0.001})
	case console.WhenStoreFull:
		s = open(t, setup{engine: on, quota: order.CartQuota{PerStore: one, PerAddress: many}})
	case console.WhenFull:
		s = open(t, setup{engine: on, quota: order.CartQuota{PerStore: many, PerAddress: one}})
	default:
		t.Fatalf("nobody knows how to bring it about: %s", condition)
	}
	return s, twice
}

// Every documented error is got by the request that the console has for it.
func TestProvocations(t *testing.T) {
	t.Parallel()
	engines.Each(t, testProvocations)
}

func testProvocations(t *testing.T, on engines.Engine) {
	s := open(t, setup{engine: on})
	s.take(standing(99900)...)
	known := s.fillings()
	guessed := open(t, setup{engine: on}) // a shop of its own, because it is felt for a minute
	mishaps := map[string]int32{"": nothing, console.WhenFails: away, console.WhenRace: conflict, console.WhenUnread: unreadable}
	tried := 0
	for _, e := range endpoints(t) {
		for _, p := range e.Errors {
			at, fillings := s, known
			if p.Example.Repeat > 0 {
				at = guessed
			} else if mishap, here := mishaps[p.Example.Condition]; here {
				s.mishap.Store(mishap)
			} else {
				var before func(console.Example)
				if at, before = circumstances(t, on, p.Example.Condition); before != nil {
					before(p.Example)
				}
			}
			if at != s {
				fillings = map[string]string{"earlier": "1", "newest": "1", "IGLOBAL_ORDER_IN_PROCESS": "1"} // it has no orders
			}
			status, answer := at.try(p.Example, fillings)
			s.mishap.Store(nothing)
			if text := said(answer); status != p.Status || !fits(p.Text, text) {
				t.Errorf("%s, %s: wanted %d %q, got %d %q", e.ID, p.ID, p.Status, p.Text, status, text)
			}
			if p.About == "" || p.Remedy == "" {
				t.Errorf("%s, %s: is not explained", e.ID, p.ID)
			}
			tried++
		}
	}
	if tried < 100 {
		t.Errorf("only %d errors were tried", tried)
	}
}
