package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// verifyAfter is how soon an account is read again after a run wrote to it.
const verifyAfter = 2 * time.Second

// retryAfter is how long a plan whose run failed is left alone.
const retryAfter = 10 * time.Minute

// mend takes the plan further: runs that may start are applied, and what needs an approval is
// offered. After a run has written, nothing is concluded from what was read before it.
func (v *visit) mend(ctx context.Context) error {
	if v.suspended() != "" || v.remediation.RoleARN == "" {
		return nil
	}
	if err := v.supersede(ctx); err != nil {
		return err
	}
	for _, run := range v.runs.open {
		if startable(run) {
			return v.apply(ctx, run)
		}
	}
	automatic := v.found.Plan.In(posture.Automatic)
	if v.runs.ended(posture.HashOf(automatic), v1alpha1.RunFailed, v.Now().Add(-retryAfter)) {
		conditions.Set(v.account, v1alpha1.ConditionBlocked, metav1.ConditionTrue, v1alpha1.ReasonRunFailed, "the last run of this plan failed; it is tried again later")
		return v.offer(ctx)
	}
	if run, err := v.ensureRuns(ctx, v1alpha1.TriggerEnforced, automatic); err != nil {
		return err
	} else if run != nil {
		return v.apply(ctx, run)
	}
	return v.offer(ctx)
}

// suspended says who stopped all writing, or "".
func (v *visit) suspended() string {
	switch {
	case v.Suspended:
		return v1alpha1.ReasonOperatorSuspended
	case v.account.Spec.Guard.Suspend:
		return v1alpha1.ReasonSuspendedByOwner
	}
	return ""
}

// startable says whether a run needs nobody's leave any more.
func startable(run *v1alpha1.RemediationRun) bool {
	if run.Status.Phase.Final() {
		return false
	}
	return run.Spec.Trigger == v1alpha1.TriggerEnforced || run.Spec.Approval != nil && run.Spec.Approval.Decision == v1alpha1.Approved
}

// supersede closes the open runs that are decided or overtaken: rejected ones, and offered ones
// whose plan is not the plan any more.
func (v *visit) supersede(ctx context.Context) error {
	offered := posture.HashOf(v.found.Plan.In(posture.Offered))
	var still []*v1alpha1.RemediationRun
	for _, run := range v.runs.open {
		var err error
		switch {
		case run.Status.Phase.Final():
			err = v.finish(ctx, run, run.Status.Phase, "", "")
		case startable(run):
			still = append(still, run)
		case run.Spec.Approval != nil:
			err = v.finish(ctx, run, v1alpha1.RunRejected, v1alpha1.ReasonRejected, "rejected by "+run.Spec.Approval.By)
		case run.Spec.PlanHash != offered:
			err = v.finish(ctx, run, v1alpha1.RunSuperseded, v1alpha1.ReasonSuperseded, "the plan changed")
		default:
			still = append(still, run)
		}
		if err != nil {
			return err
		}
	}
	v.runs.open = still
	v.account.Status.OfferedRun = ""
	if waiting := slices.IndexFunc(still, func(run *v1alpha1.RemediationRun) bool { return !startable(run) }); waiting >= 0 {
		v.account.Status.OfferedRun = still[waiting].Name
	}
	return nil
}

// offer makes the runs that wait for an approval, unless the same plan was rejected.
func (v *visit) offer(ctx context.Context) error {
	changes := v.found.Plan.In(posture.Offered)
	if len(changes) == 0 {
		return nil
	}
	if v.runs.ended(posture.HashOf(changes), v1alpha1.RunRejected, time.Time{}) {
		return nil
	}
	run, err := v.ensureRuns(ctx, v1alpha1.TriggerOffered, changes)
	if err != nil {
		return err
	}
	if run != nil {
		v.account.Status.OfferedRun = run.Name
	}
	return nil
}

// errStop ends a run for now; what is left of it is planned anew in the next round.
var errStop = errors.New("stopped")

// apply applies a run: what the fresh plan still holds unchanged, in the order of the run.
func (v *visit) apply(ctx context.Context, run *v1alpha1.RemediationRun) error {
	if wait := v.WritesFrom().Sub(v.Now()); wait > 0 {
		v.again = wait
		return nil
	}
	session, err := v.AWS.OpenForRun(ctx, v.remediation)
	if err != nil {
		return unreachable(v.remediation, err)
	}
	v.account.Status.RemediationIdentity = session.Identity
	run.Status.Caller = session.Identity
	run.Status.Phase = v1alpha1.RunRunning
	conditions.Working(run, v1alpha1.ReasonApplying, "is being applied")
	v.again = verifyAfter
	kept := &journal{visit: v, run: run, dirty: true}
	intents, err := v.intents(run, kept)
	if err != nil {
		return err
	}
	outcome, err := remedy.Apply(ctx, session, intents, kept, v.may)
	if err != nil {
		return err
	}
	if errors.Is(outcome.Stopped, errStop) {
		return nil
	}
	return v.close(ctx, run, outcome)
}

// intents are the run's actions that may be applied: those that the fresh plan holds unchanged
// and lets be applied, and those that were begun. The others are journaled as changed.
func (v *visit) intents(run *v1alpha1.RemediationRun, kept *journal) ([]remedy.Intent, error) {
	var intents []remedy.Intent
	for _, planned := range run.Spec.Actions {
		begun := slices.ContainsFunc(run.Status.Journal, func(e v1alpha1.JournalEntry) bool { return e.Action == planned.Hash })
		if !begun && !v.holds(run, planned.Hash) {
			kept.Record(planned.Hash, planned.Calls[0], v1alpha1.CallChanged, "the plan does not hold this action any more")
			continue
		}
		decoded, err := action.Decode(planned.Type, planned.Content.Raw)
		if err != nil {
			return nil, fmt.Errorf("run %s: %w", run.Name, err)
		}
		if rule := v.rules().Protection.Refuses(decoded.Describe()); rule != "" {
			kept.Record(planned.Hash, planned.Calls[0], v1alpha1.CallDenied, "refused: "+rule)
			continue
		}
		intents = append(intents, remedy.Intent{Hash: planned.Hash, Action: decoded})
	}
	return intents, nil
}

// holds says whether the fresh plan holds the action, in a mode that lets the run apply it.
func (v *visit) holds(run *v1alpha1.RemediationRun, hash string) bool {
	for _, change := range v.found.Plan.Changes {
		if change.Hash == hash {
			return change.Mode == posture.Automatic || change.Mode == posture.Offered && run.Spec.Trigger == v1alpha1.TriggerOffered
		}
	}
	return false
}

// may is asked before every single write: the account must still be there, not suspended, and
// declared and guarded as it was when the plan was made.
func (v *visit) may(ctx context.Context) error {
	live := &v1alpha1.AWSAccount{}
	if err := v.Live.Get(ctx, types.NamespacedName{Namespace: v.account.Namespace, Name: v.account.Name}, live); err != nil {
		return fmt.Errorf("%w: reading the account: %w", errStop, err)
	}
	if live.UID != v.account.UID || !live.DeletionTimestamp.IsZero() || live.Generation != v.account.Generation {
		return fmt.Errorf("%w: the AWSAccount was changed or deleted", errStop)
	}
	for _, b := range v.baselines {
		now := &v1alpha1.SecurityBaseline{}
		if err := v.Get(ctx, types.NamespacedName{Namespace: b.Namespace, Name: b.Name}, now); err != nil || now.UID != b.UID || now.Generation != b.Generation {
			return fmt.Errorf("%w: the SecurityBaseline %s was changed or deleted", errStop, b.Name)
		}
	}
	return nil
}

// close makes an applied run final.
func (v *visit) close(ctx context.Context, run *v1alpha1.RemediationRun, outcome remedy.Outcome) error {
	message := fmt.Sprintf("%d applied, %d changed meanwhile, %d failed", outcome.Applied, outcome.Changed, outcome.Failed)
	if outcome.Failed == 0 && outcome.Stopped == nil {
		return v.finish(ctx, run, v1alpha1.RunSucceeded, v1alpha1.ReasonApplied, message)
	}
	if outcome.Stopped != nil {
		message += "; " + outcome.Stopped.Error()
	}
	return v.finish(ctx, run, v1alpha1.RunFailed, v1alpha1.ReasonActionsFailed, message)
}
