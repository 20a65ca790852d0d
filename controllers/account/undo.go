package account

import (
	"context"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A person wants an ended run undone by its spec.revert. What it did is then offered backwards,
// as a run of its own that waits for an approval.

// answerReverts answers those wishes. A final run changes by nothing else, so that its metadata
// tell which of them have to be read.
func (v *visit) answerReverts(ctx context.Context) error {
	for _, item := range v.runs.closed {
		if item.Annotations[v1alpha1.AnnotationAnswered] == fmt.Sprint(item.Generation) {
			continue
		}
		run := &v1alpha1.RemediationRun{}
		if err := v.Live.Get(ctx, client.ObjectKeyFromObject(&item), run); apierrors.IsNotFound(err) {
			continue
		} else if err != nil {
			return fmt.Errorf("reading run %s: %w", item.Name, err)
		}
		if err := v.answerRevert(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// answer is what becomes of a wish to have a run undone.
type answer struct {
	status          metav1.ConditionStatus
	reason, message string
	// by names the Undo run, if there is one.
	by string
	// last says that nothing more is to be done for it.
	last bool
}

func (v *visit) answerRevert(ctx context.Context, run *v1alpha1.RemediationRun) error {
	if run.Spec.Revert {
		found, err := v.undo(ctx, run)
		if err != nil {
			return err
		}
		if err := v.tellUndo(ctx, run, found); err != nil || !found.last {
			return err
		}
	}
	answered := run.DeepCopy()
	if answered.Annotations == nil {
		answered.Annotations = map[string]string{}
	}
	answered.Annotations[v1alpha1.AnnotationAnswered] = fmt.Sprint(run.Generation)
	if err := v.Patch(ctx, answered, client.MergeFrom(run)); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("answering the wish to undo run %s: %w", run.Name, err)
	}
	return nil
}

// undo sees to it that what can be undone of the run is offered, once.
func (v *visit) undo(ctx context.Context, run *v1alpha1.RemediationRun) (answer, error) {
	changes, why, err := v.inverse(run)
	if err != nil {
		return answer{}, err
	}
	switch {
	case len(changes) == 0:
		return answer{status: metav1.ConditionFalse, reason: v1alpha1.ReasonUndoRefused, message: "nothing is undone: " + why, last: true}, nil
	case v.suspended() != "":
		why = "nothing is written until the suspension is lifted"
	case v.remediation.RoleARN == "":
		why = "nothing can be written without spec.remediationRoleARN of the AWSAccount"
	case v.account.Spec.Guard.MaxEnforcement.Rank() == 0:
		why = "the guard of the account allows no writes (maxEnforcement Audit)"
	default:
		return v.offerUndo(ctx, run, changes, why)
	}
	return answer{status: metav1.ConditionFalse, reason: v1alpha1.ReasonUndoHeldBack, message: why, by: run.Status.UndoneBy}, nil
}

// inverse are the changes that take back what the run did, the last first; and what of it they
// leave as it is, action by action, or why there are none.
func (v *visit) inverse(run *v1alpha1.RemediationRun) (changes []posture.Change, why string, err error) {
	switch {
	case run.Spec.AccountID != v.account.Spec.AccountID:
		return nil, "the run is of account " + run.Spec.AccountID, nil
	case run.Spec.Trigger == v1alpha1.TriggerUndo:
		return nil, action.Undo{}.Undo(nil).Not, nil
	}
	did := false
	for _, planned := range slices.Backward(run.Spec.Actions) {
		done := doneCalls(run, planned.Hash)
		if len(done) == 0 {
			continue
		}
		did = true
		of, err := genuine(run, planned)
		if err != nil {
			why += fmt.Sprintf("; %s: %v", planned.Title, err)
			continue
		}
		undo := action.Undo{Run: run.Name, UID: string(run.UID), Of: of, Done: done}
		d := undo.Describe()
		if len(d.Calls) == 0 {
			why += fmt.Sprintf("; %s: %s", planned.Title, of.Undo(done).Not)
			continue
		}
		hash, err := action.Hash(undo)
		if err != nil {
			return nil, "", fmt.Errorf("planning to undo run %s: %w", run.Name, err)
		}
		changes = append(changes, posture.Change{Description: d, Action: undo, Hash: hash, Controls: planned.Controls, Mode: posture.Offered})
	}
	if !did {
		return nil, "the run changed nothing in AWS", nil
	}
	if why != "" {
		why = why[len("; "):]
	}
	return changes, why, nil
}

// doneCalls are the calls of an action that the journal says changed AWS.
func doneCalls(run *v1alpha1.RemediationRun, hash string) []string {
	var done []string
	for _, entry := range run.Status.Journal {
		if entry.Action == hash && entry.Result == v1alpha1.CallDone {
			done = append(done, entry.Call)
		}
	}
	return done
}

// takesBack says why an action of an Undo run may not be applied: it must take back an action of
// the run that this one names, by the calls that were done.
func takesBack(run, undone *v1alpha1.RemediationRun, undo action.Undo) error {
	switch {
	case undo.Of == nil || run.Spec.Trigger != v1alpha1.TriggerUndo:
		return fmt.Errorf("an Undo run takes back what another did, and no other run does")
	case undone == nil:
		return fmt.Errorf("run %s, which it undoes, is gone", run.Spec.RevertOf)
	case undo.Run != undone.Name || undo.UID != string(undone.UID):
		return fmt.Errorf("it takes back what run %s did, not run %s", undo.Run, undone.Name)
	}
	hash, err := action.Hash(undo.Of)
	if err != nil {
		return err
	}
	planned := actionOf(undone, hash)
	if _, err := genuine(undone, planned); err != nil {
		return fmt.Errorf("run %s holds no such action: %w", undone.Name, err)
	}
	if done := doneCalls(undone, hash); !slices.Equal(done, undo.Done) {
		return fmt.Errorf("the journal of run %s says that %v was done, not %v", undone.Name, done, undo.Done)
	}
	return nil
}

// readUndone reads the run that an Undo run undoes, past the cache.
func (v *visit) readUndone(ctx context.Context, run *v1alpha1.RemediationRun) error {
	v.undone = nil
	if run.Spec.Trigger != v1alpha1.TriggerUndo {
		return nil
	}
	undone := &v1alpha1.RemediationRun{}
	err := v.Live.Get(ctx, types.NamespacedName{Namespace: run.Namespace, Name: run.Spec.RevertOf}, undone)
	switch {
	case apierrors.IsNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("reading run %s, which run %s undoes: %w", run.Spec.RevertOf, run.Name, err)
	}
	v.undone = undone
	return nil
}

// tellUndo says on the run how far its undo is.
func (v *visit) tellUndo(ctx context.Context, run *v1alpha1.RemediationRun, found answer) error {
	before := run.DeepCopy()
	run.Status.UndoneBy = found.by
	run.Status.ObservedGeneration = run.Generation
	for i := range run.Status.Conditions {
		run.Status.Conditions[i].ObservedGeneration = run.Generation
	}
	conditions.Set(run, v1alpha1.ConditionUndone, found.status, found.reason, found.message)
	if equality.Semantic.DeepEqual(before.Status, run.Status) {
		return nil
	}
	if err := v.Status().Update(ctx, run); err != nil {
		return fmt.Errorf("recording the undo of run %s: %w", run.Name, err)
	}
	if was := meta.FindStatusCondition(before.Status.Conditions, v1alpha1.ConditionUndone); was == nil || was.Reason != found.reason {
		level := corev1.EventTypeNormal
		if found.reason == v1alpha1.ReasonUndoRefused {
			level = corev1.EventTypeWarning
		}
		v.event(run, level, found.reason, "Undo", "undo of run %s: %s", run.Name, found.message)
	}
	return nil
}
