package baseline

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/rollout"
)

// advance takes the baseline's rollout as far as its accounts allow, and says when to look
// again at the latest.
func (r *Reconciler) advance(b *v1alpha1.SecurityBaseline, accounts []rollout.Account) (again time.Duration, err error) {
	if b.Spec.Rollout == nil {
		b.Status.Rollout = nil
		return 0, nil
	}
	revision, err := rollout.Revision(b.Spec)
	if err != nil {
		return 0, err
	}
	at, again := rollout.Advance(b.Spec.Rollout, b.Status.Rollout, revision, accounts, r.Now())
	b.Status.Rollout = &at
	return again, nil
}
