package account

import (
	"context"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// offerUndo makes the Undo runs of the changes exist, one for each part that no Undo run of the
// same plan holds, has applied or was refused. The plan's hash, and so their names, follow from
// the run that is undone and what it did.
func (v *visit) offerUndo(ctx context.Context, undone *v1alpha1.RemediationRun, changes []posture.Change, left string) (answer, error) {
	cut, err := parts(changes)
	if err != nil {
		return answer{}, err
	}
	plan := posture.HashOf(changes)
	ended, err := v.endedUndos(ctx, plan)
	if err != nil {
		return answer{}, err
	}
	found := tallyUndo{parts: len(cut)}
	for i, actions := range cut {
		part := int32(i + 1)
		if at := slices.IndexFunc(ended, func(r *v1alpha1.RemediationRun) bool { return r.Spec.Part == part }); at >= 0 {
			found.add(ended[at])
			continue
		}
		run, err := v.ensureRun(ctx, v1alpha1.RemediationRunSpec{
			Account: v.account.Name, AccountID: v.account.Spec.AccountID, Trigger: v1alpha1.TriggerUndo, RevertOf: undone.Name, RequestedBy: undone.Spec.RequestedBy,
			PlanHash: plan, Part: part, Parts: int32(len(cut)), Actions: actions, //nolint:gosec // a plan never has two billion parts
		})
		if err != nil {
			return answer{}, err
		}
		found.add(run)
		v.opened(run)
	}
	return found.answer(left), nil
}

// endedUndos are the Undo runs of the plan that make another one needless: those that were
// applied, and those that an approver said no to.
func (v *visit) endedUndos(ctx context.Context, plan string) ([]*v1alpha1.RemediationRun, error) {
	var ended []*v1alpha1.RemediationRun
	for _, item := range v.runs.closed {
		phase := v1alpha1.RunPhase(item.Labels[v1alpha1.LabelPhase])
		if item.Labels[v1alpha1.LabelPlan] != plan || phase != v1alpha1.RunSucceeded && phase != v1alpha1.RunRejected {
			continue
		}
		run := &v1alpha1.RemediationRun{}
		err := v.Live.Get(ctx, types.NamespacedName{Namespace: item.Namespace, Name: item.Name}, run)
		if client.IgnoreNotFound(err) != nil {
			return nil, fmt.Errorf("reading run %s: %w", item.Name, err)
		}
		if !apierrors.IsNotFound(err) && run.Spec.Trigger == v1alpha1.TriggerUndo {
			ended = append(ended, run)
		}
	}
	return ended, nil
}

// opened counts a run that was just made among the open ones.
func (v *visit) opened(run *v1alpha1.RemediationRun) {
	if !slices.ContainsFunc(v.runs.open, func(r *v1alpha1.RemediationRun) bool { return r.Name == run.Name }) {
		v.runs.open = append(v.runs.open, run)
	}
	if v.account.Status.OfferedRun == "" && run.Spec.Approval == nil {
		v.account.Status.OfferedRun = run.Name
	}
}

// tallyUndo counts the parts of an undo by how they stand.
type tallyUndo struct {
	parts, open, approved, rejected int
	names                           []string
}

func (n *tallyUndo) add(run *v1alpha1.RemediationRun) {
	n.names = append(n.names, run.Name)
	switch run.Status.Phase {
	case v1alpha1.RunSucceeded:
	case v1alpha1.RunRejected:
		n.rejected++
	default:
		n.open++
		if startable(run) {
			n.approved++
		}
	}
}

// answer says how the undo stands as a whole, and what of the run it leaves as it is.
func (n *tallyUndo) answer(left string) answer {
	by := strings.Join(n.names, ", ")
	a := answer{status: metav1.ConditionFalse, by: n.names[0], last: n.open == 0}
	switch {
	case n.approved > 0:
		a.reason, a.message = v1alpha1.ReasonApplying, by+" puts it back"
	case n.open > 0:
		a.reason, a.message = v1alpha1.ReasonAwaitingApproval, by+" puts it back once it is approved"
	case n.rejected > 0:
		a.reason, a.message = v1alpha1.ReasonRejected, fmt.Sprintf("%d of %d parts of the undo were rejected: %s", n.rejected, n.parts, by)
	default:
		a.status, a.reason, a.message = metav1.ConditionTrue, v1alpha1.ReasonUndone, "put back by "+by
	}
	if left != "" {
		a.message += "; not undone: " + left
	}
	return a
}
