package action

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Setting is a value of a resource that one call changes: how a change of it is shown, and how
// it is taken back. Every change of it is a Set.
type Setting[T inventory.Resource, V any] struct {
	// Type of a change of it in runs. It stays what it is: runs outlive versions.
	Type string
	// Fact is what changes.
	Fact inventory.Fact[T, V]
	// Title is one line, in which {id}, {region} and {to} stand for the target's and the value.
	Title string
	// Brief is how the title names a value. Left out: as it is shown.
	Brief func(V) string
	// Text shows a value. Left out: on or off for a bool, else what it says of itself.
	Text func(V) string
	// Keys are the KMS keys that a value names.
	Keys func(V) []string
	// Risk of a change, and where it depends on the values.
	Risk   v1alpha1.Risk
	RiskOf func(from, to V) v1alpha1.Risk
	// Call that makes a value be there, as service:Operation, and where it depends on the value.
	Call   string
	CallOf func(to V) string
	// Never is why a change is not taken back, where it is not, and where that depends on what
	// was there.
	Never   string
	NeverOf func(from V) string
	// Back is what is there again once a change is taken back. Left out: what was there before.
	Back func(from, to V) V
	// Undone is what is to be said of taking it back: To, Not and Risk; and where that depends on
	// what was there.
	Undone   Undoing
	UndoneOf func(from V) Undoing
	// Same says whether two values mean the same. Left out: they are equal.
	Same func(a, b V) bool
	// Was is how runs keep a change of it, where that is older than Set is.
	Was Was[V]
}

// Set changes a setting of a target from one value to another.
type Set struct {
	Target Target `json:"target"`
	From   any    `json:"from"`
	To     any    `json:"to"`

	of setting
}

// setting is a Setting of whatever type.
type setting interface {
	name() string
	zero() Set
	encode(Set) ([]byte, error)
	decode(content []byte) (Set, error)
	describe(Set) Description
	undo(Set) Undoing
}

// settings are all there are, filled while the package initialises.
var settings []setting

// sets declares a setting.
func sets[T inventory.Resource, V any](s Setting[T, V]) *Setting[T, V] {
	settings = append(settings, &s)
	return &s
}

// Set is the change of the setting of a target.
func (s *Setting[T, V]) Set(target Target, from, to V) Set {
	return Set{Target: target, From: from, To: to, of: s}
}

// Of returns the values of a change; not ok if it is of another setting.
func (s *Setting[T, V]) Of(a Action) (set Set, from, to V, ok bool) {
	if set, ok = a.(Set); !ok || set.of != setting(s) {
		return set, from, to, false
	}
	from, is := set.From.(V)
	to, also := set.To.(V)
	return set, from, to, is && also
}

// Restored is what is there again once a change is taken back.
func (s *Setting[T, V]) Restored(from, to V) V {
	if s.Back != nil {
		return s.Back(from, to)
	}
	return from
}

// CallTo is the call that makes the value be there.
func (s *Setting[T, V]) CallTo(to V) string {
	if s.CallOf != nil {
		return s.CallOf(to)
	}
	return s.Call
}

// Shown is how a person is shown a value.
func (s *Setting[T, V]) Shown(value V) string {
	if s.Text != nil {
		return s.Text(value)
	}
	switch v := any(value).(type) {
	case bool:
		return map[bool]string{true: "on", false: "off"}[v]
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(value)
}

// onOff is the call of two that turns something on, or off.
func onOff(on bool, enable, disable string) string {
	if on {
		return enable
	}
	return disable
}

func (s *Setting[T, V]) name() string { return s.Type }

func (s *Setting[T, V]) zero() Set {
	var none V
	return s.Set(Target{}, none, none)
}

func (s *Setting[T, V]) encode(a Set) ([]byte, error) {
	if _, from, to, ok := s.Of(a); ok && s.Was.Target != "" {
		if content, ok := s.Was.encode(a.Target, from, to); ok {
			return content, nil
		}
	}
	type plain Set
	return json.Marshal(plain(a))
}

func (s *Setting[T, V]) decode(content []byte) (Set, error) {
	if s.Was.wrote(content) {
		target, from, to, err := s.Was.decode(content)
		return s.Set(target, from, to), err
	}
	var typed struct {
		Target   Target
		From, To V
	}
	err := json.Unmarshal(content, &typed)
	return s.Set(typed.Target, typed.From, typed.To), err
}

func (s *Setting[T, V]) describe(a Set) Description {
	_, from, to, _ := s.Of(a)
	risk, brief := s.Risk, s.Shown
	if s.RiskOf != nil {
		risk = s.RiskOf(from, to)
	}
	if s.Brief != nil {
		brief = s.Brief
	}
	var keys []string
	if s.Keys != nil {
		keys = s.Keys(to)
	}
	return Description{
		Keys:       keys,
		Target:     a.Target.Ref(),
		Collection: s.Fact.Collection.Name,
		Setting:    s.Fact.Name,
		Title:      strings.NewReplacer("{id}", a.Target.ID, "{region}", a.Target.Region, "{to}", brief(to)).Replace(s.Title),
		From:       s.Shown(from),
		To:         s.Shown(to),
		Risk:       risk,
		Calls:      []string{s.CallTo(to)},
	}
}

func (s *Setting[T, V]) undo(a Set) Undoing {
	_, from, to, _ := s.Of(a)
	why, how, restored := s.Never, s.Undone, s.Restored(from, to)
	if s.NeverOf != nil {
		why = s.NeverOf(from)
	}
	if why != "" {
		return never(why)
	}
	if s.UndoneOf != nil {
		how = s.UndoneOf(from)
	}
	how.Calls = []string{s.CallTo(restored)}
	if how.To == "" {
		how.To = s.Shown(restored)
	}
	return how
}

// MarshalJSON implements json.Marshaler.
func (a Set) MarshalJSON() ([]byte, error) { return a.of.encode(a) }

// Describe implements Action.
func (a Set) Describe() Description { return a.of.describe(a) }

// Undo implements Action. It is one call, so that it was done whole.
func (a Set) Undo([]string) Undoing { return a.of.undo(a) }
