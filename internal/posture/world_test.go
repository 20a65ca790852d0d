package posture_test

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// The tables of this package play in a world of their own, so that they hold the engine to its
// rules whatever controls there are: things with a shape, and one leaf with a value for every
// order that leaves know.

var asOf = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// leaf declares a control of this world.
type leaf struct {
	v1alpha1.Setting `json:",inline"`

	Length    int32    `json:"length,omitempty"    stricter:"larger"`
	Age       int32    `json:"age,omitempty"       stricter:"smaller"`
	Classes   *bool    `json:"classes,omitempty"   stricter:"true"`
	Approved  []string `json:"approved,omitempty"  stricter:"both"`
	Ports     []int32  `json:"ports,omitempty"     stricter:"either"`
	Algorithm string   `json:"algorithm,omitempty" stricter:"AES256<aws:kms<aws:kms:dsse"`
	Bucket    string   `json:"bucket,omitempty"`
	Topic     string   `json:"topic,omitempty"`
}

// thing is the one kind of resource there is.
type thing struct {
	inventory.Ref
	Shape inventory.Observed[string]
}

var (
	things    = inventory.Collection[thing]{Name: "test.things"}
	regionals = inventory.Collection[thing]{Name: "test.regionals", Scope: inventory.Regional}
)

// round is a thing as it should be.
func round(id string) thing { return shaped(id, "round") }

// square is a thing as it should not be.
func square(id string) thing { return shaped(id, "square") }

func shaped(id, shape string) thing {
	return thing{Ref: inventory.Ref{Account: "111111111111", Partition: "aws", Type: "Test::Thing", ID: id}, Shape: inventory.Seen(shape, asOf)}
}

// veiled is a thing whose shape could not be read.
func veiled(id string) thing {
	t := round(id)
	t.Shape = inventory.Unseen[string](fault.DeniedRead("test:DescribeThing", "test:DescribeThing"))
	return t
}

// owned is a square thing that another tool marks as its own.
func owned(id, key, value string) thing {
	t := square(id)
	t.Tags = inventory.Seen(map[string]string{key: value}, asOf)
	return t
}

// reshape is the one kind of action there is.
type reshape struct {
	Thing   action.Target
	To      string
	Setting string        `json:",omitempty"`
	Kind    v1alpha1.Risk `json:",omitempty"`
	Touches []string      `json:",omitempty"`
	In      string        `json:",omitempty"`
}

func (r reshape) Undo([]string) action.Undoing { return action.Undoing{} }

func (r reshape) Describe() action.Description {
	return action.Description{
		Target: r.Thing.Ref(), Collection: or(r.In, things.Name), Setting: or(r.Setting, "Shape"), Title: "make " + r.Thing.ID + " " + r.To,
		From: "square", To: r.To, Risk: v1alpha1.Risk(or(string(r.Kind), string(v1alpha1.Safe))), Calls: []string{"test:Reshape"}, Touches: r.Touches,
	}
}

func or(value, usual string) string {
	if value == "" {
		return usual
	}
	return value
}

// rule makes a control that wants round things, declared by the leaves of the postures.
func rule(id string, leaves map[*v1alpha1.Posture]*leaf, mend func(leaf, thing) []action.Action) posture.Control {
	return ruleOver(things, id, leaves, mend)
}

func ruleOver(over inventory.Collection[thing], id string, leaves map[*v1alpha1.Posture]*leaf, mend func(leaf, thing) []action.Action) posture.Control {
	var set posture.Set
	posture.Add(&set, posture.Over[leaf, thing]{
		ID:       id,
		Declared: func(p *v1alpha1.Posture) *leaf { return leaves[p] },
		Observe:  over.With(),
		Judge: func(_ leaf, t thing, _ time.Time) posture.Verdict {
			shape, err := t.Shape.Get()
			switch {
			case err != nil:
				return posture.Unknown(err)
			case shape == "round":
				return posture.Pass()
			case shape == "flat":
				return posture.DoesNotApply("Flat", "it has no shape")
			case shape == "wrapped":
				return posture.Contained("Wrapped", "it is wrapped")
			}
			return posture.Fail("NotRound", "it is %s", shape)
		},
		Mend: mend,
		ByHand: func(_ leaf, t thing) string {
			return "make " + t.ID + " round"
		},
	})
	return set.All()[0]
}

// makeRound is the usual way to mend a thing.
func makeRound(_ leaf, t thing) []action.Action {
	return []action.Action{reshape{Thing: action.On(t), To: "round"}}
}

// declared is a declaration of the control in the enforcement.
func declared(control posture.Control, enforcement v1alpha1.Enforcement, change ...func(*posture.Declaration)) posture.Declaration {
	d := posture.Declaration{Control: control, Leaf: &leaf{}, Severity: v1alpha1.Medium, Enforcement: enforcement, Baselines: []string{"test"}}
	for _, c := range change {
		c(&d)
	}
	return d
}

func explicit(d *posture.Declaration) { d.Explicit = true }

// observed is a snapshot in which these things were read.
func observed(items ...thing) *inventory.Snapshot {
	facts := inventory.NewSnapshot("111111111111", "aws", "us-east-1", []string{"eu-west-1", "us-east-1"}, asOf)
	things.Put(facts, "", inventory.Seen(items, asOf))
	return facts
}
