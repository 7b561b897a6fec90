package wire

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"entrepot/internal/order"
)

// What is kept is written here: encoding/json would call MarshalJSON for
// nearly every member, and look once more at all that it gets. An import of a
// hundred thousand orders spent a fifth of its time on that.

// appender is a value that writes itself as JSON.
type appender interface {
	appendJSON(dst []byte) []byte
}

var appenderType = reflect.TypeFor[appender]()

// writer writes a value, which is addressable, as JSON.
type writer func(dst []byte, v reflect.Value) []byte

// encode writes what is kept as encoding/json would, with the extra keys of
// each struct at its end.
func encode[T any](v *T) []byte {
	return shapeOf(reflect.TypeFor[T]()).append(make([]byte, 0, usualSize), reflect.ValueOf(v).Elem())
}

// usualSize holds most orders of a few items.
const usualSize = 4 << 10

// shape is how the values of a struct type are written.
type shape struct {
	members []member
	extra   int // index of the field of order.Extra; -1 when there is none
}

type member struct {
	index     int
	key       string // with quotes and colon
	omitEmpty bool
	write     writer
}

// shapes are those of the types that are kept.
var shapes = map[reflect.Type]*shape{}

func init() {
	for _, t := range []reflect.Type{reflect.TypeFor[document](), reflect.TypeFor[cartJSON]()} {
		shapes[t] = newShape(t)
	}
}

func shapeOf(t reflect.Type) *shape { return shapes[t] }

func newShape(t reflect.Type) *shape {
	s := &shape{extra: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type == reflect.TypeFor[order.Extra]() {
			s.extra = i
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		s.members = append(s.members, member{i, `"` + name + `":`, options == "omitempty", writerOf(f.Type)})
	}
	return s
}

func (s *shape) append(dst []byte, v reflect.Value) []byte {
	dst = append(dst, '{')
	begin := len(dst)
	for _, m := range s.members {
		field := v.Field(m.index)
		if m.omitEmpty && field.IsZero() {
			continue
		}
		dst = append(separate(dst, begin), m.key...)
		dst = m.write(dst, field)
	}
	if s.extra >= 0 && v.Field(s.extra).Len() > 0 {
		dst = append(separate(dst, begin), v.Field(s.extra).String()...)
	}
	return append(dst, '}')
}

// separate writes a comma behind what has been written since.
func separate(dst []byte, since int) []byte {
	if len(dst) > since {
		return append(dst, ',')
	}
	return dst
}

func writerOf(t reflect.Type) writer {
	if reflect.PointerTo(t).Implements(appenderType) {
		return func(dst []byte, v reflect.Value) []byte {
			return v.Addr().Interface().(appender).appendJSON(dst) //nolint:forcetypeassert // seen above
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return optional(writerOf(t.Elem()))
	case reflect.Slice, reflect.Array:
		return listOf(writerOf(t.Elem()))
	case reflect.Struct:
		return newShape(t).append
	}
	return scalarOf(t)
}

func optional(write writer) writer {
	return func(dst []byte, v reflect.Value) []byte {
		if v.IsNil() {
			return append(dst, "null"...)
		}
		return write(dst, v.Elem())
	}
}

func listOf(write writer) writer {
	return func(dst []byte, v reflect.Value) []byte {
		dst = append(dst, '[')
		begin := len(dst)
		for i := range v.Len() {
			dst = write(separate(dst, begin), v.Index(i))
		}
		return append(dst, ']')
	}
}

func scalarOf(t reflect.Type) writer {
	switch t.Kind() {
	case reflect.String:
		return func(dst []byte, v reflect.Value) []byte { return appendString(dst, v.String()) }
	case reflect.Bool:
		return func(dst []byte, v reflect.Value) []byte { return strconv.AppendBool(dst, v.Bool()) }
	case reflect.Int, reflect.Int64:
		return func(dst []byte, v reflect.Value) []byte { return strconv.AppendInt(dst, v.Int(), 10) }
	}
	panic(fmt.Sprintf("%s is of a kind that is not kept", t)) // a defect of this package
}
