package inventory

import "time"

// Deed is a change to a resource that CloudTrail recorded.
type Deed struct {
	// By is who did it, by ARN where there is one.
	By string
	// Event is the call, as CloudTrail names it: PutBucketVersioning.
	Event string
	At    time.Time
}
