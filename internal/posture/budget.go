package posture

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Limits bound what is changed without approval over a day, not over one round: a declaration that
// is edited step by step, or an interval of a minute, would else make many small plans of one
// that is too large.

// BudgetWindow is how long a change counts against the limits.
const BudgetWindow = 24 * time.Hour

// Spent is what was changed without approval within the window.
type Spent struct {
	// Actions that changed something.
	Actions int
	// Oldest is when the first of them did.
	Oldest time.Time

	targets map[string]map[string]bool
	// began is the first change in each collection: how many resources it had then.
	began map[string]sized
}

type sized struct {
	at   time.Time
	size int
}

// Add counts a change that was made then, in a collection that had so many resources when it was
// planned.
func (s *Spent) Add(at time.Time, d action.Description, size int) {
	if s.targets == nil {
		s.targets, s.began = map[string]map[string]bool{}, map[string]sized{}
	}
	s.Actions++
	if s.Oldest.IsZero() || at.Before(s.Oldest) {
		s.Oldest = at
	}
	mark(s.targets, d)
	if began, ok := s.began[d.Collection]; !ok || at.Before(began.at) {
		s.began[d.Collection] = sized{at: at, size: size}
	}
}

// mark notes the target of a change among those of its collection.
func mark(targets map[string]map[string]bool, d action.Description) {
	if targets[d.Collection] == nil {
		targets[d.Collection] = map[string]bool{}
	}
	targets[d.Collection][d.Target.Region+d.Target.Name()] = true
}

// exceeded names the limit that the automatic changes exceed, together with what was changed
// already, or "".
func (r Rules) exceeded(changes []Change, facts *inventory.Snapshot) string {
	automatic := 0
	targets := map[string]map[string]bool{}
	for _, change := range changes {
		if change.Mode == Automatic {
			automatic++
			mark(targets, change.Description)
		}
	}
	if automatic == 0 {
		return ""
	}
	if automatic+r.Spent.Actions > r.MaxActions {
		return fmt.Sprintf("%d actions%s exceed limits.maxActions %d", automatic, r.Spent.besides(r.Spent.Actions), r.MaxActions)
	}
	for _, collection := range slices.Sorted(maps.Keys(targets)) {
		planned, size := len(targets[collection]), r.sizeOf(collection, facts)
		maps.Copy(targets[collection], r.Spent.targets[collection])
		changed := len(targets[collection])
		// All of it is no bound, however much was added since.
		if changed > percentFrom && r.MaxPercent < 100 && changed*100 > r.MaxPercent*size {
			return fmt.Sprintf("%d of %d %s%s exceed limits.maxPercent %d", planned, size, collection, r.Spent.besides(changed-planned), r.MaxPercent)
		}
	}
	return ""
}

// sizeOf is what a share of the collection is counted by: the size that it had before anything in
// it was changed, so that whoever adds to it does not make room.
func (r Rules) sizeOf(collection string, facts *inventory.Snapshot) int {
	if began, ok := r.Spent.began[collection]; ok && began.size > 0 {
		return began.size
	}
	size, _ := facts.Size(collection)
	return size
}

func (s Spent) besides(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", besides %d within the last 24 hours,", n)
}
