package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// contest plans anew under what runs did within a day: what was changed counts against the limits,
// what somebody keeps undoing is left alone, and what failed goes last, or is held.
func (v *visit) contest(ctx context.Context) error {
	v.contested, v.spent, v.failures = map[string]string{}, posture.Spent{}, map[string]posture.Failures{}
	enforced, err := v.enforcedRuns(ctx)
	if err != nil {
		return err
	}
	applied := map[string][]time.Time{}
	for _, run := range enforced {
		v.count(run, applied)
		v.countFailed(run)
	}
	if plan := v.found.Plan; plan.Blocked != "" || len(plan.In(posture.Automatic)) > 0 {
		for _, change := range plan.Changes {
			v.meet(ctx, change, applied[posture.ContestKey(change.Description)])
		}
	}
	v.rivals.Store(v.account.Spec.AccountID, v.contested)
	gauges.tell(v.account, func(t *told) { t.contested = len(v.contested) })
	v.showBudget()
	if len(v.contested) == 0 && len(v.failures) == 0 && v.spent.Actions == 0 {
		return nil
	}
	plan, err := posture.Draft(v.found.Report, v.found.Facts, v.rules())
	v.found.Plan = plan
	return err
}

// enforcedRuns are the runs of a day that nobody approved: those that are open, and those that
// ended, read past the cache. A time that lies ahead, however far, was taken from
// another clock, and counts: it is safe to have less left of the limits.
func (v *visit) enforcedRuns(ctx context.Context) ([]*v1alpha1.RemediationRun, error) {
	all := slices.Clone(v.runs.open)
	for i := range v.runs.closed {
		item := &v.runs.closed[i]
		if v.Now().Sub(finishedAt(item)) >= posture.BudgetWindow {
			continue
		}
		run := &v1alpha1.RemediationRun{}
		if err := v.Live.Get(ctx, client.ObjectKeyFromObject(item), run); apierrors.IsNotFound(err) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("reading run %s: %w", item.Name, err)
		}
		all = append(all, run)
	}
	return slices.DeleteFunc(all, func(run *v1alpha1.RemediationRun) bool { return run.Spec.Trigger != v1alpha1.TriggerEnforced }), nil
}

// count counts what a run changed: against the limits, what may have been sent too, and by what it
// was about.
func (v *visit) count(run *v1alpha1.RemediationRun, applied map[string][]time.Time) {
	done, sent := map[string]time.Time{}, map[string]time.Time{}
	for _, entry := range run.Status.Journal {
		last := map[v1alpha1.CallResult]map[string]time.Time{v1alpha1.CallDone: done, v1alpha1.CallClaimed: sent}[entry.Result]
		if last != nil && entry.At.After(last[entry.Action]) {
			last[entry.Action] = entry.At.Time
		}
	}
	for _, planned := range run.Spec.Actions {
		at, was := done[planned.Hash]
		began, claimed := sent[planned.Hash]
		a, err := action.Decode(planned.Type, planned.Content.Raw)
		if !was && !claimed || err != nil {
			continue
		}
		d := a.Describe()
		if was && run.Status.Phase.Final() {
			key := posture.ContestKey(d)
			applied[key] = append(applied[key], at)
		}
		if at = latest(at, began); v.Now().Sub(at) < posture.BudgetWindow {
			v.spent.Add(at, d, int(planned.CollectionSize))
		}
	}
}

// countFailed counts what a run could not apply. An action ends at the first of its calls that
// fails. What is left of it is another action to the plan, of the same setting.
func (v *visit) countFailed(run *v1alpha1.RemediationRun) {
	for _, entry := range run.Status.Journal {
		if entry.Result != v1alpha1.CallDenied && entry.Result != v1alpha1.CallFailed {
			continue
		}
		key := entry.Action
		if len(doneCalls(run, key)) > 0 {
			planned := actionOf(run, key)
			if a, err := action.Decode(planned.Type, planned.Content.Raw); err == nil {
				key = posture.ContestKey(a.Describe())
			}
		}
		v.failures[key] = append(v.failures[key], posture.Failure{At: entry.At.Time, Why: inventory.Clean(entry.Message, maxFailure)})
	}
}

// failed says whether an action failed within a day, and why it is not tried again yet, or "".
func (v *visit) failed(d action.Description, hash string) (why string, failed bool) {
	return slices.Concat(v.failures[hash], v.failures[posture.ContestKey(d)]).Resting(v.Now())
}

// maxFailure bounds AWS's words where a finding repeats them.
const maxFailure = 360

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// showBudget says in the status what counts against the limits.
func (v *visit) showBudget() {
	v.account.Status.Budget = nil
	if v.spent.Actions > 0 {
		v.account.Status.Budget = &v1alpha1.Budget{
			Applied: int32(v.spent.Actions), MaxActions: int32(v.rules().MaxActions), //nolint:gosec // both are bounded by a thousand a run
			Oldest: metav1.NewTime(v.spent.Oldest),
		}
	}
}

// meet leaves a change alone that was applied too often. What was said of the contest is kept
// while it lasts; when it is new, it is told aloud.
func (v *visit) meet(ctx context.Context, change posture.Change, applied []time.Time) {
	until, times := posture.LeftAlone(applied, v.Now())
	if !until.After(v.Now()) {
		return
	}
	why := fmt.Sprintf("applied %d times within a day and undone each time; left alone until %s", times, until.UTC().Format(time.RFC3339))
	key := posture.ContestKey(change.Description)
	if said := v.saidBefore(change, key, why); said != "" {
		v.contested[key] = said
		return
	}
	by := v.rival(ctx, change, slices.MinFunc(applied, time.Time.Compare))
	v.contested[key] = inventory.Clean(why+"; "+by, 480)
	v.log.Info("left alone what somebody keeps undoing", "account", v.account.Spec.AccountID, "region", change.Target.Region, "resource", change.Target.Name(),
		"action", action.TypeOf(change.Action), "times", times, "until", until.UTC().Format(time.RFC3339), "by", by)
	v.event(v.account, corev1.EventTypeWarning, v1alpha1.ReasonUndoneRepeatedly, "Plan", "%s: %s", change.Title, v.contested[key])
}

// saidBefore is what was said of the contest since its last application, by this process or, as
// the status has it, by one before.
func (v *visit) saidBefore(change posture.Change, key, why string) string {
	if last, ok := v.rivals.Load(v.account.Spec.AccountID); ok {
		if said, ok := last.(map[string]string); ok && strings.HasPrefix(said[key], why) {
			return said[key]
		}
	}
	resource := inventory.Clean(change.Target.Name(), maxResource)
	for _, f := range v.known().Findings {
		if f.Region == change.Target.Region && f.Resource == resource && slices.Contains(change.Controls, f.Control) && strings.HasPrefix(f.Contested, why) {
			return f.Contested
		}
	}
	return ""
}

// contestsNamed is how many contests the condition names.
const contestsNamed = 10

// flagContested says what is left alone, and whom to talk to.
func (v *visit) flagContested(o conditions.Object) {
	var named []string
	for _, held := range v.found.Plan.Held {
		if held.Contested != "" {
			named = append(named, inventory.Clean(held.Ref.Name(), maxResource)+": "+held.Contested)
		}
	}
	slices.Sort(named)
	named = slices.Compact(named)
	why := "somebody keeps undoing what is applied: " + strings.Join(named[:min(len(named), contestsNamed)], "; ")
	if more := len(named) - contestsNamed; more > 0 {
		why += fmt.Sprintf("; and %d more", more)
	}
	conditions.Flag(o, v1alpha1.ConditionContested, len(named) > 0, v1alpha1.ReasonUndoneRepeatedly, why)
}
