// Package baseline holds the reconciler of SecurityBaselines: it totals what the accounts'
// postures say. It calls no AWS.
package baseline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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
	"github.com/guardrails-dev/aws-guardrails/controllers/rollout"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// Reconciler reconciles SecurityBaselines.
type Reconciler struct {
	client.Client
	Recorder events.EventRecorder
	Now      func() time.Time
	// Debounce is how long changes of postures are gathered before they are totalled.
	Debounce time.Duration
}

//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=securitybaselines,verbs=get;list;watch
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=securitybaselines/status,verbs=patch

// Reconcile totals one baseline over its accounts.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (result ctrl.Result, err error) {
	b := &v1alpha1.SecurityBaseline{}
	if err := r.Get(ctx, request.NamespacedName, b); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	patch, before := conditions.Begin(b), b.DeepCopy()
	defer func() {
		conditions.Announce(r.Recorder, before, b)
		if ended := patch.End(ctx, r.Client); err == nil {
			err = ended
		}
	}()
	b.Status.ObservedGeneration = b.Generation
	declared := declaredBy(b)
	b.Status.Controls = int32(len(declared)) //nolint:gosec // the catalogue has 142
	accounts, err := r.accountsOf(ctx, b)
	if err != nil {
		return ctrl.Result{}, unselected(b, err)
	}
	sum := total{baseline: b, declared: declared}
	for i := range accounts {
		if err := r.add(ctx, &sum, &accounts[i]); err != nil {
			return ctrl.Result{}, conditions.Failed(b, err, v1alpha1.ReasonReading)
		}
	}
	sum.write(b, len(accounts))
	again, err := r.advance(b, sum.accounts)
	return ctrl.Result{RequeueAfter: again}, err
}

// unselected says that the baseline's accounts could not be told. With a selector that selects
// nothing, what was concluded before is not claimed any longer.
func unselected(b *v1alpha1.SecurityBaseline, err error) error {
	var stall *conditions.Stall
	if errors.As(err, &stall) {
		b.Status.Totals, b.Status.Accounts = nil, 0
		conditions.Set(b, v1alpha1.ConditionCompliant, metav1.ConditionUnknown, stall.Reason, stall.Message)
	}
	return conditions.Failed(b, err, v1alpha1.ReasonReading)
}

// declaredBy returns the ids of the controls that the baseline declares.
func declaredBy(b *v1alpha1.SecurityBaseline) map[string]bool {
	declared := map[string]bool{}
	for _, control := range controls.All() {
		if control.Leaf(&b.Spec.Posture) != nil {
			declared[control.ID] = true
		}
	}
	return declared
}

func (r *Reconciler) accountsOf(ctx context.Context, b *v1alpha1.SecurityBaseline) ([]v1alpha1.AWSAccount, error) {
	selector, err := metav1.LabelSelectorAsSelector(&b.Spec.AccountSelector)
	if err != nil {
		return nil, conditions.Stallf(v1alpha1.ReasonInvalidSelector, "spec.accountSelector: %v", err)
	}
	var list v1alpha1.AWSAccountList
	if err := r.List(ctx, &list, client.InNamespace(b.Namespace), client.MatchingLabelsSelector{Selector: selector}); err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	return list.Items, nil
}

func (r *Reconciler) add(ctx context.Context, sum *total, account *v1alpha1.AWSAccount) error {
	p := &v1alpha1.AccountPosture{}
	err := r.Get(ctx, client.ObjectKeyFromObject(account), p)
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("reading the posture of %s: %w", account.Name, err)
	}
	sum.add(account, p)
	return nil
}

// total is a sum over accounts.
type total struct {
	baseline  *v1alpha1.SecurityBaseline
	declared  map[string]bool
	totals    v1alpha1.Totals
	failing   map[string]int32
	conflicts []string
	pending   int
	oldest    *metav1.Time
	accounts  []rollout.Account
}

// add counts one account: what was not judged yet, by this version of the baseline, is unknown.
func (t *total) add(account *v1alpha1.AWSAccount, p *v1alpha1.AccountPosture) {
	t.accounts = append(t.accounts, rollout.Account{
		Name: account.Name, Canary: rollout.IsCanary(t.baseline.Spec.Rollout, account), Standing: rollout.StandingOf(t.baseline, p),
	})
	seen, judged := 0, rollout.Judged(t.baseline, p) != nil
	for _, c := range p.Status.Controls {
		if !t.declared[c.Control] || !judged {
			continue
		}
		seen++
		counted := posture.TotalOf(c)
		t.totals.Add(counted)
		if counted.Fail > 0 {
			if t.failing == nil {
				t.failing = map[string]int32{}
			}
			t.failing[c.Control]++
		}
		if c.Conflict != "" {
			t.conflicts = append(t.conflicts, inventory.Clean(fmt.Sprintf("%s on %s: %s", c.Control, account.Name, c.Conflict), v1alpha1.MaxConflict))
		}
	}
	if seen < len(t.declared) {
		t.pending++
		t.totals.Unknown += int32(len(t.declared) - seen) //nolint:gosec // the catalogue has 142
	}
	if at := p.Status.LastVerifiedTime; at != nil && (t.oldest == nil || at.Before(t.oldest)) {
		t.oldest = at
	}
}

func (t *total) write(b *v1alpha1.SecurityBaseline, accounts int) {
	b.Status.Accounts = int32(accounts) //nolint:gosec // accounts of one namespace fit
	b.Status.Totals = &t.totals
	b.Status.LastVerifiedTime = t.oldest
	b.Status.Failing = nil
	for control, n := range t.failing {
		b.Status.Failing = append(b.Status.Failing, v1alpha1.ControlCount{Control: control, Accounts: n})
	}
	slices.SortFunc(b.Status.Failing, func(x, y v1alpha1.ControlCount) int {
		if x.Accounts != y.Accounts {
			return int(y.Accounts - x.Accounts)
		}
		return strings.Compare(x.Control, y.Control)
	})
	b.Status.Failing = b.Status.Failing[:min(len(b.Status.Failing), v1alpha1.MaxFailing)]
	slices.Sort(t.conflicts)
	b.Status.Conflicts = t.conflicts[:min(len(t.conflicts), v1alpha1.MaxConflicts)]
	t.conclude(b, accounts)
}

func (t *total) conclude(b *v1alpha1.SecurityBaseline, accounts int) {
	conditions.Compliant(b, t.totals)
	if accounts == 0 {
		conditions.Set(b, v1alpha1.ConditionCompliant, metav1.ConditionUnknown, v1alpha1.ReasonNoAccounts, "no AWSAccount of the namespace matches spec.accountSelector")
	}
	conditions.Flag(b, v1alpha1.ConditionSuspended, b.Spec.Suspend, v1alpha1.ReasonSuspendedByOwner, "nothing is written on behalf of this baseline")
	conditions.Flag(b, v1alpha1.ConditionConflict, len(t.conflicts) > 0, v1alpha1.ReasonBaselinesDisagree, strings.Join(b.Status.Conflicts, "; "))
	switch {
	case accounts == 0:
		conditions.Stalled(b, v1alpha1.ReasonNoAccounts, "no AWSAccount of the namespace matches spec.accountSelector")
	case t.pending > 0:
		conditions.Working(b, v1alpha1.ReasonReading, fmt.Sprintf("%d of %d accounts are not judged yet", t.pending, accounts))
	default:
		conditions.Ready(b, fmt.Sprintf("%d controls on %d accounts", len(t.declared), accounts))
	}
}

// SetupWithManager says what changes a baseline's totals.
func (r *Reconciler) SetupWithManager(m ctrl.Manager) error {
	gathered := gather.All(r.Client, &v1alpha1.SecurityBaselineList{}, r.Debounce)
	return ctrl.NewControllerManagedBy(m).Named("securitybaseline").
		For(&v1alpha1.SecurityBaseline{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.AccountPosture{}, gathered).
		Watches(&v1alpha1.AWSAccount{}, gathered, builder.WithPredicates(predicate.LabelChangedPredicate{})).
		WithOptions(controller.Options{ReconciliationTimeout: time.Minute}).
		Complete(r)
}
