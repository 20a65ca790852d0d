package action

import "time"

var iamTypes = []Action{SetPasswordPolicy{}, DeactivateAccessKey{}, DeletePassword{}, RequireMFA{}, MoveAttachedPolicy{}, MoveInlinePolicy{}}

// day is how actions show and keep dates: to the day, so that they stay the same action while
// nothing that counts has changed.
func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }
