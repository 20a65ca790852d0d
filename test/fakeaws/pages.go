package fakeaws

import (
	"reflect"
	"strconv"
	"strings"
)

// PageBy makes every list that pages by a token give so many items at once, whatever it is asked
// for. A list must be short enough to be given whole otherwise.
func (c *Cloud) PageBy(items int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pageBy = items
}

// ourToken begins the tokens of such pages.
const ourToken = "page-from-"

// paged cuts the answers of a handler.
func (c *Cloud) paged(handle handler) handler {
	if c.pageBy == 0 {
		return handle
	}
	return func(r *Request, input any) (any, error) {
		start := 0
		if asked := firstOf(input, "NextToken", "Marker", "ContinuationToken"); asked.IsValid() && !asked.IsNil() {
			if from, ours := strings.CutPrefix(asked.Elem().String(), ourToken); ours {
				start, _ = strconv.Atoi(from)
				fresh := reflect.New(reflect.TypeOf(input).Elem())
				fresh.Elem().Set(reflect.ValueOf(input).Elem())
				input = fresh.Interface()
				token := firstOf(input, "NextToken", "Marker", "ContinuationToken")
				token.Set(reflect.Zero(token.Type()))
			}
		}
		out, err := handle(r, input)
		if err == nil {
			c.cut(out, start)
		}
		return out, err
	}
}

// cut leaves one page of an answer's only list.
func (c *Cloud) cut(out any, start int) {
	token, list := firstOf(out, "NextToken", "NextMarker", "Marker", "ContinuationToken"), onlyList(out)
	if !token.IsValid() || !list.IsValid() || list.Len() <= start {
		return
	}
	end := min(start+c.pageBy, list.Len())
	if end < list.Len() {
		next := ourToken + strconv.Itoa(end)
		token.Set(reflect.ValueOf(&next))
		for _, name := range []string{"IsTruncated", "Truncated"} {
			if more := reflect.ValueOf(out).Elem().FieldByName(name); more.IsValid() && more.Kind() == reflect.Bool {
				more.SetBool(true)
			}
		}
	}
	list.Set(list.Slice(start, end))
}

func firstOf(of any, names ...string) reflect.Value {
	for _, name := range names {
		if field := reflect.ValueOf(of).Elem().FieldByName(name); field.IsValid() && field.Type() == reflect.TypeFor[*string]() {
			return field
		}
	}
	return reflect.Value{}
}

// onlyList is the one list that an answer holds; none where it holds several.
func onlyList(of any) (list reflect.Value) {
	value := reflect.ValueOf(of).Elem()
	for i := range value.NumField() {
		if field := value.Field(i); field.Kind() == reflect.Slice && field.Len() > 0 {
			if list.IsValid() {
				return reflect.Value{}
			}
			list = field
		}
	}
	return list
}
