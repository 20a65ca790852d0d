package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// mend takes the plan further: runs that may start are applied, and what needs an approval is
// offered. After a run has written, nothing is concluded from what was read before it. While a
// reading is doubted nothing moves, not even what is approved.
func (v *visit) mend(ctx context.Context) error {
	if err := v.expire(ctx); err != nil {
		return err
	}
	if v.doubts() {
		return nil
	}
	if err := v.supersede(ctx); err != nil {
		return err
	}
	if err := v.answerReverts(ctx); err != nil {
		return err
	}
	if why := v.unwritable(); why != "" {
		return v.pause(ctx, why)
	}
	if applied, err := v.applyOne(ctx); err != nil || applied {
		return err
	}
	return v.offer(ctx)
}

// applyOne applies the next run that waits for nobody, and says whether there was one.
func (v *visit) applyOne(ctx context.Context) (bool, error) {
	var waiting []string
	for {
		run, err := v.next(ctx, waiting)
		if run == nil && err == nil {
			run, err = v.enforced(ctx)
		}
		if run == nil || err != nil {
			return false, err
		}
		if waits, err := v.apply(ctx, run); err != nil || !waits {
			return true, err
		}
		waiting = append(waiting, run.Name)
	}
}

// enforced returns the run of the changes that nobody needs to approve, or nil.
func (v *visit) enforced(ctx context.Context) (*v1alpha1.RemediationRun, error) {
	if reason, _ := v.heldBack(); reason != "" {
		return nil, nil
	}
	return v.ensureRuns(ctx, v1alpha1.TriggerEnforced, v.found.Plan.In(posture.Automatic))
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

// unwritable says why no run may write, or "".
func (v *visit) unwritable() string {
	switch {
	case v.suspended() == v1alpha1.ReasonOperatorSuspended:
		return "the operator is suspended"
	case v.suspended() != "":
		return "the account is suspended"
	case v.remediation.RoleARN == "":
		return "spec.remediationRoleARN is not set"
	}
	return ""
}

// pause says on the runs that could go on why they do not.
func (v *visit) pause(ctx context.Context, why string) error {
	for _, run := range v.runs.open {
		if startable(run) {
			if err := v.wait(ctx, run, v1alpha1.ReasonPaused, "goes on when it may write: "+why); err != nil {
				return err
			}
		}
	}
	return nil
}

// wait says on a run why it does not go on.
func (v *visit) wait(ctx context.Context, run *v1alpha1.RemediationRun, reason, why string) error {
	before := run.DeepCopy()
	conditions.Working(run, reason, why)
	if equality.Semantic.DeepEqual(before.Status, run.Status) {
		return nil
	}
	if err := v.updateStatus(ctx, run, before.Status); err != nil {
		return fmt.Errorf("pausing run %s: %w", run.Name, err)
	}
	return nil
}

// heldBack says why changes that nobody needs to approve are not applied, or "".
func (v *visit) heldBack() (reason, why string) {
	automatic := v.found.Plan.In(posture.Automatic)
	switch {
	case v.doubts():
		return v1alpha1.ReasonInventoryShrank, v.measure.Why()
	case v.found.Plan.Blocked != "":
		return v1alpha1.ReasonLimitExceeded, v.found.Plan.Blocked + "; the plan waits for an approval instead"
	case len(automatic) > 0 && v.runs.cutShort(v.Now()):
		return v1alpha1.ReasonRunFailed, v.runs.lastFailed() + "; what is left of the plan is tried again " + posture.RetryAfter.String() + " after it, and what failed then goes last; what fails twice within a day is held, and the rest goes on"
	}
	return "", ""
}

// apply applies a run: what the fresh plan still holds unchanged, in the order of the run. One that
// waits for a person holds up no other.
func (v *visit) apply(ctx context.Context, run *v1alpha1.RemediationRun) (waits bool, err error) {
	if wait := v.WritesFrom().Sub(v.Now()); wait > 0 {
		v.again = wait
		return false, nil
	}
	session, err := v.AWS.OpenForRun(ctx, v.remediation)
	if err != nil {
		return false, unreachable(v.remediation, err)
	}
	kept := v.journalOf(run)
	v.account.Status.RemediationIdentity = session.Identity
	if err := v.readUndone(ctx, run); err != nil {
		return false, err
	}
	may := v.mayUntil(run)
	intents := v.intents(run, kept)
	switch why, err := v.acceptUndone(ctx, run, intents); {
	case err != nil:
		return false, err
	case why != "":
		return true, v.wait(ctx, run, v1alpha1.ReasonPaused, why)
	}
	run.Status.Caller = session.Identity
	run.Status.Phase = v1alpha1.RunRunning
	run.Status.ObservedGeneration = run.Generation
	conditions.Working(run, v1alpha1.ReasonApplying, "is being applied")
	v.again = v.VerifyAfter
	outcome, err := remedy.Apply(ctx, session, intents, kept, may)
	if err != nil {
		return false, err
	}
	if errors.Is(outcome.Stopped, errStop) {
		conditions.Working(run, v1alpha1.ReasonStopped, outcome.Stopped.Error()+"; what is left is looked at again")
		kept.dirty = true
		return false, kept.Flush(ctx)
	}
	if err := v.close(ctx, run, outcome.Stopped); err != nil {
		return false, err
	}
	if fault.Is(outcome.Stopped, fault.WrongAccount) {
		return false, unreachable(v.remediation, outcome.Stopped)
	}
	return false, nil
}

// errStop ends a run for now; what is left of it is planned anew in the next round.
var errStop = errors.New("stopped")

// may is asked before every single write: the account must still be there, not suspended, and
// declared, accepted, guarded and reached as it was when the plan was made.
func (v *visit) may(ctx context.Context) error {
	live := &v1alpha1.AWSAccount{}
	if err := v.Live.Get(ctx, types.NamespacedName{Namespace: v.account.Namespace, Name: v.account.Name}, live); err != nil {
		return fmt.Errorf("%w: reading the account: %w", errStop, err)
	}
	if live.Spec.Guard.Suspend {
		return fmt.Errorf("%w: the account was suspended", errStop)
	}
	if live.UID != v.account.UID || !live.DeletionTimestamp.IsZero() || live.Generation != v.account.Generation {
		return fmt.Errorf("%w: the AWSAccount was changed or deleted", errStop)
	}
	if err := v.declaredAs(ctx, live); err != nil {
		return fmt.Errorf("%w: %w", errStop, err)
	}
	switch audit, remediation, err := v.reachable(ctx, v.Live, live); {
	case err != nil:
		return fmt.Errorf("%w: %w", errStop, err)
	case audit != v.audit || remediation != v.remediation:
		return fmt.Errorf("%w: the account is reached by another role now", errStop)
	}
	return nil
}

// declaredAs says whether another declaration or acceptance is for the account than the plan
// was made by.
func (v *visit) declaredAs(ctx context.Context, live *v1alpha1.AWSAccount) error {
	baselines, err := v.selecting(ctx, v.Live, live)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(baselines, v.baselines, func(a, b v1alpha1.SecurityBaseline) bool { return a.UID == b.UID && a.Generation == b.Generation }) {
		return errors.New("the SecurityBaselines of the account were changed")
	}
	accepting, err := v.acceptances(ctx, v.Live, live)
	if err != nil {
		return err
	}
	if !slices.EqualFunc(accepting, v.accepting, func(a, b v1alpha1.RiskAcceptance) bool { return a.UID == b.UID && a.Generation == b.Generation }) {
		return errors.New("the RiskAcceptances of the account were changed")
	}
	return nil
}

// close makes an applied run final.
func (v *visit) close(ctx context.Context, run *v1alpha1.RemediationRun, stopped error) error {
	n := tally(run)
	message := fmt.Sprintf("%d applied, %d changed meanwhile, %d failed", n.applied, n.changed, n.failed)
	if n.failed == 0 && stopped == nil && n.untried > 0 && v.expired(run) {
		return v.finish(ctx, run, v1alpha1.RunExpired, v1alpha1.ReasonApprovalExpired, fmt.Sprintf("%s, %d not begun; %s", message, n.untried, v.expiry(run)))
	}
	if n.failed == 0 && stopped == nil {
		return v.finish(ctx, run, v1alpha1.RunSucceeded, v1alpha1.ReasonApplied, message)
	}
	if why := firstFailure(run); why != "" {
		message += "; first " + why
	}
	if stopped != nil {
		message += "; " + stopped.Error()
	}
	return v.finish(ctx, run, v1alpha1.RunFailed, v1alpha1.ReasonActionsFailed, message)
}
