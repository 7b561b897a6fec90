package transfer

import (
	"reflect"
	"testing"
	"time"

	"entrepot/internal/order"
)

// TestDigestsSeeEverything changes each field, one by one, and sees that the
// checksum changes: a field that is added to the domain cannot be forgotten.
func TestDigestsSeeEverything(t *testing.T) {
	var s stream
	var r record
	eachField(t, reflect.ValueOf(&r).Elem(), "record", func() sum { return r.digest(&s) })
	var c order.CartRecord
	eachField(t, reflect.ValueOf(&c).Elem(), "cart", func() sum { return s.cartDigest(&c) })
	var store order.Store
	eachField(t, reflect.ValueOf(&store).Elem(), "store", func() sum { return written(func(s *stream) { s.store(store) }) })
	var counter order.Counter
	eachField(t, reflect.ValueOf(&counter).Elem(), "counter", func() sum { return written(func(s *stream) { s.counter(counter) }) })
	var usage order.CartUsage
	eachField(t, reflect.ValueOf(&usage).Elem(), "usage", func() sum { return written(func(s *stream) { s.usage(usage) }) })
}

func written(write func(*stream)) sum {
	var s stream
	write(&s)
	return s.sum()
}

// eachField sets each field to two values, and leaves the second.
func eachField(t *testing.T, v reflect.Value, path string, digest func() sum) {
	t.Helper()
	if v.Type() == reflect.TypeFor[time.Time]() {
		sees(t, v, path, digest, time.UnixMilli(1), time.UnixMilli(2))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "erased" { // below
				eachField(t, v.Field(i), path+"."+name, digest)
			}
		}
		if r, ok := v.Addr().Interface().(*record); ok {
			before := digest()
			if r.erased = true; digest() == before {
				t.Error("the checksum does not see whether an order is erased")
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice {
			before := digest()
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			if digest() == before {
				t.Errorf("the checksum does not see how long %s is", path)
			}
		}
		for i := range v.Len() {
			eachField(t, v.Index(i), path+"[]", digest)
		}
	case reflect.Bool:
		sees(t, v, path, digest, false, true)
	case reflect.String:
		sees(t, v, path, digest, "a", "b")
	case reflect.Int, reflect.Int64, reflect.Uint8:
		// Durations are kept in milliseconds.
		sees(t, v, path, digest, 1_000_000, 2_000_000)
	default:
		t.Fatalf("%s is of a kind that this test does not fill: %s", path, v.Kind())
	}
}

func sees(t *testing.T, v reflect.Value, path string, digest func() sum, one, two any) {
	t.Helper()
	if v.Kind() == reflect.Uint8 {
		one, two = uint8(1), uint8(2)
	}
	v.Set(reflect.ValueOf(one).Convert(v.Type()))
	before := digest()
	v.Set(reflect.ValueOf(two).Convert(v.Type()))
	if digest() == before {
		t.Errorf("the checksum does not see %s", path)
	}
}

// TestTextsDoNotRun sees that what moves from one text into the next is seen.
func TestTextsDoNotRun(t *testing.T) {
	a, b := record{}, record{}
	a.Head.MerchantOrderID, a.Head.ReferenceID = "ab", "c"
	b.Head.MerchantOrderID, b.Head.ReferenceID = "a", "bc"
	var s stream
	if a.digest(&s) == b.digest(&s) {
		t.Error("two orders have one checksum")
	}
	a.Head.Tracking, b.Head.Tracking = []string{"1", "2"}, []string{"1,2"}
	b.Head.MerchantOrderID, b.Head.ReferenceID = "ab", "c"
	if a.digest(&s) == b.digest(&s) {
		t.Error("two lists have one checksum")
	}
}

// TestUnlike compares lists that ascend.
func TestUnlike(t *testing.T) {
	list := func(keys ...int) (all []entry[int]) {
		for _, k := range keys {
			all = append(all, entry[int]{key: k, sum: sum{byte(k / 100)}})
		}
		return all
	}
	for _, tt := range []struct {
		a, b []entry[int]
		want []int
	}{
		{list(1, 2, 3), list(1, 2, 3), nil},
		{list(1, 2, 3), list(1, 3), []int{2}},
		{list(2), list(1, 2, 3), []int{1, 3}},
		{list(), list(5), []int{5}},
		{list(5, 6), list(), []int{5, 6}},
		{list(1), []entry[int]{{key: 1, sum: sum{9}}}, []int{1}},
		{list(1), []entry[int]{{key: 1, store: 7}}, []int{1}},
	} {
		var got []int
		for _, e := range unlike(tt.a, tt.b) {
			got = append(got, e.key)
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%v and %v differ in %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestWithout looks for keys among others, in pages.
func TestWithout(t *testing.T) {
	SmallPages(t, 3)
	there := []int{2, 4, 5, 6, 7, 8, 9, 12}
	read := func(after int) (page []int, err error) {
		for _, k := range there {
			if k > after && len(page) < pageOrders {
				page = append(page, k)
			}
		}
		return page, nil
	}
	for _, tt := range []struct {
		keys  []int
		after int
		want  []int
	}{
		{[]int{2, 9, 12}, 0, nil}, {[]int{1, 2, 3, 9, 10, 13}, 0, []int{1, 3, 10, 13}}, {[]int{9, 11}, 8, []int{11}}, {nil, 0, nil}, {[]int{20, 21}, 12, []int{20, 21}},
	} {
		got, err := without(tt.keys, tt.after, read)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("of %v after %d %v are missing, want %v: %v", tt.keys, tt.after, got, tt.want, err)
		}
	}
}
