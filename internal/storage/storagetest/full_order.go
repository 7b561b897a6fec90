package storagetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"entrepot/internal/money"
	"entrepot/internal/order"
	"entrepot/internal/wire"
)

// marked begins every text that is filled in.
const marked = "Marked "

// fill gives every field of a value something to be recognized by.
func fill(t *testing.T, v reflect.Value, path string) {
	switch v.Interface().(type) {
	case order.Extra:
		v.SetString(`"unknown":"` + marked + path + `"`)
		return
	case time.Time:
		v.Set(reflect.ValueOf(begin))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(marked + path)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64, reflect.Int:
		v.SetInt(100)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), path+"[0]")
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), fmt.Sprintf("%s%d", path, i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	default:
		t.Fatalf("%s is of a kind that this test does not fill: %s", path, v.Kind())
	}
}

// FullDetails have something in every field.
func FullDetails(t *testing.T) *order.Details {
	t.Helper()
	d := &order.Details{}
	fill(t, reflect.ValueOf(d).Elem(), "details")
	d.Totals.Currency = money.Currency{Code: "EUR", Places: 2}
	return d
}

// FullOrder adds an order that has something in every field, two notes and a
// history, and answers its id.
func FullOrder(t *testing.T, storage order.Storage, s *order.Service) order.ID {
	t.Helper()
	var id order.ID
	err := storage.InTx(t.Context(), func(tx order.Tx) error {
		doc, err := codec.EncodeDetails(FullDetails(t))
		if err != nil {
			return err
		}
		number, at, err := tx.NextNumber(storeNumber, begin)
		if err != nil {
			return err
		}
		id = order.ID{Store: storeNumber, Number: number}
		head := order.Head{
			ID: id, PlacedAt: at, StatusAt: at, State: order.State{Status: order.InProcess},
			ReferenceID: marked + "reference", MerchantOrderID: marked + "merchant",
		}
		if err := tx.InsertOrder(head, doc); err != nil {
			return err
		}
		return tx.AddChange(id, order.Change{At: at, Actor: "checkout", Kind: order.ChangePlaced, To: string(order.InProcess), Reason: marked + "placing"})
	})
	if err != nil {
		t.Fatal(err)
	}
	steps := []error{
		s.AddTracking(t.Context(), id, []string{marked + "1Z1", marked + "1Z2"}, why),
		s.AddNote(t.Context(), id, order.Note{Text: marked + "by the shop"}, order.Why{Actor: "packer", Reason: marked + "note"}),
		s.AddNote(t.Context(), id, order.Note{Text: marked + "by the customer", Customer: true}, order.Why{Actor: marked + "customer"}),
		s.Move(t.Context(), id, order.Hold, order.Why{Actor: "packer", Reason: marked + "hold"}),
	}
	for _, err := range steps {
		if err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// leaves are the texts of an answer of orderDetail by their keys.
func leaves(t *testing.T, s *order.Service, id order.ID) map[string][]string {
	t.Helper()
	var answer struct{ Order map[string]any }
	err := s.Operate(t.Context(), id.Store, func(r order.Reader) error {
		stored, err := r.Detail(id.Number)
		if err != nil {
			return err
		}
		body, err := wire.AppendDetail(nil, &stored)
		if err != nil {
			return err
		}
		return json.Unmarshal(body, &answer)
	})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	collect(answer.Order, "", found)
	return found
}

func collect(v any, key string, into map[string][]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, member := range v {
			collect(member, strings.TrimPrefix(key+"."+k, "."), into)
		}
	case []any:
		for _, element := range v {
			collect(element, key+"[]", into)
		}
	default:
		into[key] = append(into[key], fmt.Sprint(v))
	}
}
