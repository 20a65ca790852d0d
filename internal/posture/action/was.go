package action

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// Was is how runs keep the changes of a setting that is older than Set is. Hashes are made of
// it, and runs outlive versions. What it cannot say is kept as any Set is.
type Was[V any] struct {
	// Target is the key of the target.
	Target string
	// Bare says that what was there has no key: it is From, the zero value where left out.
	Bare bool
	From V
	// To is what will be there, where that has no key since it follows from what was there.
	To func(from V) V
	// Part is the key of the one part of it that does not follow.
	Part string
}

// always is what will be there whatever was.
func always[V any](to V) func(V) V { return func(V) V { return to } }

// encode returns the content of a change; not ok where it cannot be said so.
func (w Was[V]) encode(target Target, from, to V) (content []byte, ok bool) {
	keys, values := []string{w.Target}, []any{target}
	if !w.Bare {
		keys, values = append(keys, "from"), append(values, from)
	}
	switch {
	case w.To == nil:
		keys, values = append(keys, "to"), append(values, to)
	case w.Part != "":
		keys, values = append(keys, w.Part), append(values, part(to, w.Part))
	}
	content, err := object(keys, values)
	if err != nil {
		return nil, false
	}
	_, before, after, err := w.decode(content)
	return content, err == nil && reflect.DeepEqual([]V{before, after}, []V{from, to})
}

// wrote says whether content is not of any Set.
func (w Was[V]) wrote(content []byte) bool {
	var any struct{ Target json.RawMessage }
	return w.Target != "" && json.Unmarshal(content, &any) == nil && any.Target == nil
}

func (w Was[V]) decode(content []byte) (target Target, from, to V, err error) {
	var parts map[string]json.RawMessage
	if err = json.Unmarshal(content, &parts); err != nil {
		return target, from, to, err
	}
	take := func(key string, into any) {
		if has := parts[key]; has != nil {
			err = errors.Join(err, json.Unmarshal(has, into))
		}
	}
	take(w.Target, &target)
	if from = w.From; !w.Bare {
		take("from", &from)
	}
	if w.To == nil {
		take("to", &to)
		return target, from, to, err
	}
	to = w.To(from)
	if has := parts[w.Part]; has != nil {
		parts[w.Part], _ = object([]string{w.Part}, []any{has})
		take(w.Part, &to)
	}
	return target, from, to, err
}

// part is one field of a value, by its key.
func part(of any, key string) json.RawMessage {
	var parts map[string]json.RawMessage
	if text, err := json.Marshal(of); err != nil || json.Unmarshal(text, &parts) != nil {
		return nil
	}
	return parts[key]
}

// object writes keys in their order, as a struct has them.
func object(keys []string, values []any) ([]byte, error) {
	var text bytes.Buffer
	for i, key := range keys {
		value, err := json.Marshal(values[i])
		if err != nil {
			return nil, fmt.Errorf("encoding %s: %w", key, err)
		}
		fmt.Fprintf(&text, "%c%q:%s", "{,"[min(i, 1)], key, value)
	}
	return append(text.Bytes(), '}'), nil
}
