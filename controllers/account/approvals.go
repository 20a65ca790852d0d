package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// An approval is a person's word on what the account looked like then. It is good for
// ApprovalTTL: a run that was not begun by then ends, and of one that was begun no further
// action starts. What an action has begun it may finish, for a half-made change is worse than
// either end of it.

// witness records who approved the open runs and when, as soon as it is seen, and before
// anything else may touch the objects that tell.
func (v *visit) witness(ctx context.Context) error {
	for _, run := range v.runs.open {
		if !approved(run) || run.Status.ApprovedAt != nil {
			continue
		}
		at := metav1.NewTime(approvedAt(run, v.present()).Truncate(time.Second))
		run.Status.ApprovedBy, run.Status.ApprovedAt = inventory.Clean(run.Spec.Approval.By, maxApprover), &at
		if err := v.Status().Update(ctx, run); err != nil {
			return fmt.Errorf("recording the approval of run %s: %w", run.Name, err)
		}
	}
	return nil
}

// maxApprover bounds a name in what repeats it.
const maxApprover = 256

func approved(run *v1alpha1.RemediationRun) bool {
	return run.Spec.Approval != nil && run.Spec.Approval.Decision == v1alpha1.Approved
}

// approvedAt is when the API server saw the approval: the oldest stamp of who owns it, or, where
// nobody is known to, that of the run itself. It is never later than when it was first seen.
func approvedAt(run *v1alpha1.RemediationRun, seen time.Time) time.Time {
	at := time.Time{}
	for _, entry := range run.ManagedFields {
		if entry.Time != nil && owns(entry.FieldsV1, "f:spec", "f:approval") && (at.IsZero() || entry.Time.Time.Before(at)) {
			at = entry.Time.Time
		}
	}
	if at.IsZero() {
		at = run.CreationTimestamp.Time
	}
	if at.After(seen) {
		return seen
	}
	return at
}

// owns says whether a set of managed fields holds the path.
func owns(fields *metav1.FieldsV1, path ...string) bool {
	if fields == nil {
		return false
	}
	within := fields.GetRawBytes()
	for _, step := range path {
		var level map[string]json.RawMessage
		if json.Unmarshal(within, &level) != nil || level[step] == nil {
			return false
		}
		within = level[step]
	}
	return true
}

// present is the time that approvals are measured against: a clock of ours that fell behind what
// the API server has stamped since does not make them good for longer.
func (v *visit) present() time.Time {
	now := v.Now()
	if v.recalled == nil {
		return now
	}
	for _, entry := range v.recalled.ManagedFields {
		if entry.Time != nil && entry.Time.After(now) {
			now = entry.Time.Time
		}
	}
	return now
}

// expired says whether the approval of a run is not good any more. One that lies ahead was
// given by another clock than the present one, and nobody can tell how long ago.
func (v *visit) expired(run *v1alpha1.RemediationRun) bool {
	if !approved(run) || run.Status.ApprovedAt == nil {
		return false
	}
	return !posture.Recent(run.Status.ApprovedAt.Time, v.present(), v.ApprovalTTL)
}

func (v *visit) expiry(run *v1alpha1.RemediationRun) string {
	return fmt.Sprintf("approved by %s at %s, which is good for %s", run.Status.ApprovedBy, run.Status.ApprovedAt.UTC().Format(time.RFC3339), v.ApprovalTTL)
}

// expire ends the approved runs that were not begun in time. It writes nothing to AWS, and so
// needs nobody's leave.
func (v *visit) expire(ctx context.Context) error {
	var still []*v1alpha1.RemediationRun
	for _, run := range v.runs.open {
		if run.Status.Phase.Final() || begun(run) || !v.expired(run) {
			still = append(still, run)
			continue
		}
		if err := v.finish(ctx, run, v1alpha1.RunExpired, v1alpha1.ReasonApprovalExpired, v.expiry(run)+"; what the plan still holds is offered again"); err != nil {
			return err
		}
		v.runs.closed = append(v.runs.closed, metav1.PartialObjectMetadata{ObjectMeta: run.ObjectMeta})
	}
	v.runs.open = still
	return nil
}

// begun says whether any call of the run may have been sent.
func begun(run *v1alpha1.RemediationRun) bool { return run.Status.StartedAt != nil }

// mayUntil is may for a run: where the run began under a good approval, it ends with it. After
// that only what was begun before is left of the run, and may be finished.
func (v *visit) mayUntil(run *v1alpha1.RemediationRun) func(context.Context) error {
	if v.expired(run) {
		return v.may
	}
	return func(ctx context.Context) error {
		if v.expired(run) {
			return fmt.Errorf("%w: %s", errStop, v.expiry(run))
		}
		return v.may(ctx)
	}
}
