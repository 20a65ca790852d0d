package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/controllers/rollout"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// heartbeat is how often the last verification is written while nothing else changes.
const heartbeat = 5 * time.Minute

// rereadAfter is how soon an account is read again in which throttling or an outage kept
// something from being read, in times of VerifyAfter.
const rereadAfter = 60

// report writes what the round found: in short on the account, in full on its AccountPosture.
func (v *visit) report(ctx context.Context) error {
	totals := v.found.Report.Totals()
	verified := metav1.NewTime(v.found.Facts.AsOf)
	status := &v.account.Status
	status.Totals = &totals
	if totals.Unknown == 0 && (beats(status.LastVerifiedTime, verified) || v.changed()) {
		status.LastVerifiedTime = &verified
	}
	status.LastHandledCheckNow = v.account.CheckNow()
	conditions.Compliant(v.account, totals)
	v.blocked(v.account)
	v.flagContested(v.account)
	v.conflicts()
	v.judged = true
	return v.writePosture(ctx, totals, verified, &v.found.Plan)
}

// unread reports an account that could not be read at all. What was concluded before is not
// claimed any longer; when it was last verified stays.
func (v *visit) unread(ctx context.Context, why error) error {
	var stall *conditions.Stall
	var f *fault.Fault
	if v.judged || !errors.As(why, &stall) && !errors.As(why, &f) {
		return nil
	}
	if err := v.recall(ctx); err != nil {
		return err
	}
	v.found.Report = posture.Unread(v.declared, v.account.Spec.AccountID, v.Now(), why)
	totals := v.found.Report.Totals()
	v.account.Status.Totals = &totals
	conditions.Compliant(v.account, totals)
	conditions.Clear(v.account, v1alpha1.ConditionBlocked) // there is no plan to hold back
	v.conflicts()
	err := v.writePosture(ctx, totals, metav1.NewTime(v.found.Report.AsOf), nil)
	v.tellUnreachable(stall)
	return err
}

// beats says whether the heartbeat is due.
func beats(last *metav1.Time, now metav1.Time) bool {
	return last == nil || !posture.Recent(last.Time, now.Time, heartbeat)
}

// changed says whether the round concluded something else than the one before.
func (v *visit) changed() bool {
	was := v.before.Status.Totals
	return was == nil || *was != *v.account.Status.Totals
}

func (v *visit) blocked(o conditions.Object) {
	reason, why := v.heldBack()
	if failed := v.found.Plan.Failed(); reason == "" && failed != "" {
		reason, why = v1alpha1.ReasonRunFailed, failed
	}
	conditions.Flag(o, v1alpha1.ConditionBlocked, reason != "", reason, why)
}

func (v *visit) conflicts() {
	var conflicts []string
	for _, d := range v.declared {
		if why := d.Disagreement(); why != "" {
			conflicts = append(conflicts, d.Control.ID+": "+why)
		}
	}
	conditions.Flag(v.account, v1alpha1.ConditionConflict, len(conflicts) > 0, v1alpha1.ReasonBaselinesDisagree, "only audited until they agree: "+strings.Join(conflicts, "; "))
}

// turn says for which baselines the account's turn has not come yet.
func (v *visit) turn() string {
	var waiting []string
	for i := range v.baselines {
		if rollout.Waits(&v.baselines[i], v.account) {
			waiting = append(waiting, v.baselines[i].Name)
		}
	}
	if len(waiting) == 0 {
		return ""
	}
	return "; only audited until its turn in the rollout of " + strings.Join(waiting, ", ")
}

// writePosture patches the AccountPosture if it says anything new.
func (v *visit) writePosture(ctx context.Context, totals v1alpha1.Totals, verified metav1.Time, plan *posture.Plan) error {
	p, err := v.postureObject(ctx)
	if err != nil {
		return err
	}
	patch := conditions.Begin(p)
	said := p.DeepCopy()
	p.Status = postureStatus(v.found.Report, plan)
	p.Status.Totals, p.Status.LastVerifiedTime, p.Status.Conditions = &totals, said.Status.LastVerifiedTime, slices.Clone(said.Status.Conditions)
	p.Status.Baselines = v.judgedBy()
	countUnread(&p.Status, said.Status, plan != nil)
	p.Status.Collections, p.Status.Shrank = said.Status.Collections, said.Status.Shrank
	conditions.Compliant(p, totals)
	v.tellUnread(p)
	if plan == nil {
		conditions.Clear(p, v1alpha1.ConditionBlocked)
	} else {
		v.blocked(p)
		v.flagContested(p)
		rememberSizes(&p.Status, v.measure)
	}
	if plan != nil && totals.Unknown == 0 && (beats(said.Status.LastVerifiedTime, verified) || !sameStatus(said.Status, p.Status)) {
		p.Status.LastVerifiedTime = &verified
	}
	return patch.End(ctx, v.Client)
}

// extent says how much could be judged.
func (v *visit) extent() string {
	if unknown := int(v.account.Status.Totals.Unknown); unknown > 0 {
		return fmt.Sprintf("%d of %d controls read and judged, %d could not be read", len(v.declared)-unknown, len(v.declared), unknown)
	}
	return fmt.Sprintf("read and judged %d controls", len(v.declared))
}

// judgedBy are the versions of the baselines that the account was judged by.
func (v *visit) judgedBy() []v1alpha1.JudgedBaseline {
	var by []v1alpha1.JudgedBaseline
	for i := range v.baselines[:min(len(v.baselines), v1alpha1.MaxBaselines)] {
		b := &v.baselines[i]
		by = append(by, v1alpha1.JudgedBaseline{UID: string(b.UID), Generation: b.Generation, Waiting: rollout.Waits(b, v.account)})
	}
	return by
}

func sameStatus(a, b v1alpha1.AccountPostureStatus) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func (v *visit) postureObject(ctx context.Context) (*v1alpha1.AccountPosture, error) {
	if v.recalled != nil {
		return v.recalled, nil
	}
	p := &v1alpha1.AccountPosture{}
	p.Namespace, p.Name = v.account.Namespace, v.account.Name
	p.Labels = map[string]string{v1alpha1.LabelAccount: v.account.Name}
	p.Spec = v1alpha1.AccountPostureSpec{Account: v.account.Name, AccountID: v.account.Spec.AccountID}
	if err := controllerutil.SetControllerReference(v.account, p, v.Scheme()); err != nil {
		return nil, fmt.Errorf("owning the posture: %w", err)
	}
	if err := v.Create(ctx, p); err != nil {
		return nil, fmt.Errorf("creating the posture: %w", err)
	}
	return p, nil
}

// conclude says how the visit ended.
func (v *visit) conclude() {
	a := v.account
	settling := slices.ContainsFunc(v.found.Plan.Held, func(h posture.Held) bool { return h.Settling })
	switch {
	case v.again > 0:
		conditions.Working(a, v1alpha1.ReasonApplying, "a run is being applied; the account is read again at once")
	case v.doubts():
		v.again = doubtFor * v.VerifyAfter
		conditions.Ready(a, "read and judged, but not believed yet; the account is read again soon")
	case settling:
		v.again = v.Settling / 10
		conditions.Working(a, v1alpha1.ReasonSettling, "AWS does not show yet all that was written; it is read again soon")
	case v.remediation.RoleARN == "" && len(v.found.Plan.Changes) > len(v.found.Plan.In(posture.Audited)):
		conditions.Ready(a, "read and judged; nothing can be written without spec.remediationRoleARN")
	default:
		if v.found.Report.Passing() {
			v.again = rereadAfter * v.VerifyAfter
		}
		conditions.Ready(a, fmt.Sprintf("%s in %d regions%s", v.extent(), len(v.inScope), v.turn()))
	}
}
