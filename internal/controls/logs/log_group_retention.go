package logs

import (
	"cmp"
	"fmt"
	"strings"
	"time"

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
var logGroupRetention = posture.Add(&Controls, posture.Over[v1alpha1.LogGroupRetention, inventory.LogGroup]{
	ID:       "log-group-retention",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.LogGroupRetention { return p.Logging.LogGroupRetention },
	Observe:  inventory.LogGroups.With(),
	Judge: func(leaf v1alpha1.LogGroupRetention, group inventory.LogGroup, _ time.Time) posture.Verdict {
		least := fewestDays(leaf)
		switch {
		case group.Fixed:
			return posture.DoesNotApply("RetentionFixed", "the group's class keeps logs for a fixed time")
		case group.RetentionDays != 0 && group.RetentionDays < least:
			return posture.Fail("RetentionTooShort", "keeps logs for %d days, declared are %d", group.RetentionDays, least)
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.LogGroupRetention](action.KeepLogs{}),
	Mend: func(leaf v1alpha1.LogGroupRetention, group inventory.LogGroup) []action.Action {
		if strings.HasPrefix(group.ID, controlTower) {
			return nil
		}
		return []action.Action{action.KeepLogs{Group: action.On(group), From: group.RetentionDays, To: fewestDays(leaf)}}
	},
	ByHand: func(leaf v1alpha1.LogGroupRetention, group inventory.LogGroup) string {
		return fmt.Sprintf("Control Tower manages %s: set its log retention to at least %d days in the landing zone's settings, in the organization's management account", group.ID, fewestDays(leaf))
	},
})

func fewestDays(leaf v1alpha1.LogGroupRetention) int32 { return cmp.Or(leaf.MinDays, usualDays) }
