package posture

import "time"

// Skew is how far two clocks that are right may be apart.
const Skew = time.Minute

// Recent says whether something happened less than so long ago. A time that lies further ahead
// than clocks are apart was taken from one that was wrong, and tells nothing: else what lasts for
// minutes would last until that time has come. Only what counts applications, for the limits and
// for contests, counts such a time, since there it is safe to have done too little.
func Recent(at, now time.Time, within time.Duration) bool {
	ago := now.Sub(at)
	return -Skew <= ago && ago < within
}
