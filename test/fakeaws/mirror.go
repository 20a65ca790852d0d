package fakeaws

import (
	"cmp"
	"context"
	"maps"
	"reflect"
)

// AWS calls a value alike where it is put, kept and shown. What needs no rule of its own is
// served by that: a put leaves its fields, a get shows those that it has by the same names. The
// contract with the wire says whether that was so.

// method is an operation, as the SDK's client has it.
type method[C, I, O, P any] = func(*C, context.Context, *I, ...func(*P)) (*O, error)

// shows are values by the names of their fields.
type shows map[string]any

// value is what puts leave and gets show, in a region of an account.
type value struct {
	name string
	// key is the field that says whose value it is; without one it is the region's.
	key string
	// first is what is there before anybody puts another; absent is the code that gets answer
	// then, if they do.
	first  shows
	absent string
	// holder says whether what the key names is there at all. Optional.
	holder func(r *Request, key string) error
}

// kept are the values that were put in a region.
type kept struct{ values map[string]shows }

// gets serves an operation that shows a value.
func gets[C, I, O, P any](c *Cloud, _ method[C, I, O, P], v value) {
	on(c, func(r *Request, in *I) (*O, error) {
		have, put, err := v.in(r, in)
		if err == nil && !put && v.absent != "" {
			err = failure(v.absent, "%s was not found", v.name)
		}
		if err != nil {
			return nil, err
		}
		out := new(O)
		take(out, have)
		return out, nil
	})
}

// puts serves an operation that changes a value, and shows it.
func puts[C, I, O, P any](c *Cloud, _ method[C, I, O, P], v value) {
	on(c, func(r *Request, in *I) (out *O, err error) {
		each(in, func(name string, one reflect.Value) {
			if !enumerated(one) {
				err = failure("InvalidParameterValue", "Value (%s) for parameter %s is invalid.", one, name)
			}
		})
		if err != nil {
			return nil, err
		}
		return leave[O](r, v, in, in)
	})
}

// enumerated says whether a value is one of its enumeration's, where it has one.
func enumerated(value reflect.Value) bool {
	values := value.MethodByName("Values")
	if !values.IsValid() {
		return true
	}
	all := values.Call(nil)[0]
	for i := range all.Len() {
		if all.Index(i).Equal(value) {
			return true
		}
	}
	return false
}

// resets serves an operation that puts back what was first there.
func resets[C, I, O, P any](c *Cloud, _ method[C, I, O, P], v value) {
	on(c, func(r *Request, in *I) (*O, error) { return leave[O](r, v, in, v.first) })
}

func leave[O any](r *Request, v value, in, values any) (*O, error) {
	have, _, err := v.in(r, in)
	if err != nil {
		return nil, err
	}
	if have["ManagedBy"] == "declarative-policy" {
		return nil, failure("OperationNotPermitted", "%s is managed by a declarative policy.", v.name)
	}
	each(values, func(name string, one reflect.Value) { have[name] = one.Interface() })
	regional[kept](r).values[v.id(in)] = have
	out := new(O)
	take(out, values)
	return out, nil
}

// in returns a copy of the value that an input names, and whether anybody put it.
func (v value) in(r *Request, input any) (have shows, put bool, err error) {
	if v.holder != nil {
		if err := v.holder(r, fields{reflect.Indirect(reflect.ValueOf(input))}.text(v.key)); err != nil {
			return nil, false, err
		}
	}
	state := regional[kept](r)
	if state.values == nil {
		state.values = map[string]shows{}
	}
	if have, put = state.values[v.id(input)]; !put {
		have = v.first
	}
	have = maps.Clone(have)
	if have == nil {
		have = shows{}
	}
	return have, put, nil
}

func (v value) id(input any) string {
	return v.name + "/" + fields{reflect.Indirect(reflect.ValueOf(input))}.text(v.key)
}

// SetByPolicy makes the organization's declarative policy set a value of a region, by its name.
func (c *Cloud) SetByPolicy(account, region, name string, to map[string]any) {
	c.edit(account, region, func(r *Request) {
		state := regional[kept](r)
		if state.values == nil {
			state.values = map[string]shows{}
		}
		state.values[name+"/"] = maps.Clone(to)
		state.values[name+"/"]["ManagedBy"] = "declarative-policy"
	})
}

// modifies serves an operation that changes the fields of a record, and shows it.
func modifies[C, I, O, P, R any](c *Cloud, _ method[C, I, O, P], find func(*Request, *I) (*R, error)) {
	on(c, func(r *Request, in *I) (*O, error) {
		record, err := find(r, in)
		if err != nil {
			return nil, err
		}
		take(record, in)
		out, shown := new(O), *record
		for i := range reflect.TypeFor[O]().NumField() {
			if field := reflect.ValueOf(out).Elem().Field(i); field.Type() == reflect.TypeFor[*R]() {
				field.Set(reflect.ValueOf(&shown))
			}
		}
		return out, nil
	})
}

// lists serves an operation that lists records by pages of most at most.
func lists[C, I, O, P, R any](c *Cloud, _ method[C, I, O, P], most int, all func(*Request, *I) ([]R, error)) {
	on(c, func(r *Request, in *I) (*O, error) {
		records, err := all(r, in)
		if err != nil {
			return nil, err
		}
		asked := fields{reflect.ValueOf(in).Elem()}
		size := 0
		for _, name := range []string{"MaxResults", "MaxRecords", "MaxItems", "PageSize", "Limit"} {
			if has := asked.at(name); has.IsValid() && has.CanInt() {
				size = int(has.Int())
			}
		}
		token := cmp.Or(asked.text("NextToken"), asked.text("Marker"))
		records, next, err := page(records, &token, size, most, "ValidationError")
		if err != nil {
			return nil, err
		}
		out := new(O)
		for i := range reflect.TypeFor[O]().NumField() {
			if field := reflect.ValueOf(out).Elem().Field(i); field.Type() == reflect.TypeFor[[]R]() {
				field.Set(reflect.ValueOf(records))
			}
		}
		if shown := firstOf(out, "NextToken", "NextMarker", "Marker"); shown.IsValid() {
			shown.Set(reflect.ValueOf(next))
		}
		return out, nil
	})
}

// take takes into a record the values that it has fields for.
func take(record, values any) {
	into := reflect.ValueOf(record).Elem()
	each(values, func(name string, one reflect.Value) { assign(into.FieldByName(name), one) })
}

// each visits the values of a struct that are set, or all of a list.
func each(values any, visit func(name string, one reflect.Value)) {
	if list, ok := values.(shows); ok {
		for name, one := range list {
			visit(name, reflect.ValueOf(one))
		}
		return
	}
	of := reflect.ValueOf(values).Elem()
	for i := range of.NumField() {
		if field := of.Type().Field(i); field.IsExported() && !of.Field(i).IsZero() {
			visit(field.Name, of.Field(i))
		}
	}
}

// assign sets a field to a value of the same meaning: by pointer or not, an enumeration or its
// text. What means another thing is left alone.
func assign(field, value reflect.Value) {
	if !field.IsValid() {
		return
	}
	if value = unwrapped(value, field.Type()); !value.IsValid() {
		return
	}
	if field.Kind() == reflect.Pointer && field.Type() != value.Type() && value.Kind() == field.Type().Elem().Kind() {
		field.Set(reflect.New(field.Type().Elem()))
		field = field.Elem()
	}
	if value.Kind() == field.Kind() && value.CanConvert(field.Type()) {
		field.Set(value.Convert(field.Type()))
	}
}

// unwrapped takes a value out of its pointer, and out of the attribute that wraps it, unless it is
// wanted so.
func unwrapped(value reflect.Value, wanted reflect.Type) reflect.Value {
	for value.IsValid() && value.Type() != wanted {
		switch value.Kind() {
		case reflect.Pointer:
			value = value.Elem()
		case reflect.Struct:
			value = value.FieldByName("Value")
		default:
			return value
		}
	}
	return value
}
