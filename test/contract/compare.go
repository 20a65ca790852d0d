package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is one place where the same call came out differently.
type Difference struct {
	Script, Step, Operation string
	// Path to the value in the output; "error" for the error itself.
	Path string
	// Fake and Wire are the two values.
	Fake, Wire string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s, %q: %s: the fake says %s, the wire %s", d.Operation, d.Step, d.Path, d.Fake, d.Wire)
}

// Compare compares what came of the same scripts, call by call.
func Compare(fake, wire []Result) ([]Difference, error) {
	if len(fake) != len(wire) {
		return nil, fmt.Errorf("comparing: %d calls on the fake, %d on the wire", len(fake), len(wire))
	}
	var all []Difference
	for i, f := range fake {
		w := wire[i]
		if f.Script != w.Script || f.Step != w.Step || f.Operation != w.Operation {
			return nil, fmt.Errorf("comparing: call %d is %s %q on the fake and %s %q on the wire", i, f.Operation, f.Step, w.Operation, w.Step)
		}
		for _, d := range differing(f, w) {
			d.Script, d.Step, d.Operation = f.Script, f.Step, f.Operation
			all = append(all, d)
		}
	}
	return all, nil
}

func differing(fake, wire Result) []Difference {
	if fake.Error != wire.Error {
		return []Difference{{Path: "error", Fake: orNone(fake.Error), Wire: orNone(wire.Error)}}
	}
	if fake.Error != "" {
		return nil
	}
	return between("", fake.Output, wire.Output)
}

func orNone(code string) string {
	if code == "" {
		return "none"
	}
	return code
}

// between compares two normalised values.
func between(path string, fake, wire any) []Difference {
	switch f := fake.(type) {
	case record:
		if w, ok := wire.(record); ok {
			return betweenRecords(path, f, w)
		}
	case list:
		if w, ok := wire.(list); ok && len(f) == len(w) {
			return betweenLists(path, f, w)
		}
	}
	if shown(fake) == shown(wire) {
		return nil
	}
	return []Difference{{Path: path, Fake: shown(fake), Wire: shown(wire)}}
}

func betweenRecords(path string, fake, wire record) []Difference {
	var all []Difference
	keys := slices.Collect(maps.Keys(fake))
	for key := range wire {
		if _, ok := fake[key]; !ok {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		all = append(all, between(strings.TrimPrefix(path+"."+key, "."), orAbsent(fake, key), orAbsent(wire, key))...)
	}
	return all
}

func orAbsent(r record, key string) any {
	if value, ok := r[key]; ok {
		return value
	}
	return absent
}

// betweenLists compares each item with the one most like it: AWS promises no order.
func betweenLists(path string, fake, wire list) []Difference {
	var all []Difference
	left := slices.Clone(wire)
	for _, item := range fake {
		best, least := 0, []Difference(nil)
		for i, candidate := range left {
			if found := between(path+"[]", item, candidate); i == 0 || len(found) < len(least) {
				best, least = i, found
			}
		}
		all = append(all, least...)
		left = slices.Delete(left, best, best+1)
	}
	return all
}

// shown is a value in short.
func shown(value any) string {
	switch v := value.(type) {
	case record:
		return "{…}"
	case list:
		return fmt.Sprintf("[%d]", len(v))
	default:
		return fmt.Sprint(v)
	}
}
