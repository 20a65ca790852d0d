package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
)

// dependents are the kinds that need an account until they are gone themselves.
var dependents = []string{"NetworkZone", "Quarantine"}

// release lets a deleted account go: its open runs are closed, and nothing is changed in AWS.
// While other objects need the account it waits, and says for which; unless the whole
// namespace goes, and they with it.
func (v *visit) release(ctx context.Context) (ctrl.Result, error) {
	if !controllerutil.ContainsFinalizer(v.account, v1alpha1.FinalizerInUse) {
		return ctrl.Result{}, nil
	}
	if err := v.closeRuns(ctx, client.ObjectKeyFromObject(v.account), "the AWSAccount was deleted"); err != nil {
		return ctrl.Result{}, err
	}
	needed, err := v.neededBy(ctx)
	if err != nil {
		return ctrl.Result{}, err
	}
	if len(needed) > 0 {
		conditions.Stalled(v.account, v1alpha1.ReasonInUse, "deletion waits for "+strings.Join(needed, ", "))
		v.again = dependentsAgain
		return ctrl.Result{RequeueAfter: dependentsAgain}, nil
	}
	gauges.forget(client.ObjectKeyFromObject(v.account))
	free := v.account.DeepCopy()
	controllerutil.RemoveFinalizer(free, v1alpha1.FinalizerInUse)
	if err := v.Patch(ctx, free, client.MergeFromWithOptions(v.account, client.MergeFromWithOptimisticLock{})); client.IgnoreNotFound(err) != nil {
		return ctrl.Result{}, fmt.Errorf("removing the finalizer: %w", err)
	}
	return ctrl.Result{}, nil
}

// neededBy names the objects that still need the account.
func (v *visit) neededBy(ctx context.Context) ([]string, error) {
	var namespace corev1.Namespace
	if err := v.Get(ctx, types.NamespacedName{Name: v.account.Namespace}, &namespace); apierrors.IsNotFound(err) || err == nil && !namespace.DeletionTimestamp.IsZero() {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("reading the namespace: %w", err)
	}
	var needed []string
	for _, kind := range dependents {
		var list unstructured.UnstructuredList
		list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind + "List"))
		err := v.Live.List(ctx, &list, client.InNamespace(v.account.Namespace))
		if meta.IsNoMatchError(err) || apierrors.IsNotFound(err) {
			continue // the cluster does not know the kind
		}
		if err != nil {
			return nil, fmt.Errorf("listing %s: %w", kind, err)
		}
		for _, item := range list.Items {
			if account, _, _ := unstructured.NestedString(item.Object, "spec", "account"); account == v.account.Name {
				needed = append(needed, kind+"/"+item.GetName())
			}
		}
	}
	return needed, nil
}

// event records an event, best effort.
func (r *Reconciler) event(about client.Object, level, reason, verb, format string, args ...any) {
	conditions.Event(r.Recorder, about, level, reason, verb, format, args...)
}

// dependentsAgain is how often a deletion that waits is looked at again.
const dependentsAgain = 10 * time.Second
