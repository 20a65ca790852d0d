package logs

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// usualDays is what the leaf's default says, for who judges without an API server.
const usualDays = 365

// controlTower owns these groups; its organization policy refuses everyone else's changes.
const controlTower = "aws-controltower/"

// An incident is often found months after it began; logs that are gone by then tell nothing.
var logGroupRetention = posture.AddPlain(&Controls, posture.Plain[v1alpha1.LogGroupRetention, inventory.LogGroup, int32]{
	ID:       "log-group-retention",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.LogGroupRetention { return p.Logging.LogGroupRetention },
	Setting:  action.LogRetention,
	Apart: func(_ v1alpha1.LogGroupRetention, group inventory.LogGroup) (posture.Verdict, bool) {
		return posture.DoesNotApply("RetentionFixed", "the group's class keeps logs for a fixed time"), group.Fixed
	},
	Want: func(leaf v1alpha1.LogGroupRetention, have int32) int32 {
		if forever := have == 0; forever {
			return have
		}
		return max(have, fewestDays(leaf))
	},
	Reason: "RetentionTooShort",
	Says:   "keeps logs for {have}, declared are {want}",
	ByHand: func(leaf v1alpha1.LogGroupRetention, group inventory.LogGroup) string {
		if !strings.HasPrefix(group.ID, controlTower) {
			return ""
		}
		return fmt.Sprintf("Control Tower manages %s: set its log retention to at least %d days in the landing zone's settings, in the organization's management account", group.ID, fewestDays(leaf))
	},
})

func fewestDays(leaf v1alpha1.LogGroupRetention) int32 { return cmp.Or(leaf.MinDays, usualDays) }
