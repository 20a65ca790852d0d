package account

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// heartbeat is how often the last verification is written while nothing else changes.
const heartbeat = 5 * time.Minute

// report writes what the round found: in short on the account, in full on its AccountPosture.
func (v *visit) report(ctx context.Context) error {
	totals := v.found.Report.Totals()
	verified := metav1.NewTime(v.found.Facts.AsOf)
	status := &v.account.Status
	status.Totals = &totals
	if totals.Unknown == 0 && beats(status.LastVerifiedTime, verified) || v.changed() {
		status.LastVerifiedTime = &verified
	}
	status.LastHandledCheckNow = v.account.Annotations[v1alpha1.AnnotationCheckNow]
	conditions.Compliant(v.account, totals)
	v.blocked(v.account)
	v.conflicts()
	return v.writePosture(ctx, totals, verified)
}

// beats says whether the heartbeat is due.
func beats(last *metav1.Time, now metav1.Time) bool {
	return last == nil || now.Sub(last.Time) >= heartbeat
}

// changed says whether the round concluded something else than the one before.
func (v *visit) changed() bool {
	was := v.before.Status.Totals
	return was == nil || *was != *v.account.Status.Totals
}

func (v *visit) blocked(o conditions.Object) {
	why := v.found.Plan.Blocked
	conditions.Flag(o, v1alpha1.ConditionBlocked, why != "", v1alpha1.ReasonLimitExceeded, why+"; nothing was written, the plan is offered for approval")
}

func (v *visit) conflicts() {
	var conflicts []string
	for _, d := range v.declared {
		if d.Conflict != "" {
			conflicts = append(conflicts, d.Control.ID+": "+d.Conflict)
		}
	}
	conditions.Flag(v.account, v1alpha1.ConditionConflict, len(conflicts) > 0, v1alpha1.ReasonBaselinesDisagree, strings.Join(conflicts, "; ")+"; only audited until they agree")
}

// writePosture patches the AccountPosture if it says anything new.
func (v *visit) writePosture(ctx context.Context, totals v1alpha1.Totals, verified metav1.Time) error {
	p, err := v.postureObject(ctx)
	if err != nil {
		return err
	}
	patch := conditions.Begin(p)
	last := p.Status.LastVerifiedTime
	status := postureStatus(v.found.Report, v.found.Plan)
	status.Totals, status.LastVerifiedTime, status.Conditions = &totals, last, p.Status.Conditions
	said := p.Status
	p.Status = status
	conditions.Compliant(p, totals)
	v.blocked(p)
	if beats(last, verified) || !sameStatus(said, p.Status) {
		p.Status.LastVerifiedTime = &verified
	}
	return patch.End(ctx, v.Client)
}

func sameStatus(a, b v1alpha1.AccountPostureStatus) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func (v *visit) postureObject(ctx context.Context) (*v1alpha1.AccountPosture, error) {
	p := &v1alpha1.AccountPosture{}
	err := v.Get(ctx, client.ObjectKeyFromObject(v.account), p)
	if err == nil || !apierrors.IsNotFound(err) {
		return p, err
	}
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

// Bounds of an AccountPosture, so that it stays under 64 KiB.
const (
	maxFindings     = 100
	maxFindingBytes = 24 << 10
	maxPlanLines    = 50
	maxPlanLine     = 160
)

func postureStatus(report posture.Report, plan posture.Plan) v1alpha1.AccountPostureStatus {
	var status v1alpha1.AccountPostureStatus
	for _, c := range report.Controls {
		status.Controls = append(status.Controls, v1alpha1.ControlPosture{
			Control: c.Control.ID, Verdict: c.Verdict(), Severity: c.Severity, Enforcement: c.Enforcement, Baselines: c.Baselines[:min(len(c.Baselines), 10)],
			Pass: int32(c.Count(v1alpha1.Pass)), Fail: int32(c.Count(v1alpha1.Fail)), Contained: int32(c.Count(v1alpha1.Contained)), Unknown: int32(c.Count(v1alpha1.Unknown)), //nolint:gosec // counts of resources fit
			Conflict: inventory.Clean(c.Conflict, 200),
		})
	}
	findings := posture.Findings(report, plan)
	bytes := 0
	for i, f := range findings {
		size := len(f.Control) + len(f.Resource) + len(f.Message) + len(f.ByHand) + len(f.Protected) + len(f.ManagedElsewhere) + 160
		if i == maxFindings || bytes+size > maxFindingBytes {
			status.MoreFindings = int32(len(findings) - i) //nolint:gosec // counts of findings fit
			break
		}
		bytes += size
		status.Findings = append(status.Findings, f)
	}
	status.Plan = planSummary(plan)
	return status
}

func planSummary(plan posture.Plan) *v1alpha1.PlanSummary {
	count := func(n int) int32 { return int32(n) } //nolint:gosec // counts of actions fit
	summary := &v1alpha1.PlanSummary{
		Hash: plan.Hash, Actions: count(len(plan.Changes)), Automatic: count(len(plan.In(posture.Automatic))),
		Offered: count(len(plan.In(posture.Offered))), Audited: count(len(plan.In(posture.Audited))),
	}
	for _, held := range plan.Held {
		switch {
		case held.ByHand != "":
			summary.Manual++
		case held.Protected != "":
			summary.Refused++
		}
	}
	for _, change := range plan.Changes[:min(len(plan.Changes), maxPlanLines)] {
		summary.First = append(summary.First, inventory.Clean(fmt.Sprintf("%s [%s, %s]", change.Title, change.Risk, change.Mode), maxPlanLine))
	}
	return summary
}

// conclude says how the visit ended.
func (v *visit) conclude() {
	a := v.account
	why := v.suspended()
	conditions.Flag(a, v1alpha1.ConditionSuspended, why != "", why, "nothing is written until the suspension is lifted; reading goes on")
	settling := slices.ContainsFunc(v.found.Plan.Held, func(h posture.Held) bool { return h.Settling })
	switch {
	case v.again > 0:
		conditions.Working(a, v1alpha1.ReasonApplying, "a run is being applied; the account is read again at once")
	case settling:
		v.again = v.Settling / 10
		conditions.Working(a, v1alpha1.ReasonSettling, "AWS does not show yet all that was written; it is read again soon")
	case v.remediation.RoleARN == "" && len(v.found.Plan.Changes) > len(v.found.Plan.In(posture.Audited)):
		conditions.Ready(a, "read and judged; nothing can be written without spec.remediationRoleARN")
	default:
		conditions.Ready(a, fmt.Sprintf("read and judged %d controls in %d regions", len(v.declared), len(a.Status.Regions)))
	}
}
