package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

const (
	// rivalsAtOnce bounds how many contests CloudTrail is asked about in one round: two a second
	// is all that it answers.
	rivalsAtOnce = 10
	// maxResource bounds a resource's name as findings show it.
	maxResource = 300
)

// rival says who else changed what a change is about, where CloudTrail tells.
func (v *visit) rival(ctx context.Context, change posture.Change, since time.Time) string {
	if len(v.contested) >= rivalsAtOnce {
		return "CloudTrail was not asked who: there are too many"
	}
	deeds, err := read.Deeds(ctx, v.session, change.Target.Region, change.Target.ID, since)
	if err != nil {
		return "CloudTrail could not be asked who: " + inventory.Clean(rootOf(err).Error(), 200)
	}
	own := v.rules().Protection
	deeds = slices.DeleteFunc(deeds, func(d inventory.Deed) bool { return own.Owns(d.By) })
	if len(deeds) == 0 {
		return "CloudTrail names nobody else"
	}
	// Who makes the same call as the plan is likelier the one than who tagged it since.
	likely := deeds[0]
	for _, deed := range slices.Backward(deeds) {
		if slices.ContainsFunc(change.Calls, func(call string) bool { return callName(call) == deed.Event }) {
			likely = deed
		}
	}
	return fmt.Sprintf("last changed by %s (%s at %s)", inventory.Clean(likely.By, 200), inventory.Clean(likely.Event, 64), likely.At.UTC().Format(time.RFC3339))
}

func callName(call string) string {
	_, name, _ := strings.Cut(call, ":")
	return name
}
