// Package account holds the one reconciler that reads, judges and mends an AWS account. The
// account is the unit of work: all baselines that are for it are merged, it is read once, and
// at most one run writes to it at a time.
package account

import (
	"context"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
)

// Reconciler reconciles AWSAccounts.
type Reconciler struct {
	client.Client
	// Live reads past the cache, for what must not be stale: runs, and the brakes.
	Live     client.Reader
	AWS      *awsapi.Pool
	Recorder events.EventRecorder
	Now      func() time.Time
	// RoleMapNamespace is where ACK's role map lives.
	RoleMapNamespace string
	// SelectorsKnown says that the cluster knows ACK's IAMRoleSelector.
	SelectorsKnown bool
	// Suspended stops every write of the whole operator.
	Suspended bool
	// Settling is how long AWS may take to show a write.
	Settling time.Duration
	// UndoAcceptance is how long a finding that an undo brings back is accepted.
	UndoAcceptance time.Duration
	// VerifyAfter is how soon an account is read again after a run wrote to it.
	VerifyAfter time.Duration
	// WritesFrom is when this process may write first: once a leader before it can have no
	// call in flight any more.
	WritesFrom func() time.Time
	// MaxAcceptance is how far a RiskAcceptance may reach.
	MaxAcceptance time.Duration
	// Concurrent is how many accounts are worked on at once.
	Concurrent int

	regions sync.Map // account id → knownRegions
}

//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=awsaccounts,verbs=get;list;watch;patch
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=awsaccounts/status,verbs=patch
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=securitybaselines,verbs=get;list;watch
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=riskacceptances,verbs=list;watch
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=accountpostures,verbs=get;list;watch;create
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=accountpostures/status,verbs=patch
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=remediationruns,verbs=get;list;watch;create;patch
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=remediationruns/status,verbs=update
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=riskacceptances,verbs=create
//+kubebuilder:rbac:groups=aws.guardrails.dev,resources=networkzones;quarantines,verbs=list
//+kubebuilder:rbac:groups=services.k8s.aws,resources=iamroleselectors,verbs=get;list;watch
//+kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch
//+kubebuilder:rbac:groups="",resources=configmaps,resourceNames=ack-role-account-map,verbs=get;list;watch
//+kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// Reconcile takes one round of the account and acts on what it shows.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (result ctrl.Result, err error) {
	account := &v1alpha1.AWSAccount{}
	if err := r.Get(ctx, request.NamespacedName, account); apierrors.IsNotFound(err) {
		return ctrl.Result{}, r.closeRuns(ctx, request.NamespacedName, "the AWSAccount was deleted")
	} else if err != nil {
		return ctrl.Result{}, err
	}
	patch := conditions.Begin(account)
	v := &visit{Reconciler: r, account: account, before: account.DeepCopy(), log: log.FromContext(ctx)}
	defer func() {
		conditions.Announce(r.Recorder, v.before, account)
		err = firstOf(err, patch.End(ctx, r.Client))
	}()
	account.Status.ObservedGeneration = account.Generation
	if !account.DeletionTimestamp.IsZero() {
		return v.release(ctx)
	}
	for _, step := range []func(context.Context) error{v.hold, v.declare, v.admit, v.reach, v.look, v.report, v.mend} {
		if err := step(ctx); err != nil {
			return v.stop(ctx, err)
		}
	}
	v.conclude()
	return v.later(), nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
