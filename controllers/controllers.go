// Package controllers has the one list of reconcilers.
package controllers

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	ackv1alpha1 "github.com/aws-controllers-k8s/runtime/apis/core/v1alpha1"
	"k8s.io/apimachinery/pkg/api/meta"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/guardrails-dev/aws-guardrails/controllers/acceptance"
	"github.com/guardrails-dev/aws-guardrails/controllers/account"
	"github.com/guardrails-dev/aws-guardrails/controllers/baseline"
	"github.com/guardrails-dev/aws-guardrails/controllers/run"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// Options of all reconcilers.
type Options struct {
	AWS *awsapi.Pool
	Now func() time.Time
	// RoleMapNamespace is where ACK's role map lives.
	RoleMapNamespace string
	// Suspended stops every write of the whole operator.
	Suspended bool
	// Settling is how long AWS may take to show a write.
	Settling time.Duration
	// VerifyAfter is how soon an account is read again after a run wrote to it.
	VerifyAfter time.Duration
	// ApprovalTTL is how long an approval is good.
	ApprovalTTL time.Duration
	// MaxAcceptance is how far a RiskAcceptance may reach.
	MaxAcceptance time.Duration
	// UndoAcceptance is how long a finding that an undo brings back is accepted.
	UndoAcceptance time.Duration
	// Concurrent is how many accounts are worked on at once.
	Concurrent int
	// KeepRuns bounds the final runs that came to nothing, KeepRunsFor all that an account keeps.
	KeepRuns    int
	KeepRunsFor time.Duration
	// Debounce is how long changes of postures are gathered before baselines and acceptances
	// total them.
	Debounce time.Duration
	// Acceptances meters the acceptances.
	Acceptances *acceptance.Meter
	// LeaderElection says that another process may have led before this one.
	LeaderElection bool
}

// Add adds every reconciler to the manager.
func Add(m ctrl.Manager, o Options) error {
	selectors, err := knows(m, ackv1alpha1.GroupVersion.WithKind("IAMRoleSelector").Kind)
	if err != nil {
		return err
	}
	from, err := writesFrom(m, o)
	if err != nil {
		return fmt.Errorf("waiting for the election: %w", err)
	}
	recorder := m.GetEventRecorder("guardrails-manager")
	for _, reconciler := range []interface{ SetupWithManager(ctrl.Manager) error }{
		&account.Reconciler{
			Client: m.GetClient(), Live: m.GetAPIReader(), AWS: o.AWS, Recorder: recorder, Now: o.Now,
			RoleMapNamespace: o.RoleMapNamespace, SelectorsKnown: selectors, Suspended: o.Suspended, Settling: o.Settling,
			VerifyAfter: o.VerifyAfter, ApprovalTTL: o.ApprovalTTL, WritesFrom: from, Concurrent: o.Concurrent, MaxAcceptance: o.MaxAcceptance, UndoAcceptance: o.UndoAcceptance,
		},
		&baseline.Reconciler{Client: m.GetClient(), Recorder: recorder, Now: o.Now, Debounce: o.Debounce},
		&acceptance.Reconciler{Client: m.GetClient(), Recorder: recorder, Now: o.Now, MaxAcceptance: o.MaxAcceptance, Debounce: o.Debounce, Meter: o.Acceptances},
		&run.Reconciler{Client: m.GetClient(), Now: o.Now, Keep: o.KeepRuns, KeepFor: o.KeepRunsFor},
	} {
		if err := reconciler.SetupWithManager(m); err != nil {
			return fmt.Errorf("setting up %T: %w", reconciler, err)
		}
	}
	return nil
}

// knows says whether the cluster serves ACK's kind. One that appears later is seen at the next start.
func knows(m ctrl.Manager, kind string) (bool, error) {
	_, err := m.GetRESTMapper().RESTMapping(ackv1alpha1.GroupVersion.WithKind(kind).GroupKind(), ackv1alpha1.GroupVersion.Version)
	if meta.IsNoMatchError(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("asking whether the cluster knows %s: %w", kind, err)
	}
	return true, nil
}

// writesFrom says when this process may write to AWS first. A leader that was deposed may have
// one call in flight; by then that call is over.
func writesFrom(m ctrl.Manager, o Options) (func() time.Time, error) {
	var elected atomic.Pointer[time.Time]
	err := m.Add(onElection(func() {
		at := o.Now()
		elected.Store(&at)
	}))
	return func() time.Time {
		at := elected.Load()
		switch {
		case !o.LeaderElection:
			return time.Time{}
		case at == nil:
			return o.Now().Add(remedy.CallDeadline)
		}
		return at.Add(remedy.CallDeadline)
	}, err
}

// onElection runs once this process leads.
type onElection func()

// Start implements manager.Runnable.
func (f onElection) Start(context.Context) error { f(); return nil }

// NeedLeaderElection implements manager.LeaderElectionRunnable.
func (onElection) NeedLeaderElection() bool { return true }
