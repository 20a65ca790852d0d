// Package acceptance holds the reconciler of RiskAcceptances: where each stands, and what it
// covers by what the accounts' postures say. It calls no AWS, and decides nothing: package
// posture does, for every round.
package acceptance

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/controllers/gather"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// Reconciler reconciles RiskAcceptances.
type Reconciler struct {
	client.Client
	Recorder events.EventRecorder
	Now      func() time.Time
	// MaxAcceptance is how far a RiskAcceptance may reach.
	MaxAcceptance time.Duration
	// Debounce is how long changes of postures are gathered before they are totalled.
	Debounce time.Duration
	Meter    *Meter
}

//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=riskacceptances,verbs=list;watch
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=riskacceptances/status,verbs=patch

// Reconcile says where one acceptance stands and what it covers.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (result ctrl.Result, err error) {
	a := &v1alpha1.RiskAcceptance{}
	if err := r.Get(ctx, request.NamespacedName, a); apierrors.IsNotFound(err) {
		r.Meter.Forget(request.NamespacedName)
		return ctrl.Result{}, nil
	} else if err != nil {
		return ctrl.Result{}, err
	}
	patch, before := conditions.Begin(a), a.DeepCopy()
	defer func() {
		conditions.Announce(r.Recorder, before, a)
		if ended := patch.End(ctx, r.Client); err == nil {
			err = ended
		}
	}()
	now, judged := r.Now(), posture.AcceptanceOf(a, r.MaxAcceptance)
	a.Status.ObservedGeneration = a.Generation
	a.Status.Phase = judged.Phase(now)
	a.Status.Expired = latch(a.Status.Phase, judged)
	r.Meter.Observe(request.NamespacedName, judged.End(), a.Status.Phase)
	sum, err := r.total(ctx, a, judged)
	if err != nil {
		return ctrl.Result{}, conditions.Failed(a, err, v1alpha1.ReasonReading)
	}
	sum.write(a)
	stand(a, judged)
	covering(a, judged, sum)
	return ctrl.Result{RequeueAfter: next(judged, a.Status.Phase, now)}, nil
}

// latch keeps that the end had passed, for the day on which a clock is set back.
func latch(phase v1alpha1.AcceptancePhase, judged posture.Acceptance) *metav1.Time {
	if phase != v1alpha1.AcceptanceExpired {
		return nil
	}
	end := metav1.NewTime(judged.End())
	return &end
}

// glance is how long a timer is trusted: it does not notice a clock that is set forward, nor a
// machine that slept.
const glance = time.Minute

// next is when the acceptance is looked at again: at its next transition.
func next(judged posture.Acceptance, phase v1alpha1.AcceptancePhase, now time.Time) time.Duration {
	at := judged.End()
	switch phase {
	case v1alpha1.AcceptanceExpired:
		return 0
	case v1alpha1.AcceptanceActive:
		at = at.Add(-posture.ExpiringFor)
	case v1alpha1.AcceptanceExpiring, v1alpha1.AcceptanceInvalid:
	}
	return min(max(at.Sub(now), time.Millisecond), glance)
}

// SetupWithManager says what changes what an acceptance covers.
func (r *Reconciler) SetupWithManager(m ctrl.Manager) error {
	gathered := gather.All(r.Client, &v1alpha1.RiskAcceptanceList{}, r.Debounce)
	return ctrl.NewControllerManagedBy(m).Named("riskacceptance").
		For(&v1alpha1.RiskAcceptance{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.AccountPosture{}, gathered).
		Watches(&v1alpha1.AWSAccount{}, gathered, builder.WithPredicates(predicate.LabelChangedPredicate{})).
		WithOptions(controller.Options{ReconciliationTimeout: time.Minute}).
		Complete(r)
}
