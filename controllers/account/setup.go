package account

import (
	"context"
	"fmt"
	"time"

	ackv1alpha1 "github.com/aws-controllers-k8s/runtime/apis/core/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/rollout"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// visitTimeout bounds one reconciliation, a large run included; what is left of the run is
// taken up by the next one.
const visitTimeout = 15 * time.Minute

// SetupWithManager says what makes an account be looked at besides its interval: a change of
// the account, of a baseline or an acceptance that is or was for it, its turn in a rollout, of
// what its namespace is allowed, of how it is reached, an approval, and a person's wish to have
// it checked now.
func (r *Reconciler) SetupWithManager(m ctrl.Manager) error {
	b := ctrl.NewControllerManagedBy(m).Named("awsaccount").
		For(&v1alpha1.AWSAccount{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, predicate.LabelChangedPredicate{}, checkNow{}))).
		Watches(&v1alpha1.SecurityBaseline{}, handler.EnqueueRequestsFromMapFunc(r.ofBaseline), builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.SecurityBaseline{}, handler.Funcs{UpdateFunc: r.turns}).
		Watches(&v1alpha1.RiskAcceptance{}, handler.EnqueueRequestsFromMapFunc(r.ofAcceptance), builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, expired{}))).
		Watches(&v1alpha1.AWSAccount{}, handler.EnqueueRequestsFromMapFunc(r.ofSameID), builder.WithPredicates(gone{})).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(r.ofNamespace), builder.WithPredicates(predicate.Or(predicate.AnnotationChangedPredicate{}, predicate.LabelChangedPredicate{}))).
		Watches(&corev1.ConfigMap{}, handler.EnqueueRequestsFromMapFunc(r.ofRoleMap)).
		WatchesMetadata(&v1alpha1.RemediationRun{}, handler.EnqueueRequestsFromMapFunc(ofRun), builder.WithPredicates(decided{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: r.Concurrent, ReconciliationTimeout: visitTimeout})
	if r.SelectorsKnown {
		b = b.Watches(&ackv1alpha1.IAMRoleSelector{}, handler.EnqueueRequestsFromMapFunc(r.withoutRole), builder.WithPredicates(predicate.GenerationChangedPredicate{}))
	}
	if err := registerGauges(); err != nil {
		return err
	}
	if err := m.Add(manager.RunnableFunc(func(ctx context.Context) error {
		if gap, err := unguarded(ctx, r.Live); err != nil || gap != "" {
			m.GetLogger().Error(err, "approvals are not held to be genuine", "cause", gap)
		}
		return nil
	})); err != nil {
		return fmt.Errorf("looking at the admission policies: %w", err)
	}
	return b.Complete(r)
}

// checkNow passes an account whose check-now annotation was set anew.
type checkNow struct{ predicate.Funcs }

func (checkNow) Update(e event.UpdateEvent) bool {
	return e.ObjectOld.GetAnnotations()[v1alpha1.AnnotationCheckNow] != e.ObjectNew.GetAnnotations()[v1alpha1.AnnotationCheckNow]
}

// gone passes an account that was deleted: a duplicate of it may serve from now on.
type gone struct{ predicate.Funcs }

func (gone) Create(event.CreateEvent) bool   { return false }
func (gone) Update(event.UpdateEvent) bool   { return false }
func (gone) Generic(event.GenericEvent) bool { return false }

// decided passes a run whose spec changed, which only an approver does.
type decided struct {
	predicate.GenerationChangedPredicate
}

func (decided) Create(event.CreateEvent) bool   { return false }
func (decided) Delete(event.DeleteEvent) bool   { return false }
func (decided) Generic(event.GenericEvent) bool { return false }

func ofRun(_ context.Context, run client.Object) []reconcile.Request {
	return []reconcile.Request{{NamespacedName: types.NamespacedName{Namespace: run.GetNamespace(), Name: run.GetLabels()[v1alpha1.LabelAccount]}}}
}

// accounts asks for every account that the choice takes.
func (r *Reconciler) accounts(ctx context.Context, take func(*v1alpha1.AWSAccount) bool, in ...client.ListOption) []reconcile.Request {
	var list v1alpha1.AWSAccountList
	if err := r.List(ctx, &list, append(in, client.UnsafeDisableDeepCopy)...); err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "listing accounts")
		return nil
	}
	var requests []reconcile.Request
	for i := range list.Items {
		if take(&list.Items[i]) {
			requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&list.Items[i])})
		}
	}
	return requests
}

// ofBaseline are the accounts that a baseline is for, and those that it was for.
func (r *Reconciler) ofBaseline(ctx context.Context, o client.Object) []reconcile.Request {
	baseline, ok := o.(*v1alpha1.SecurityBaseline)
	if !ok {
		return nil
	}
	return r.accounts(ctx, func(a *v1alpha1.AWSAccount) bool {
		for _, name := range a.Status.Baselines {
			if name == baseline.Name {
				return true
			}
		}
		return posture.Selects(baseline, a)
	}, client.InNamespace(baseline.Namespace))
}

// turns asks for the accounts whose turn in the rollout of a baseline has just come.
func (r *Reconciler) turns(ctx context.Context, e event.UpdateEvent, queue workqueue.TypedRateLimitingInterface[reconcile.Request]) {
	before, ok := e.ObjectOld.(*v1alpha1.SecurityBaseline)
	now, is := e.ObjectNew.(*v1alpha1.SecurityBaseline)
	if !ok || !is || now.Spec.Rollout == nil || equality.Semantic.DeepEqual(before.Status.Rollout, now.Status.Rollout) {
		return
	}
	for _, request := range r.accounts(ctx, func(a *v1alpha1.AWSAccount) bool {
		return posture.Selects(now, a) && rollout.Waits(before, a) && !rollout.Waits(now, a)
	}, client.InNamespace(now.Namespace)) {
		queue.Add(request)
	}
}

func (r *Reconciler) ofSameID(ctx context.Context, o client.Object) []reconcile.Request {
	deleted, ok := o.(*v1alpha1.AWSAccount)
	if !ok {
		return nil
	}
	return r.accounts(ctx, func(a *v1alpha1.AWSAccount) bool { return a.Spec.AccountID == deleted.Spec.AccountID })
}

// ofNamespace are the accounts of a namespace, and those elsewhere that have an id with one of
// them in common: which of them serves it depends on what the namespace is allowed.
func (r *Reconciler) ofNamespace(ctx context.Context, namespace client.Object) []reconcile.Request {
	ids := map[string]bool{}
	r.accounts(ctx, func(a *v1alpha1.AWSAccount) bool { ids[a.Spec.AccountID] = true; return false }, client.InNamespace(namespace.GetName()))
	if len(ids) == 0 {
		return nil
	}
	return r.accounts(ctx, func(a *v1alpha1.AWSAccount) bool { return ids[a.Spec.AccountID] })
}

func (r *Reconciler) ofRoleMap(ctx context.Context, o client.Object) []reconcile.Request {
	if o.GetName() != roleMapName || o.GetNamespace() != r.RoleMapNamespace {
		return nil
	}
	return r.withoutRole(ctx, o)
}

// withoutRole are the accounts that name no role themselves.
func (r *Reconciler) withoutRole(ctx context.Context, _ client.Object) []reconcile.Request {
	return r.accounts(ctx, func(a *v1alpha1.AWSAccount) bool { return a.Spec.AuditRoleARN == "" })
}
