package posture

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// A list that comes back empty or halved is more often a lie than a deletion: a filter that
// went wrong, a region that answers with nothing, a cache that has not filled. On such a
// reading nothing is planned, until a second one agrees.

// halvesFrom is how many resources a collection must have had for the loss of more than half of
// them to count; a smaller one has shrunk only once it is empty.
const halvesFrom = 10

// Measure is what is believed of the size of an account, after a round.
type Measure struct {
	// Sizes of all collections that were ever read in full, by name.
	Sizes []v1alpha1.CollectionSize
	// Shrank says what is so much smaller that it is not believed yet, a sentence each.
	Shrank []string

	// doubted are the collections of this reading that are not believed, and why.
	doubted map[string]string
}

// Weigh compares what a round read with what was known of the account before it. A collection
// that could not be read in full keeps its size, and its doubt.
func Weigh(known v1alpha1.AccountPostureStatus, declared []Declaration, facts *inventory.Snapshot) Measure {
	sizes := map[string]v1alpha1.CollectionSize{}
	for _, size := range known.Collections {
		sizes[size.Collection] = size
	}
	m := Measure{doubted: map[string]string{}}
	if had, has := len(known.Controls), len(declared); has*2 < had {
		m.Shrank = append(m.Shrank, fmt.Sprintf("the declared posture had %d controls and now has %s", had, orNone(has)))
	}
	for _, collection := range collectionsOf(declared) {
		size, isKnown := sizes[collection]
		now, complete := facts.Size(collection)
		switch {
		case complete:
			size = believe(size, isKnown, collection, now)
		case !isKnown:
			continue
		}
		sizes[collection] = size
		if size.Doubted == nil {
			continue
		}
		why := fmt.Sprintf("%s had %d resources and now has %s", collection, size.Size, orNone(int(*size.Doubted)))
		m.Shrank = append(m.Shrank, why)
		if complete {
			m.doubted[collection] = why
		}
	}
	for _, collection := range slices.Sorted(maps.Keys(sizes)) {
		m.Sizes = append(m.Sizes, sizes[collection])
	}
	return m
}

// believe takes a reading for the size of a collection, unless it is doubted and no former
// reading showed as few.
func believe(before v1alpha1.CollectionSize, isKnown bool, collection string, now int) v1alpha1.CollectionSize {
	read := int32(now) //nolint:gosec // what one account holds fits
	agreed := before.Doubted != nil && read <= *before.Doubted
	if isKnown && !agreed && shrinks(before.Size, read) {
		before.Doubted = &read
		return before
	}
	return v1alpha1.CollectionSize{Collection: collection, Size: read}
}

// shrinks leaves out what has one item: such a collection is mostly a setting, not a list.
func shrinks(before, now int32) bool {
	return before > 1 && now == 0 || before >= halvesFrom && now*2 < before
}

func collectionsOf(declared []Declaration) []string {
	names := map[string]bool{}
	for _, d := range declared {
		names[d.Control.Want.Collection] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func orNone(n int) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

// Doubting is the report without what was concluded from a reading that is not believed: an
// empty list passes every control over it.
func (r Report) Doubting(m Measure) Report {
	r.Controls = slices.Clone(r.Controls)
	for i, control := range r.Controls {
		if why, doubted := m.doubted[control.Control.Want.Collection]; doubted {
			ref := inventory.Ref{Account: r.Account, Type: control.Control.Want.Collection, ID: control.Control.Want.Collection}
			r.Controls[i].Judged = []Judged{{Ref: ref, Verdict: Unknown(&fault.Fault{Class: fault.Unavailable, Message: why + "; it is read again before that is believed"})}}
		}
	}
	return r
}

// Withheld is a plan of nothing, that says as before what no plan would mend.
func (p Plan) Withheld() Plan { return Plan{Held: p.Held, Hash: HashOf(nil)} }

// Why says all that shrank, for a person.
func (m Measure) Why() string {
	return "nothing is planned until a second reading agrees: " + strings.Join(m.Shrank, "; ")
}
