// Package posture judges an account and plans what would mend it: facts and declarations in,
// verdicts and actions out. It is pure: no clock, no network, no Kubernetes.
package posture

import (
	"slices"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Over is a control over the resources T of one collection, declared by the leaf L.
type Over[L any, T inventory.Resource] struct {
	// ID as in the catalogue.
	ID string
	// Declared returns the control's leaf, or nil where it is not declared.
	Declared func(*v1alpha1.Posture) *L
	// Observe says which facts the control looks at.
	Observe inventory.Selection[T]
	// Facets are further ones that what the leaf declares needs. Optional.
	Facets func(leaf L) inventory.Facets
	// Judge concludes on one resource. A fact that was not read is Unknown, never Pass or Fail.
	Judge func(leaf L, resource T, asOf time.Time) Verdict
	// Mend returns what would make a failing resource pass. Nil: nothing can but a person.
	Mend func(leaf L, resource T) []action.Action
	// ByHand says what a person has to do about a finding that no action mends, with the exact
	// command where there is one.
	ByHand func(leaf L, resource T) string
}

// Control is one verifiable rule.
type Control struct {
	ID   string
	Want inventory.Want
	// Mends says whether any action mends it; otherwise only a person does.
	Mends bool

	facets   func(leaf any) inventory.Facets
	declared func(*v1alpha1.Posture) any
	judge    func(leaf any, facts *inventory.Snapshot) []Judged
}

// Judged is a control's verdict on one resource, with what would mend it.
type Judged struct {
	Ref     inventory.Ref
	Verdict Verdict
	Mend    []action.Action
	ByHand  string
	// AcceptedBy names the acceptance that covers a failure; nothing is planned for it.
	AcceptedBy string
}

// Set is a set of controls, filled while a package initialises.
type Set struct{ controls []Control }

// All returns the controls of the set.
func (s *Set) All() []Control { return s.controls }

// Add puts a control into a set and returns it.
func Add[L any, T inventory.Resource](set *Set, over Over[L, T]) Over[L, T] {
	set.controls = append(set.controls, over.erase())
	return over
}

// Leaf returns the leaf that declares the control in the posture, or nil.
func (c Control) Leaf(p *v1alpha1.Posture) any { return c.declared(p) }

// WantFor returns which facts the control looks at where the leaf declares it.
func (c Control) WantFor(leaf any) inventory.Want {
	want := c.Want
	want.Facets = slices.Concat(want.Facets, c.facets(leaf))
	return want
}

func (o Over[L, T]) erase() Control {
	return Control{
		ID:    o.ID,
		Want:  o.Observe.Want(),
		Mends: o.Mend != nil,
		declared: func(p *v1alpha1.Posture) any {
			if leaf := o.Declared(p); leaf != nil {
				return leaf
			}
			return nil
		},
		facets: func(leaf any) inventory.Facets {
			declared, ok := leaf.(*L)
			if !ok || o.Facets == nil {
				return nil
			}
			return o.Facets(*declared)
		},
		judge: func(leaf any, facts *inventory.Snapshot) []Judged {
			declared, ok := leaf.(*L)
			if !ok {
				return nil
			}
			return o.judgeAll(*declared, facts)
		},
	}
}

// judgeAll judges every resource; a place that could not be read is one Unknown.
func (o Over[L, T]) judgeAll(leaf L, facts *inventory.Snapshot) []Judged {
	var all []Judged
	for _, place := range facts.Places(o.Observe.Name, o.Observe.Scope) {
		items, err := o.Observe.In(facts, place.Region).Get()
		if err != nil {
			all = append(all, Judged{Ref: unread(facts, place), Verdict: Unknown(err)})
			continue
		}
		for _, item := range items {
			all = append(all, o.judgeOne(leaf, item, facts.AsOf))
		}
	}
	return all
}

func (o Over[L, T]) judgeOne(leaf L, item T, asOf time.Time) Judged {
	judged := Judged{Ref: item.Reference(), Verdict: o.Judge(leaf, item, asOf)}
	if s := judged.Verdict.Status; s != v1alpha1.Fail && s != v1alpha1.Contained {
		return judged
	}
	if o.Mend != nil && judged.Verdict.Status == v1alpha1.Fail {
		judged.Mend = o.Mend(leaf, item)
	}
	if o.ByHand != nil && len(judged.Mend) == 0 {
		judged.ByHand = o.ByHand(leaf, item)
	}
	return judged
}

// unread names what stands for all resources of a place that could not be read.
func unread(facts *inventory.Snapshot, place inventory.Place) inventory.Ref {
	return inventory.Ref{Account: facts.Account, Partition: facts.Partition, Region: place.Region, Type: place.Collection, ID: place.Collection}
}
