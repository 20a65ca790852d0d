package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// acceptances are those of the namespace that are for the account, by name.
func (v *visit) acceptances(ctx context.Context, from client.Reader, account *v1alpha1.AWSAccount) ([]v1alpha1.RiskAcceptance, error) {
	var all v1alpha1.RiskAcceptanceList
	if err := from.List(ctx, &all, client.InNamespace(account.Namespace)); err != nil {
		return nil, fmt.Errorf("listing acceptances: %w", err)
	}
	chosen := slices.DeleteFunc(all.Items, func(a v1alpha1.RiskAcceptance) bool {
		return !accepts(&a, account) || !a.DeletionTimestamp.IsZero()
	})
	slices.SortFunc(chosen, byName)
	return chosen, nil
}

func byName(a, b v1alpha1.RiskAcceptance) int { return strings.Compare(a.Name, b.Name) }

func accepts(a *v1alpha1.RiskAcceptance, account *v1alpha1.AWSAccount) bool {
	return posture.AcceptanceOf(a, 0).Selects(account.Labels)
}

// accepted is what the round judges by.
func (v *visit) accepted() []posture.Acceptance {
	all := make([]posture.Acceptance, len(v.accepting))
	for i := range v.accepting {
		all[i] = posture.AcceptanceOf(&v.accepting[i], v.MaxAcceptance)
	}
	return all
}

// untilExpiry is how long the first acceptance that covers anything lasts, if one does. It may
// have ended while the account was read: then it is looked at again at once.
func (v *visit) untilExpiry() (left time.Duration, covers bool) {
	until := v.found.Report.AcceptedUntil
	return max(until.Sub(v.Now()), time.Millisecond), !until.IsZero()
}

// ofAcceptance are the accounts that an acceptance is for. Of an edited one both the old and
// the new selector are asked.
func (r *Reconciler) ofAcceptance(ctx context.Context, o client.Object) []reconcile.Request {
	a, ok := o.(*v1alpha1.RiskAcceptance)
	if !ok {
		return nil
	}
	return r.accounts(ctx, func(account *v1alpha1.AWSAccount) bool { return accepts(a, account) }, client.InNamespace(a.Namespace))
}

// expired passes an acceptance that was found to have expired: where a clock was set forward,
// or stood still, no timer tells.
type expired struct{ predicate.Funcs }

func (expired) Create(event.CreateEvent) bool   { return false }
func (expired) Delete(event.DeleteEvent) bool   { return false }
func (expired) Generic(event.GenericEvent) bool { return false }
func (expired) Update(e event.UpdateEvent) bool {
	was, ok := e.ObjectOld.(*v1alpha1.RiskAcceptance)
	is, both := e.ObjectNew.(*v1alpha1.RiskAcceptance)
	return ok && both && is.Status.Expired != nil && !is.Status.Expired.Equal(was.Status.Expired)
}
