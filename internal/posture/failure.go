package posture

import (
	"fmt"
	"slices"
	"time"
)

// What AWS refused it mostly refuses again. A change that failed goes after all others, so that
// it ends no run before they had their turn; one that failed twice is held with AWS's words,
// until it is another change or a day is over.

// Bounds of failures.
const (
	// heldFrom is how many failures within FailureWindow hold a change.
	heldFrom = 2
	// FailureWindow is how far back failures count.
	FailureWindow = 24 * time.Hour
	// RetryAfter is how long a change that failed is left alone, and all changes are after a run
	// that too many failures ended.
	RetryAfter = 10 * time.Minute
)

// Failure is one run in which a change could not be applied.
type Failure struct {
	At time.Time
	// Why, in AWS's words.
	Why string
}

// Failures are those of one change.
type Failures []Failure

// Resting says why a change that failed so is not tried now, or "", and whether it failed within
// the window at all.
func (f Failures) Resting(now time.Time) (why string, failed bool) {
	recent := slices.DeleteFunc(slices.Clone(f), func(one Failure) bool { return !Recent(one.At, now, FailureWindow) })
	if len(recent) == 0 {
		return "", false
	}
	slices.SortFunc(recent, func(a, b Failure) int { return a.At.Compare(b.At) })
	last := recent[len(recent)-1]
	until := last.At.Add(RetryAfter)
	if len(recent) >= heldFrom {
		until = recent[len(recent)-heldFrom].At.Add(FailureWindow)
	}
	if !until.After(now) {
		return "", true
	}
	return fmt.Sprintf("cannot be applied: %s; failed %d times within a day, tried again from %s on", last.Why, len(recent), until.UTC().Format(time.RFC3339)), true
}

// Failed names what the plan holds because it failed, and what gets it out of there, or "".
func (p Plan) Failed() string {
	n, first := 0, ""
	for _, held := range p.Held {
		if held.Failed == "" {
			continue
		}
		if n++; n == 1 {
			first = fmt.Sprintf("%s: %s", held.Ref.Name(), held.Failed)
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d actions are held until what keeps them from being applied is mended and their time has come, or until they are not needed any more; first %s", n, first)
}
