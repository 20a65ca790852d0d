package posture

import (
	"slices"
	"time"

	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A change that somebody undoes as often as it is applied is a fight, and neither side of one
// protects anything: it only costs, and hides who is right. The operator leaves off first, for
// longer each time.

// Contest bounds.
const (
	// ContestedFrom is how many applications within contestedWithin make a contest: all of them
	// were undone, or the change would not be planned again.
	ContestedFrom   = 4
	contestedWithin = time.Hour
	// contestedInADay is how many applications within ContestWindow make one too, though they
	// lie further apart: an account that is looked at once an hour never applies four in an hour.
	// The same action re-applied more than three times in an hour, or more than six in a day, is
	// a fight, and is not fought.
	contestedInADay = 7
	// ContestWindow is how far back applications count, and the longest that a change is left alone.
	ContestWindow = 24 * time.Hour
)

// ContestKey names what is fought over: the setting, and what the operator makes of it. The hash
// of the action would not do, since it changes with whatever the other side leaves behind; nor
// would the setting alone, since a declaration that is edited back and forth fights nobody.
func ContestKey(d action.Description) string { return KeyOf(d) + "|" + d.To }

// LeftAlone says until when a change is left alone that was applied at these times, and how
// often it was applied within a day; the zero time if nobody keeps undoing it. A time that lies
// ahead was taken from another clock, and counts, however far it does: what is left alone too long
// harms less than a fight.
func LeftAlone(applied []time.Time, now time.Time) (until time.Time, times int) {
	recent := slices.DeleteFunc(slices.Clone(applied), func(at time.Time) bool { return now.Sub(at) >= ContestWindow })
	slices.SortFunc(recent, time.Time.Compare)
	times = len(recent)
	contested := times >= contestedInADay
	for i := ContestedFrom - 1; i < times; i++ {
		contested = contested || recent[i].Sub(recent[i-ContestedFrom+1]) < contestedWithin
	}
	if !contested {
		return time.Time{}, times
	}
	return recent[times-1].Add(leftAloneFor(times)), times
}

// leftAloneFor doubles from an hour on with each further application.
func leftAloneFor(times int) time.Duration {
	alone := contestedWithin
	for range times - ContestedFrom {
		if alone *= 2; alone >= ContestWindow {
			return ContestWindow
		}
	}
	return alone
}
