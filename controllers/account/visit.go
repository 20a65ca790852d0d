package account

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	ackv1alpha1 "github.com/aws-controllers-k8s/runtime/apis/core/v1alpha1"
	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/controllers/rollout"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
)

// visit is one reconciliation of one account, and what its steps found so far.
type visit struct {
	*Reconciler
	account *v1alpha1.AWSAccount
	// before is the account as it was read, to tell transitions.
	before *v1alpha1.AWSAccount
	log    logr.Logger

	audit, remediation awsapi.Target
	baselines          []v1alpha1.SecurityBaseline
	declared           []posture.Declaration
	accepting          []v1alpha1.RiskAcceptance
	session            *awsapi.Session
	inScope            []string
	// base names what the operator itself signs in as.
	base  []string
	found round.Result
	// recalled is the AccountPosture as the round before left it, nil if there is none.
	recalled *v1alpha1.AccountPosture
	// contested are the settings that somebody keeps undoing, by what is fought over, and why each
	// is left alone.
	contested map[string]string
	// failures are the times that an action failed within a day, by its hash, or by its setting
	// where it was half done.
	failures map[string]posture.Failures
	// spent is what was changed within a day without approval.
	spent posture.Spent
	// measure is what is believed of the account's size.
	measure posture.Measure
	// judged says that the round was taken and its facts are reported.
	judged bool
	runs   runs
	// undone is the run that the one being applied undoes; nil if there is none.
	undone *v1alpha1.RemediationRun
	// again is when to come back before the interval, if set.
	again time.Duration
}

// hold puts the finalizer on the account, so that nothing that needs it is left behind.
func (v *visit) hold(ctx context.Context) error {
	if !controllerutil.ContainsFinalizer(v.account, v1alpha1.FinalizerInUse) {
		held := v.account.DeepCopy()
		controllerutil.AddFinalizer(held, v1alpha1.FinalizerInUse)
		if err := v.Patch(ctx, held, client.MergeFromWithOptions(v.account, client.MergeFromWithOptimisticLock{})); err != nil {
			return fmt.Errorf("adding the finalizer: %w", err)
		}
	}
	return nil
}

// admit stalls an account that its namespace is not allowed, that an older AWSAccount serves,
// or that no role reaches.
func (v *visit) admit(ctx context.Context) (err error) {
	v.audit, v.remediation, err = v.reachable(ctx, v.Client, v.account)
	return err
}

// reachable says how the account is reached, if it is this object that serves it. Other
// AWSAccounts are always known from the cache: ids never change and none gets older, so that
// hardly any change of theirs takes an account over.
func (v *visit) reachable(ctx context.Context, from client.Reader, account *v1alpha1.AWSAccount) (audit, remediation awsapi.Target, err error) {
	around, err := v.surroundings(ctx, from)
	if err != nil {
		return audit, remediation, err
	}
	if audit, remediation, err = resolve(account, around); err != nil {
		return audit, remediation, err
	}
	return audit, remediation, v.isDuplicate(ctx, account)
}

// isDuplicate stalls an account whose id an older AWSAccount serves. One that its namespace is
// not allowed serves nothing: else whoever may write an AWSAccount somewhere could take an
// account out of guard.
func (v *visit) isDuplicate(ctx context.Context, account *v1alpha1.AWSAccount) error {
	var accounts v1alpha1.AWSAccountList
	if err := v.List(ctx, &accounts, client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("listing accounts: %w", err)
	}
	for i := range accounts.Items {
		other := &accounts.Items[i]
		if other.Spec.AccountID != account.Spec.AccountID || other.UID == account.UID || !older(other, account) {
			continue
		}
		namespace := &corev1.Namespace{}
		if err := v.Get(ctx, types.NamespacedName{Name: other.Namespace}, namespace); client.IgnoreNotFound(err) != nil {
			return fmt.Errorf("reading the namespace of another AWSAccount: %w", err)
		} else if err != nil || allowed(other, namespace) != nil {
			continue
		}
		return conditions.Stallf(v1alpha1.ReasonDuplicateAccount, "account %s is served by the older AWSAccount %s/%s", account.Spec.AccountID, other.Namespace, other.Name)
	}
	return nil
}

func older(a, b *v1alpha1.AWSAccount) bool {
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.CreationTimestamp.Before(&b.CreationTimestamp)
	}
	return a.Namespace+"/"+a.Name < b.Namespace+"/"+b.Name
}

func (v *visit) surroundings(ctx context.Context, from client.Reader) (surroundings, error) {
	around := surroundings{namespace: &corev1.Namespace{}}
	if err := from.Get(ctx, types.NamespacedName{Name: v.account.Namespace}, around.namespace); err != nil {
		return around, fmt.Errorf("reading the namespace: %w", err)
	}
	roleMap := &corev1.ConfigMap{}
	err := from.Get(ctx, types.NamespacedName{Namespace: v.RoleMapNamespace, Name: roleMapName}, roleMap)
	if err != nil && !apierrors.IsNotFound(err) {
		return around, fmt.Errorf("reading the role map: %w", err)
	}
	if err == nil {
		around.roleMap = roleMap
	}
	if v.SelectorsKnown {
		var selectors ackv1alpha1.IAMRoleSelectorList
		if err := from.List(ctx, &selectors); err != nil {
			return around, fmt.Errorf("listing role selectors: %w", err)
		}
		around.selectors = selectors.Items
	}
	return around, nil
}

// declare merges what the namespace's baselines declare for the account.
func (v *visit) declare(ctx context.Context) (err error) {
	if v.baselines, err = v.selecting(ctx, v.Client, v.account); err != nil {
		return err
	}
	declarers := make([]posture.Declarer, len(v.baselines))
	v.account.Status.Baselines = nil
	for i := range v.baselines {
		b := &v.baselines[i]
		declarers[i] = posture.Declarer{Name: b.Name, Enforcement: b.Spec.Enforcement, Suspended: b.Spec.Suspend || rollout.Waits(b, v.account), Posture: &b.Spec.Posture}
		if i < v1alpha1.MaxBaselines {
			v.account.Status.Baselines = append(v.account.Status.Baselines, b.Name)
		}
	}
	v.declared = posture.Declare(controls.All(), declarers, v.account.Spec.Guard.MaxEnforcement, catalogue.Severity)
	why := v.suspended()
	conditions.Flag(v.account, v1alpha1.ConditionSuspended, why != "", why, "nothing is written until the suspension is lifted; reading goes on")
	return nil
}

// selecting are the baselines that are for the account, by name.
func (v *visit) selecting(ctx context.Context, from client.Reader, account *v1alpha1.AWSAccount) ([]v1alpha1.SecurityBaseline, error) {
	var all v1alpha1.SecurityBaselineList
	if err := from.List(ctx, &all, client.InNamespace(account.Namespace)); err != nil {
		return nil, fmt.Errorf("listing baselines: %w", err)
	}
	chosen := slices.DeleteFunc(all.Items, func(b v1alpha1.SecurityBaseline) bool {
		return !posture.Selects(&b, account) || !b.DeletionTimestamp.IsZero()
	})
	slices.SortFunc(chosen, func(a, b v1alpha1.SecurityBaseline) int { return strings.Compare(a.Name, b.Name) })
	return chosen, nil
}

// reach opens the reading session, which verifies whose credentials it has, and finds the
// regions in scope.
func (v *visit) reach(ctx context.Context) error {
	session, err := v.AWS.Open(ctx, v.audit)
	if err != nil {
		return unreachable(v.audit, err)
	}
	if v.base, err = v.AWS.Base(ctx, v.audit); err != nil {
		return fmt.Errorf("asking what the operator signs in as: %w", err)
	}
	v.session = session
	v.account.Status.AuditIdentity = session.Identity
	enabled, err := v.enabledRegions(ctx, session)
	if err != nil {
		return err
	}
	regions, err := regionsInScope(v.account, enabled)
	if err != nil {
		v.regions.Delete(session.Account) // it may be enabled by the next look
		return err
	}
	v.account.Status.Regions = regions[:min(len(regions), v1alpha1.MaxRegions)]
	v.inScope = regions
	return nil
}

func unreachable(target awsapi.Target, err error) error {
	switch {
	case fault.Is(err, fault.WrongAccount):
		return conditions.Stallf(v1alpha1.ReasonWrongAccount, "role %s: %v; nothing was sent", target.RoleARN, rootOf(err))
	case fault.Is(err, fault.Denied, fault.DeniedByOrganization, fault.Invalid):
		return conditions.Stallf(v1alpha1.ReasonRoleNotAssumable, "role %s cannot be assumed: check that it exists, that its trust policy names the operator, and its external id (%v)", target.RoleARN, rootOf(err))
	}
	return err
}

// rootOf is the classified error itself, without the SDK's wrapping.
func rootOf(err error) error {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	return err
}

type knownRegions struct {
	names []string
	until time.Time
}

// regionsFor is how long the list of enabled regions is believed; enabling one takes hours.
const regionsFor = time.Hour

func (v *visit) enabledRegions(ctx context.Context, session *awsapi.Session) ([]string, error) {
	if known, ok := v.regions.Load(session.Account); ok {
		if k, ok := known.(knownRegions); ok && v.Now().Before(k.until) {
			return k.names, nil
		}
	}
	names, err := session.Regions(ctx)
	if err != nil {
		return nil, err
	}
	v.regions.Store(session.Account, knownRegions{names: names, until: v.Now().Add(regionsFor)})
	return names, nil
}

// look takes the round: read, judge, plan.
func (v *visit) look(ctx context.Context) error {
	runs, err := v.openRuns(ctx)
	if err != nil {
		return err
	}
	v.runs = runs
	if err := v.recall(ctx); err != nil {
		return err
	}
	if err := v.witness(ctx); err != nil {
		return err
	}
	if v.accepting, err = v.acceptances(ctx, v.Client, v.account); err != nil {
		return err
	}
	v.found, err = round.Take(ctx, round.Input{
		Session: v.session, Regions: v.inScope, Who: whoIn(v.account),
		Declarations: v.declared, Acceptances: v.accepted(), Rules: v.rules(),
	})
	if err == nil {
		err = v.contest(ctx)
	}
	if err == nil {
		v.weigh()
	}
	return err
}

func whoIn(account *v1alpha1.AWSAccount) inventory.Who {
	return inventory.Who{Services: account.Spec.ServiceUsers, BreakGlass: account.Spec.Guard.Protected.Principals}
}

// Limits where neither the guard nor a baseline says otherwise.
const (
	defaultMaxActions = 25
	defaultMaxPercent = 20
)

// rules are the guard's, with the limits that any baseline lowers further.
func (v *visit) rules() posture.Rules {
	guard := v.account.Spec.Guard
	limits := func(pick func(v1alpha1.Limits) *int32, usual int) int {
		lowest := usual
		if own := pick(guard.Limits); own != nil {
			lowest = int(*own)
		}
		for _, b := range v.baselines {
			if lower := pick(b.Spec.Limits); lower != nil {
				lowest = min(lowest, int(*lower))
			}
		}
		return lowest
	}
	return posture.Rules{
		AllowedRisks: guard.AllowedRisks,
		MaxActions:   limits(func(l v1alpha1.Limits) *int32 { return l.MaxActions }, defaultMaxActions),
		MaxPercent:   limits(func(l v1alpha1.Limits) *int32 { return l.MaxPercent }, defaultMaxPercent),
		Protection: posture.Protection{
			Own:        append([]string{v.audit.RoleARN, v.remediation.RoleARN}, v.base...),
			Principals: guard.Protected.Principals, Resources: guard.Protected.Resources,
			IncludeManagedElsewhere: guard.IncludeManagedElsewhere, OwnerTags: guard.OwnerTags, KeyAccounts: guard.TrustedKeyAccounts,
		},
		Spent:     v.spent,
		Settling:  v.runs.settling(v.Now(), v.Settling),
		Rejected:  v.runs.rejected(),
		Contested: func(d action.Description) string { return v.contested[posture.ContestKey(d)] },
		Failed:    v.failed,
	}
}

// later says when the account is looked at again: after the shortest interval that any
// baseline declares, with jitter, or sooner while something is under way or an acceptance ends.
func (v *visit) later() ctrl.Result {
	interval := time.Hour
	for i, b := range v.baselines {
		if b.Spec.Interval != nil && (i == 0 || b.Spec.Interval.Duration < interval) {
			interval = b.Spec.Interval.Duration
		}
	}
	next := interval - rand.N(interval/10) //nolint:gosec // jitter needs no secrecy
	if v.again > 0 && v.again < interval {
		next = v.again
	}
	if left, covers := v.untilExpiry(); covers {
		next = min(next, left)
	}
	return ctrl.Result{RequeueAfter: next}
}

// stop ends a visit early: a stall is looked at again at the interval, all else is retried
// with backoff. What could not be read any more is not concluded on any more.
func (v *visit) stop(ctx context.Context, err error) (ctrl.Result, error) {
	err = firstOf(v.unread(ctx, err), err)
	var f *fault.Fault
	fallback := v1alpha1.ReasonReading
	switch {
	case errors.As(err, &f):
		fallback = v1alpha1.ReasonAWSUnavailable
	case v.judged:
		fallback = v1alpha1.ReasonApplying
	}
	if err := conditions.Failed(v.account, err, fallback); err != nil {
		return ctrl.Result{}, err
	}
	return v.later(), nil
}
