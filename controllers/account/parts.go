package account

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Bounds of one run, so that it and its journal stay under 256 KiB.
const (
	maxRunBytes = 120 << 10
	maxRunCalls = 150
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
		Collection: change.Collection, CollectionSize: int32(change.Size), //nolint:gosec // what one account holds fits
		Title: inventory.Clean(change.Title, 512), From: clean(change.From), To: clean(change.To),
		Risk: change.Risk, Calls: change.Calls, NoUndo: inventory.Clean(change.Action.Undo(change.Calls).Not, 512),
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
	return strings.ToValidUTF8(joined[:min(len(joined), 32<<10)], "")
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
		if isOpenFor(run, spec) {
			return run, v.introduce(ctx, run)
		}
	}
	base := fmt.Sprintf("%s-%s-%d", strings.TrimRight(v.account.Name[:min(len(v.account.Name), 40)], "-."), spec.PlanHash[:8], spec.Part)
	var of map[string]string
	if spec.RevertOf != "" {
		of = map[string]string{v1alpha1.AnnotationRevertOf: spec.RevertOf}
	}
	for attempt := 1; ; attempt++ {
		run := &v1alpha1.RemediationRun{Spec: spec}
		run.Namespace, run.Name = v.account.Namespace, base
		run.Labels = map[string]string{v1alpha1.LabelAccount: v.account.Name, v1alpha1.LabelPlan: spec.PlanHash, v1alpha1.LabelOpen: ""}
		run.Annotations = of
		if attempt > 1 {
			run.Name = fmt.Sprintf("%s-%d", base, attempt)
		}
		err := v.Create(ctx, run)
		if apierrors.IsAlreadyExists(err) {
			// A former run of the same plan, or one that another process has just made.
			key := client.ObjectKeyFromObject(run)
			run = &v1alpha1.RemediationRun{}
			if err = v.Live.Get(ctx, key, run); apierrors.IsNotFound(err) || err == nil && !isOpenFor(run, spec) {
				continue
			}
		}
		if err != nil {
			return nil, fmt.Errorf("creating run %s: %w", run.Name, err)
		}
		return run, v.introduce(ctx, run)
	}
}

// isOpenFor says whether an open run is of the spec's plan and part.
func isOpenFor(run *v1alpha1.RemediationRun, spec v1alpha1.RemediationRunSpec) bool {
	_, open := run.Labels[v1alpha1.LabelOpen]
	return open && run.Spec.Trigger == spec.Trigger && run.Spec.PlanHash == spec.PlanHash && run.Spec.Part == spec.Part
}

// introduce gives a new run its first status, also one that a crash left without.
func (v *visit) introduce(ctx context.Context, run *v1alpha1.RemediationRun) error {
	if run.Status.Phase != "" {
		return nil
	}
	run.Status.Phase = v1alpha1.RunPending
	run.Status.Progress = progress(run)
	run.Status.ObservedGeneration = run.Generation
	conditions.Working(run, v1alpha1.ReasonAwaitingApproval, "waits for an approver to set spec.approval")
	if run.Spec.Trigger == v1alpha1.TriggerEnforced {
		conditions.Working(run, v1alpha1.ReasonApplying, "starts by itself")
	}
	if err := v.Status().Update(ctx, run); err != nil {
		return fmt.Errorf("recording run %s: %w", run.Name, err)
	}
	v.event(run, corev1.EventTypeNormal, string(run.Spec.Trigger), "Plan", "run %s: %d actions (%s)", run.Name, len(run.Spec.Actions), run.Spec.Trigger)
	return nil
}
