package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// contest plans anew without what somebody keeps undoing. Former runs are only read where the
// plan would write by itself.
func (v *visit) contest(ctx context.Context) error {
	v.contested = map[string]string{}
	if plan := v.found.Plan; plan.Blocked != "" || len(plan.In(posture.Automatic)) > 0 {
		applied, err := v.applications(ctx)
		if err != nil {
			return err
		}
		for _, change := range plan.Changes {
			v.meet(ctx, change, applied[posture.ContestKey(change.Description)])
		}
	}
	v.rivals.Store(v.account.Spec.AccountID, v.contested)
	gauges.tell(v.account, func(t *told) { t.contested = len(v.contested) })
	if len(v.contested) == 0 {
		return nil
	}
	plan, err := posture.Draft(v.found.Report, v.found.Facts, v.rules())
	v.found.Plan = plan
	return err
}

// applications are when former runs applied each change by themselves, by what it was about. The
// runs of a day are read past the cache, unless they are too few to have fought.
func (v *visit) applications(ctx context.Context) (map[string][]time.Time, error) {
	var names []client.ObjectKey
	for i := range v.runs.closed {
		run := &v.runs.closed[i]
		if v.Now().Sub(finishedAt(run)) < posture.ContestWindow {
			names = append(names, client.ObjectKeyFromObject(run))
		}
	}
	applied := map[string][]time.Time{}
	if len(names) < posture.ContestedFrom {
		return applied, nil
	}
	for _, name := range names {
		run := &v1alpha1.RemediationRun{}
		if err := v.Live.Get(ctx, name, run); apierrors.IsNotFound(err) {
			continue
		} else if err != nil {
			return nil, fmt.Errorf("reading run %s: %w", name.Name, err)
		}
		if run.Spec.Trigger == v1alpha1.TriggerEnforced {
			countApplications(run, applied)
		}
	}
	return applied, nil
}

// countApplications adds when each action of the run changed AWS last.
func countApplications(run *v1alpha1.RemediationRun, applied map[string][]time.Time) {
	done := map[string]time.Time{}
	for _, entry := range run.Status.Journal {
		if entry.Result == v1alpha1.CallDone && entry.At.After(done[entry.Action]) {
			done[entry.Action] = entry.At.Time
		}
	}
	for _, planned := range run.Spec.Actions {
		at, ok := done[planned.Hash]
		if !ok {
			continue
		}
		if a, err := action.Decode(planned.Type, planned.Content.Raw); err == nil {
			key := posture.ContestKey(a.Describe())
			applied[key] = append(applied[key], at)
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
