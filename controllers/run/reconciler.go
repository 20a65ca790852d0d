// Package run keeps the number and age of RemediationRuns in bounds. Runs are evidence: what is
// still open, or what an open run undoes, is never removed, and what changed AWS is by age alone.
// So is a rejected run, which holds back what was said no to. Of the others, which came to nothing,
// the oldest go, but plans that were never begun before those that failed so lately that their
// actions are held for it. Applying them is the work of package account.
package run

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// Reconciler removes the final runs of an account that are too many or too old.
type Reconciler struct {
	client.Client
	Now func() time.Time
	// Keep is how many final runs an account keeps that came to nothing.
	Keep int
	// KeepFor is how long a final run is kept.
	KeepFor time.Duration
}

//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=remediationruns,verbs=get;list;watch;delete

// Reconcile takes the name of an account, which need not exist any more.
func (r *Reconciler) Reconcile(ctx context.Context, account ctrl.Request) (ctrl.Result, error) {
	var list metav1.PartialObjectMetadataList
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("RemediationRunList"))
	if err := r.List(ctx, &list, client.InNamespace(account.Namespace), client.MatchingLabels{v1alpha1.LabelAccount: account.Name}); err != nil {
		return ctrl.Result{}, fmt.Errorf("listing runs: %w", err)
	}
	excess, next := r.excess(list.Items)
	for i := range excess {
		if err := r.Delete(ctx, &excess[i]); client.IgnoreNotFound(err) != nil {
			return ctrl.Result{}, fmt.Errorf("removing run %s: %w", excess[i].Name, err)
		}
	}
	return ctrl.Result{RequeueAfter: next}, nil
}

// excess are the final runs that are too many or too old, and when the next of the rest is.
func (r *Reconciler) excess(runs []metav1.PartialObjectMetadata) (excess []metav1.PartialObjectMetadata, next time.Duration) {
	kept := 0
	for _, run := range r.removable(runs) {
		left := run.CreationTimestamp.Add(r.KeepFor).Sub(r.Now())
		byAge := isNo(run) || isEvidence(run)
		if !byAge {
			kept++
		}
		switch {
		case left <= 0 || kept > r.Keep && !byAge:
			excess = append(excess, run)
		case next == 0 || left < next:
			next = left
		}
	}
	return excess, next
}

// removable are the final runs that no open one undoes, those to keep longest first. The order is
// total: a cache that still has what was removed must not make the next round remove the other of
// two that were made in the same second.
func (r *Reconciler) removable(runs []metav1.PartialObjectMetadata) []metav1.PartialObjectMetadata {
	undone := map[string]bool{}
	for _, run := range runs {
		if isOpen(run) {
			undone[run.Annotations[v1alpha1.AnnotationRevertOf]] = true
		}
	}
	final := slices.DeleteFunc(runs, func(run metav1.PartialObjectMetadata) bool { return isOpen(run) || undone[run.Name] })
	slices.SortFunc(final, func(a, b metav1.PartialObjectMetadata) int {
		return cmp.Or(compare(r.tells(b), r.tells(a)), b.CreationTimestamp.Compare(a.CreationTimestamp.Time), cmp.Compare(a.Name, b.Name))
	})
	return final
}

func isOpen(run metav1.PartialObjectMetadata) bool {
	_, open := run.Labels[v1alpha1.LabelOpen]
	return open
}

func isNo(run metav1.PartialObjectMetadata) bool {
	return run.Labels[v1alpha1.LabelPhase] == string(v1alpha1.RunRejected)
}

// isEvidence says whether a run changed AWS. One of a version that did not say so may have.
func isEvidence(run metav1.PartialObjectMetadata) bool {
	return run.Labels[v1alpha1.LabelChanged] != "false"
}

// tells says whether a run was tried so lately that its journal tells what failed.
func (r *Reconciler) tells(run metav1.PartialObjectMetadata) bool {
	return run.Labels[v1alpha1.LabelPhase] != string(v1alpha1.RunSuperseded) && r.Now().Sub(run.CreationTimestamp.Time) < posture.FailureWindow
}

func compare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// SetupWithManager watches the metadata of runs, and asks for the account that they are of.
func (r *Reconciler) SetupWithManager(m ctrl.Manager) error {
	ofAccount := handler.EnqueueRequestsFromMapFunc(func(_ context.Context, run client.Object) []reconcile.Request {
		return []reconcile.Request{{NamespacedName: types.NamespacedName{Namespace: run.GetNamespace(), Name: run.GetLabels()[v1alpha1.LabelAccount]}}}
	})
	return ctrl.NewControllerManagedBy(m).Named("remediationrun").
		WatchesMetadata(&v1alpha1.RemediationRun{}, ofAccount).
		WithOptions(controller.Options{ReconciliationTimeout: time.Minute}).
		Complete(r)
}
