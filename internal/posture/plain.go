package posture

import (
	"reflect"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Plain is a control over one setting V of the resources T: it is as the leaf L wants it, or is
// set to that. What was not read is Unknown, what is wanted is judged and planned by one word.
type Plain[L any, T inventory.Resource, V any] struct {
	// ID as in the catalogue.
	ID string
	// Declared returns the control's leaf, or nil where it is not declared.
	Declared func(*v1alpha1.Posture) *L
	Setting  *action.Setting[T, V]
	// Want returns the value that the leaf asks for where this one is there; this one, if it will
	// do.
	Want func(leaf L, have V) V
	// Reason of a failure, in one CamelCase word, and the sentence; {have} and {want} stand for
	// the values.
	Reason, Says string
	// Fails is for a control that fails for several reasons. Optional.
	Fails func(leaf L, have V) Verdict
	// Passes is for what does by somebody else's doing: it is inherited. Optional.
	Passes func(have V) Verdict
	// Apart says that the control is not about a resource, or that somebody else sees to it.
	// Optional.
	Apart func(leaf L, resource T) (Verdict, bool)
	// ByHand says what a person has to do about a failure that the setting cannot mend, or "".
	// Optional.
	ByHand func(leaf L, resource T) string
}

// AddPlain puts a plain control into a set.
func AddPlain[L any, T inventory.Resource, V any](set *Set, plain Plain[L, T, V]) Over[L, T] {
	return Add(set, Over[L, T]{
		ID:       plain.ID,
		Declared: plain.Declared,
		Observe:  plain.Setting.Fact.Selection(),
		Judge:    plain.judge,
		Mend:     plain.mend,
		Plans:    plain.plans,
		ByHand:   plain.ByHand,
	})
}

// To is a want that is the same whatever is declared.
func To[L, V any](want V) func(L, V) V { return func(L, V) V { return want } }

func (p Plain[L, T, V]) judge(leaf L, resource T, _ time.Time) Verdict {
	if p.Apart != nil {
		if verdict, apart := p.Apart(leaf, resource); apart {
			return verdict
		}
	}
	have, err := p.Setting.Fact.Of(resource)
	if err != nil {
		return Unknown(err)
	}
	want := p.Want(leaf, have)
	switch does := p.does(have, want); {
	case does && p.Passes != nil:
		return p.Passes(have)
	case does:
		return Pass()
	case p.Fails != nil:
		return p.Fails(leaf, have)
	}
	return Fail(p.Reason, "%s", strings.NewReplacer("{have}", p.Setting.Shown(have), "{want}", p.Setting.Shown(want)).Replace(p.Says))
}

// plans is what the leaf asks for where nothing is set.
func (p Plain[L, T, V]) plans(leaf L) []action.Action {
	var nothing V
	return []action.Action{p.Setting.Set(action.Target{}, nothing, p.Want(leaf, nothing))}
}

func (p Plain[L, T, V]) does(have, want V) bool {
	if p.Setting.Same != nil {
		return p.Setting.Same(have, want)
	}
	return reflect.DeepEqual(have, want)
}

func (p Plain[L, T, V]) mend(leaf L, resource T) []action.Action {
	have, err := p.Setting.Fact.Of(resource)
	if err != nil || p.ByHand != nil && p.ByHand(leaf, resource) != "" {
		return nil
	}
	return []action.Action{p.Setting.Set(action.On(resource), have, p.Want(leaf, have))}
}
