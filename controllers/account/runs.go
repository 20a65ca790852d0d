package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// runs are the account's runs that still matter: open ones, and those that ended so recently
// that AWS may not show yet what they wrote.
type runs struct {
	open   []*v1alpha1.RemediationRun
	recent []*v1alpha1.RemediationRun
	// closed are the metadata of all final runs.
	closed []metav1.PartialObjectMetadata
}

// cutShort says whether a run failed lately so badly that its rest was not applied.
func (r runs) cutShort(now time.Time) bool {
	return slices.ContainsFunc(r.recent, func(run *v1alpha1.RemediationRun) bool {
		return run.Status.Phase == v1alpha1.RunFailed && posture.Recent(finishedAt(run), now, posture.RetryAfter) && tally(run).untried > 0
	})
}

// lastFailed names the newest run that failed, and how it ended.
func (r runs) lastFailed() string {
	var last *v1alpha1.RemediationRun
	for _, run := range r.recent {
		if run.Status.Phase == v1alpha1.RunFailed && (last == nil || finishedAt(run).After(finishedAt(last))) {
			last = run
		}
	}
	if last == nil {
		return "the last run failed"
	}
	why := fmt.Sprintf("run %s failed at %s", last.Name, finishedAt(last).UTC().Format(time.RFC3339))
	if ready := meta.FindStatusCondition(last.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
		why += ": " + ready.Message
	}
	return why
}

func finishedAt(run client.Object) time.Time {
	at, err := time.Parse(time.RFC3339, run.GetAnnotations()[v1alpha1.AnnotationFinishedAt])
	if err != nil {
		return time.Time{}
	}
	return at
}

// openRuns reads the runs that matter, past the cache: a run missed here would be made twice.
// The rest is known by its metadata only.
func (v *visit) openRuns(ctx context.Context) (runs, error) {
	var found runs
	var list metav1.PartialObjectMetadataList
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("RemediationRunList"))
	if err := v.Live.List(ctx, &list, client.InNamespace(v.account.Namespace), client.MatchingLabels{v1alpha1.LabelAccount: v.account.Name}); err != nil {
		return found, fmt.Errorf("listing runs: %w", err)
	}
	for _, item := range list.Items {
		_, open := item.Labels[v1alpha1.LabelOpen]
		if !open {
			found.closed = append(found.closed, item)
		}
		if !open && !v.matters(&item) {
			continue
		}
		run := &v1alpha1.RemediationRun{}
		if err := v.Live.Get(ctx, client.ObjectKeyFromObject(&item), run); apierrors.IsNotFound(err) {
			continue
		} else if err != nil {
			return found, fmt.Errorf("reading run %s: %w", item.Name, err)
		}
		if open {
			found.open = append(found.open, run)
		} else {
			found.recent = append(found.recent, run)
		}
	}
	slices.SortFunc(found.open, func(a, b *v1alpha1.RemediationRun) int {
		if a.Spec.PlanHash == b.Spec.PlanHash && a.Spec.Part != b.Spec.Part {
			return int(a.Spec.Part - b.Spec.Part)
		}
		return cmp.Or(a.CreationTimestamp.Compare(b.CreationTimestamp.Time), strings.Compare(a.Spec.PlanHash, b.Spec.PlanHash), strings.Compare(a.Name, b.Name))
	})
	return found, nil
}

// matters says whether a final run may still have settings that settle, or holds back others. A
// no holds for as long as its run is kept.
func (v *visit) matters(run client.Object) bool {
	ended := func(within time.Duration) bool { return posture.Recent(finishedAt(run), v.Now(), within) }
	phase := v1alpha1.RunPhase(run.GetLabels()[v1alpha1.LabelPhase])
	return ended(v.Settling) || ended(posture.RetryAfter) && phase == v1alpha1.RunFailed || phase == v1alpha1.RunRejected
}

// rejected tells who said no to an action, by its hash, from the runs that hold it.
func (r runs) rejected() func(hash string) string {
	noes := map[string]string{}
	for _, run := range slices.Concat(r.open, r.recent) {
		if run.Spec.Approval == nil || run.Spec.Approval.Decision != v1alpha1.Rejected {
			continue
		}
		for _, planned := range run.Spec.Actions {
			noes[planned.Hash] = fmt.Sprintf("%s said no to it in run %s; delete that run to have it planned again", inventory.Clean(run.Spec.Approval.By, maxApprover), run.Name)
		}
	}
	return func(hash string) string { return noes[hash] }
}

// settling tells the changes that were made lately, or found to have been, from the journals.
// Another value of the same setting is another change; one that failed half way does not settle.
func (r runs) settling(now time.Time, within time.Duration) func(action.Description) bool {
	written := map[string]bool{}
	for _, run := range append(slices.Clone(r.open), r.recent...) {
		done := map[string]bool{}
		for _, entry := range run.Status.Journal {
			if (entry.Result == v1alpha1.CallDone || entry.Result == v1alpha1.CallAlreadySo) && posture.Recent(entry.At.Time, now, within) {
				done[entry.Action] = true
			}
		}
		for _, planned := range run.Spec.Actions {
			if now := standing(run, planned); !done[planned.Hash] || now == v1alpha1.CallDenied || now == v1alpha1.CallFailed {
				continue
			}
			if a, err := action.Decode(planned.Type, planned.Content.Raw); err == nil {
				written[writtenKey(a.Describe())] = true
			}
		}
	}
	return func(d action.Description) bool { return written[writtenKey(d)] }
}

func writtenKey(d action.Description) string { return posture.KeyOf(d) + "|" + d.To }

// finish makes a run final: its status first, then the label, so that a crash between the two
// leaves a run that is closed again, never one that is forgotten.
func (r *Reconciler) finish(ctx context.Context, run *v1alpha1.RemediationRun, phase v1alpha1.RunPhase, reason, message string) error {
	if !run.Status.Phase.Final() {
		written := *run.Status.DeepCopy()
		run.Status.Phase = phase
		now := metav1.NewTime(r.Now())
		run.Status.FinishedAt = &now
		run.Status.Progress = progress(run)
		run.Status.ObservedGeneration = run.Generation
		level := corev1.EventTypeNormal
		if phase == v1alpha1.RunFailed {
			level = corev1.EventTypeWarning
			conditions.Stalled(run, reason, message)
		} else {
			conditions.Ready(run, message)
			conditions.Set(run, v1alpha1.ConditionReady, metav1.ConditionTrue, reason, message)
		}
		if err := r.updateStatus(ctx, run, written); err != nil {
			return fmt.Errorf("closing run %s: %w", run.Name, err)
		}
		r.event(run, level, reason, "Finish", "run %s %s: %s", run.Name, phase, message)
	}
	labelled := run.DeepCopy()
	delete(labelled.Labels, v1alpha1.LabelOpen)
	labelled.Labels[v1alpha1.LabelPhase] = string(run.Status.Phase)
	labelled.Labels[v1alpha1.LabelChanged] = fmt.Sprint(changed(run))
	if labelled.Annotations == nil {
		labelled.Annotations = map[string]string{}
	}
	if !run.Spec.Revert {
		labelled.Annotations[v1alpha1.AnnotationAnswered] = fmt.Sprint(run.Generation)
	}
	if run.Status.FinishedAt != nil {
		labelled.Annotations[v1alpha1.AnnotationFinishedAt] = run.Status.FinishedAt.UTC().Format(time.RFC3339)
	}
	if err := r.Patch(ctx, labelled, client.MergeFrom(run)); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("closing run %s: %w", run.Name, err)
	}
	run.ObjectMeta = labelled.ObjectMeta
	return nil
}

// changed says whether the run changed AWS, or may have.
func changed(run *v1alpha1.RemediationRun) bool {
	return slices.ContainsFunc(run.Status.Journal, func(e v1alpha1.JournalEntry) bool {
		return e.Result == v1alpha1.CallDone || e.Result == v1alpha1.CallClaimed
	})
}

// closeRuns ends the open runs of an account that is gone.
func (r *Reconciler) closeRuns(ctx context.Context, account types.NamespacedName, why string) error {
	var list v1alpha1.RemediationRunList
	err := r.Live.List(ctx, &list, client.InNamespace(account.Namespace), client.MatchingLabels{v1alpha1.LabelAccount: account.Name}, client.HasLabels{v1alpha1.LabelOpen})
	if err != nil {
		return fmt.Errorf("listing runs: %w", err)
	}
	for i := range list.Items {
		if err := r.finish(ctx, &list.Items[i], v1alpha1.RunStopped, v1alpha1.ReasonStopped, why); client.IgnoreNotFound(err) != nil {
			return err
		}
	}
	return nil
}
