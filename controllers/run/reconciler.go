// Package run keeps the number and age of RemediationRuns in bounds. Runs are evidence: what is
// still open, or what an open run undoes, is never removed, and what is removed is the oldest. Applying them is the work of
// package account.
package run

import (
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
)

// Reconciler removes the final runs of an account that are too many or too old.
type Reconciler struct {
	client.Client
	Now func() time.Time
	// Keep is how many final runs an account keeps.
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
	undone := map[string]bool{}
	for _, run := range list.Items {
		if _, open := run.Labels[v1alpha1.LabelOpen]; open {
			undone[run.Annotations[v1alpha1.AnnotationRevertOf]] = true
		}
	}
	final := slices.DeleteFunc(list.Items, func(run metav1.PartialObjectMetadata) bool {
		_, open := run.Labels[v1alpha1.LabelOpen]
		return open || undone[run.Name]
	})
	slices.SortFunc(final, func(a, b metav1.PartialObjectMetadata) int {
		return b.CreationTimestamp.Compare(a.CreationTimestamp.Time)
	})
	next := time.Duration(0)
	for i := range final {
		left := final[i].CreationTimestamp.Add(r.KeepFor).Sub(r.Now())
		if i < r.Keep && left > 0 {
			next = left
			continue
		}
		if err := r.Delete(ctx, &final[i]); client.IgnoreNotFound(err) != nil {
			return ctrl.Result{}, fmt.Errorf("removing run %s: %w", final[i].Name, err)
		}
	}
	return ctrl.Result{RequeueAfter: next}, nil
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
