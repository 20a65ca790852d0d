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
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// runs are the account's runs that still matter: open ones, and those that ended so recently
// that AWS may not show yet what they wrote.
type runs struct {
	open   []*v1alpha1.RemediationRun
	recent []*v1alpha1.RemediationRun
	// closed are the metadata of all final runs.
	closed []metav1.PartialObjectMetadata
}

// ended says whether a run of the plan ended in the phase since.
func (r runs) ended(plan string, phase v1alpha1.RunPhase, since time.Time) bool {
	return slices.ContainsFunc(r.closed, func(run metav1.PartialObjectMetadata) bool {
		return run.Labels[v1alpha1.LabelPlan] == plan && run.Labels[v1alpha1.LabelPhase] == string(phase) && !finishedAt(&run).Before(since)
	})
}

func finishedAt(run client.Object) time.Time {
	at, err := time.Parse(time.RFC3339, run.GetAnnotations()[v1alpha1.AnnotationFinishedAt])
	if err != nil {
		return time.Time{}
	}
	return at
}

// openRuns reads the runs that matter, past the cache: a run missed here would be made twice.
// The rest is known by its metadata only.
func (v *visit) openRuns(ctx context.Context) (runs, error) {
	var found runs
	var list metav1.PartialObjectMetadataList
	list.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("RemediationRunList"))
	if err := v.Live.List(ctx, &list, client.InNamespace(v.account.Namespace), client.MatchingLabels{v1alpha1.LabelAccount: v.account.Name}); err != nil {
		return found, fmt.Errorf("listing runs: %w", err)
	}
	since := v.Now().Add(-v.Settling)
	for _, item := range list.Items {
		_, open := item.Labels[v1alpha1.LabelOpen]
		if !open {
			found.closed = append(found.closed, item)
		}
		if !open && finishedAt(&item).Before(since) {
			continue
		}
		run := &v1alpha1.RemediationRun{}
		if err := v.Live.Get(ctx, client.ObjectKeyFromObject(&item), run); apierrors.IsNotFound(err) {
			continue
		} else if err != nil {
			return found, fmt.Errorf("reading run %s: %w", item.Name, err)
		}
		if open {
			found.open = append(found.open, run)
		} else {
			found.recent = append(found.recent, run)
		}
	}
	slices.SortFunc(found.open, func(a, b *v1alpha1.RemediationRun) int {
		if c := a.CreationTimestamp.Compare(b.CreationTimestamp.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return found, nil
}

// settling tells the settings that were written since, from the journals.
func (r runs) settling(since time.Time) func(key string) bool {
	written := map[string]bool{}
	for _, run := range append(slices.Clone(r.open), r.recent...) {
		done := map[string]bool{}
		for _, entry := range run.Status.Journal {
			if entry.Result == v1alpha1.CallDone && !entry.At.Time.Before(since) {
				done[entry.Action] = true
			}
		}
		for _, planned := range run.Spec.Actions {
			if !done[planned.Hash] {
				continue
			}
			if a, err := action.Decode(planned.Type, planned.Content.Raw); err == nil {
				written[posture.KeyOf(a.Describe())] = true
			}
		}
	}
	return func(key string) bool { return written[key] }
}

// Bounds of one run, so that it and its journal stay under 256 KiB.
const (
	maxRunBytes = 120 << 10
	maxRunCalls = 250
)

// parts cuts changes into runs, in order. A single change over the bound is a part of its own.
func parts(changes []posture.Change) ([][]v1alpha1.RunAction, error) {
	var all [][]v1alpha1.RunAction
	var bytes, calls int
	for _, change := range changes {
		planned, err := runAction(change)
		if err != nil {
			return nil, err
		}
		encoded, err := json.Marshal(planned)
		if err != nil {
			return nil, fmt.Errorf("measuring an action: %w", err)
		}
		size := len(encoded)
		if len(all) == 0 || bytes+size > maxRunBytes || calls+len(planned.Calls) > maxRunCalls {
			all = append(all, nil)
			bytes, calls = 0, 0
		}
		all[len(all)-1] = append(all[len(all)-1], planned)
		bytes += size
		calls += len(planned.Calls)
	}
	return all, nil
}

func runAction(change posture.Change) (v1alpha1.RunAction, error) {
	content, err := action.Encode(change.Action)
	if err != nil {
		return v1alpha1.RunAction{}, err
	}
	planned := v1alpha1.RunAction{
		Hash: change.Hash, Type: action.TypeOf(change.Action), Controls: change.Controls,
		Target: inventory.Clean(change.Target.Name(), 2048), Region: change.Target.Region,
		Title: inventory.Clean(change.Title, 512), From: clean(change.From), To: clean(change.To),
		Risk: change.Risk, Calls: change.Calls,
	}
	planned.Content.Raw = content
	return planned, nil
}

// clean keeps the lines of a document apart.
func clean(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = inventory.Clean(line, 32<<10)
	}
	joined := strings.Join(lines, "\n")
	return joined[:min(len(joined), 32<<10)]
}

// ensureRuns makes the runs of the changes exist, and returns the first that is not final yet.
// The names follow from the plan, so that a crash after the creation finds them again.
func (v *visit) ensureRuns(ctx context.Context, trigger v1alpha1.RunTrigger, changes []posture.Change) (*v1alpha1.RemediationRun, error) {
	cut, err := parts(changes)
	if err != nil {
		return nil, err
	}
	plan := posture.HashOf(changes)
	var first *v1alpha1.RemediationRun
	for i, actions := range cut {
		run, err := v.ensureRun(ctx, v1alpha1.RemediationRunSpec{
			Account: v.account.Name, AccountID: v.account.Spec.AccountID, Trigger: trigger,
			PlanHash: plan, Part: int32(i + 1), Parts: int32(len(cut)), Actions: actions, //nolint:gosec // a plan never has two billion parts
		})
		if err != nil {
			return nil, err
		}
		if first == nil && run != nil && !run.Status.Phase.Final() {
			first = run
		}
	}
	return first, nil
}

// ensureRun returns the open run with the spec's plan and part, and creates it if there is none.
func (v *visit) ensureRun(ctx context.Context, spec v1alpha1.RemediationRunSpec) (*v1alpha1.RemediationRun, error) {
	for _, run := range v.runs.open {
		if run.Spec.Trigger == spec.Trigger && run.Spec.PlanHash == spec.PlanHash && run.Spec.Part == spec.Part {
			return run, nil
		}
	}
	run := &v1alpha1.RemediationRun{Spec: spec}
	run.Namespace = v.account.Namespace
	run.Labels = map[string]string{v1alpha1.LabelAccount: v.account.Name, v1alpha1.LabelPlan: spec.PlanHash, v1alpha1.LabelOpen: ""}
	base := fmt.Sprintf("%s-%s-%d", v.account.Name[:min(len(v.account.Name), 40)], spec.PlanHash[:8], spec.Part)
	for attempt := 1; ; attempt++ {
		run.Name = base
		if attempt > 1 {
			run.Name = fmt.Sprintf("%s-%d", base, attempt)
		}
		run.ResourceVersion = ""
		err := v.Create(ctx, run)
		if err == nil {
			break
		}
		if !apierrors.IsAlreadyExists(err) {
			return nil, fmt.Errorf("creating run %s: %w", run.Name, err)
		}
	}
	run.Status.Phase = v1alpha1.RunPending
	run.Status.Progress = progress(run)
	run.Status.ObservedGeneration = run.Generation
	conditions.Working(run, v1alpha1.ReasonAwaitingApproval, "waits for an approver to set spec.approval")
	if spec.Trigger == v1alpha1.TriggerEnforced {
		conditions.Working(run, v1alpha1.ReasonApplying, "starts by itself")
	}
	if err := v.Status().Update(ctx, run); err != nil {
		return nil, fmt.Errorf("recording run %s: %w", run.Name, err)
	}
	v.event(run, "Normal", string(spec.Trigger), "Plan", "run %s: %d actions (%s)", run.Name, len(spec.Actions), spec.Trigger)
	return run, nil
}

// finish makes a run final: its status first, then the label, so that a crash between the two
// leaves a run that is closed again, never one that is forgotten.
func (r *Reconciler) finish(ctx context.Context, run *v1alpha1.RemediationRun, phase v1alpha1.RunPhase, reason, message string) error {
	if !run.Status.Phase.Final() {
		run.Status.Phase = phase
		now := metav1.NewTime(r.Now())
		run.Status.FinishedAt = &now
		run.Status.Progress = progress(run)
		run.Status.ObservedGeneration = run.Generation
		if phase == v1alpha1.RunFailed {
			conditions.Stalled(run, reason, message)
		} else {
			conditions.Ready(run, message)
			conditions.Set(run, v1alpha1.ConditionReady, metav1.ConditionTrue, reason, message)
		}
		if err := r.Status().Update(ctx, run); err != nil {
			return fmt.Errorf("closing run %s: %w", run.Name, err)
		}
		r.event(run, "Normal", reason, "Finish", "run %s %s: %s", run.Name, phase, message)
	}
	labelled := run.DeepCopy()
	delete(labelled.Labels, v1alpha1.LabelOpen)
	labelled.Labels[v1alpha1.LabelPhase] = string(run.Status.Phase)
	if labelled.Annotations == nil {
		labelled.Annotations = map[string]string{}
	}
	if run.Status.FinishedAt != nil {
		labelled.Annotations[v1alpha1.AnnotationFinishedAt] = run.Status.FinishedAt.UTC().Format(time.RFC3339)
	}
	if err := r.Patch(ctx, labelled, client.MergeFrom(run)); client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("closing run %s: %w", run.Name, err)
	}
	run.Labels, run.ResourceVersion = labelled.Labels, labelled.ResourceVersion
	return nil
}

// closeRuns ends the open runs of an account that is gone.
func (r *Reconciler) closeRuns(ctx context.Context, account types.NamespacedName, why string) error {
	var list v1alpha1.RemediationRunList
	err := r.Live.List(ctx, &list, client.InNamespace(account.Namespace), client.MatchingLabels{v1alpha1.LabelAccount: account.Name}, client.HasLabels{v1alpha1.LabelOpen})
	if err != nil {
		return fmt.Errorf("listing runs: %w", err)
	}
	for i := range list.Items {
		if err := r.finish(ctx, &list.Items[i], v1alpha1.RunStopped, v1alpha1.ReasonStopped, why); client.IgnoreNotFound(err) != nil {
			return err
		}
	}
	return nil
}

// progress counts the actions that have ended: 7/12.
func progress(run *v1alpha1.RemediationRun) string {
	ended := 0
	for _, planned := range run.Spec.Actions {
		if actionEnded(run, planned) {
			ended++
		}
	}
	return fmt.Sprintf("%d/%d", ended, len(run.Spec.Actions))
}

// actionEnded says whether all calls of an action went well, or one of them did not.
func actionEnded(run *v1alpha1.RemediationRun, planned v1alpha1.RunAction) bool {
	well := map[string]bool{}
	for _, entry := range run.Status.Journal {
		if entry.Action != planned.Hash {
			continue
		}
		switch entry.Result {
		case v1alpha1.CallDone, v1alpha1.CallAlreadySo:
			well[entry.Call] = true
		case v1alpha1.CallChanged, v1alpha1.CallDenied, v1alpha1.CallFailed, v1alpha1.CallSkipped:
			return true
		case v1alpha1.CallClaimed:
		}
	}
	return len(well) == len(planned.Calls)
}
