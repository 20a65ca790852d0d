package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// What becomes of the open runs, and of the actions in them, once the plan is made anew.

// startable says whether a run needs nobody's leave any more.
func startable(run *v1alpha1.RemediationRun) bool {
	if run.Status.Phase.Final() {
		return false
	}
	return run.Spec.Trigger == v1alpha1.TriggerEnforced || run.Spec.Approval != nil && run.Spec.Approval.Decision == v1alpha1.Approved
}

// supersede closes the open runs that are decided or overtaken: rejected ones, those that the
// guard lets nobody apply any more, and offered ones whose plan is not the plan any more.
func (v *visit) supersede(ctx context.Context) error {
	current := v.isOffered()
	var still []*v1alpha1.RemediationRun
	for _, run := range v.runs.open {
		phase, reason, why := v.overtaken(run, current)
		if phase == "" {
			still = append(still, run)
			continue
		}
		if err := v.finish(ctx, run, phase, reason, why); err != nil {
			return err
		}
		v.runs.closed = append(v.runs.closed, metav1.PartialObjectMetadata{ObjectMeta: run.ObjectMeta})
	}
	v.runs.open = still
	v.account.Status.OfferedRun = ""
	if waiting := v.waiting(); len(waiting) > 0 {
		v.account.Status.OfferedRun = waiting[0].Name
	}
	return nil
}

// overtaken says how an open run ends before it is applied, if it does.
func (v *visit) overtaken(run *v1alpha1.RemediationRun, current bool) (phase v1alpha1.RunPhase, reason, why string) {
	switch {
	case run.Status.Phase.Final():
		return run.Status.Phase, "", ""
	case run.Spec.AccountID != v.account.Spec.AccountID:
		return v1alpha1.RunStopped, v1alpha1.ReasonStopped, "the run is of account " + run.Spec.AccountID
	case startable(run) && v.account.Spec.Guard.MaxEnforcement.Rank() == 0:
		return v1alpha1.RunStopped, v1alpha1.ReasonStopped, "the guard of the account allows no writes any more"
	case startable(run):
		return "", "", ""
	case run.Spec.Approval != nil:
		return v1alpha1.RunRejected, v1alpha1.ReasonRejected, "rejected by " + run.Spec.Approval.By
	case run.Spec.Trigger == v1alpha1.TriggerUndo:
		return "", "", ""
	case run.Spec.PlanHash != posture.HashOf(v.offers()) && !current:
		return v1alpha1.RunSuperseded, v1alpha1.ReasonSuperseded, "the plan changed"
	}
	return "", "", ""
}

// waiting are the open runs that nobody decided on.
func (v *visit) waiting() []*v1alpha1.RemediationRun {
	return slices.DeleteFunc(slices.Clone(v.runs.open), func(run *v1alpha1.RemediationRun) bool {
		return startable(run) || run.Status.Phase.Final() || run.Spec.Approval != nil
	})
}

// offers are the changes that wait for an approval: all but those of runs that have one.
func (v *visit) offers() []posture.Change {
	approved := map[string]bool{}
	for _, run := range v.runs.open {
		for _, planned := range run.Spec.Actions {
			approved[planned.Hash] = approved[planned.Hash] || startable(run)
		}
	}
	return slices.DeleteFunc(v.found.Plan.In(posture.Offered), func(c posture.Change) bool { return approved[c.Hash] })
}

// isOffered says whether the waiting runs hold exactly what there is to offer. They do so too
// when other parts of their plan have been applied.
func (v *visit) isOffered() bool {
	var held []posture.Change
	for _, run := range v.waiting() {
		if run.Spec.Trigger == v1alpha1.TriggerUndo {
			continue
		}
		for _, planned := range run.Spec.Actions {
			held = append(held, posture.Change{Hash: planned.Hash})
		}
	}
	return len(held) > 0 && posture.HashOf(held) == posture.HashOf(v.offers())
}

// offer makes the runs that wait for an approval.
func (v *visit) offer(ctx context.Context) error {
	changes := v.offers()
	if len(changes) == 0 || v.isOffered() {
		return nil
	}
	run, err := v.ensureRuns(ctx, v1alpha1.TriggerOffered, changes)
	if run != nil {
		v.account.Status.OfferedRun = run.Name
	}
	return err
}

// intents are the run's actions that may be applied; the others are journaled with the reason.
func (v *visit) intents(run *v1alpha1.RemediationRun, kept *journal) []remedy.Intent {
	var intents []remedy.Intent
	for _, planned := range run.Spec.Actions {
		decoded, err := genuine(run, planned)
		call := kept.firstOpen(planned)
		if call != "" {
			if result, why := v.refuses(run, planned, decoded, err, kept.begun(planned.Hash)); result != "" {
				// Of what was claimed before, AWS is asked what became of it.
				if err == nil && kept.Result(planned.Hash, call) == v1alpha1.CallClaimed {
					intents = append(intents, remedy.Intent{Hash: planned.Hash, Action: decoded, Refused: result, Why: why})
					continue
				}
				kept.Record(planned.Hash, call, result, why)
				continue
			}
		}
		if err == nil {
			intents = append(intents, remedy.Intent{Hash: planned.Hash, Action: decoded})
		}
	}
	return intents
}

// refuses says why an action that has not ended may not be applied, or "".
func (v *visit) refuses(run *v1alpha1.RemediationRun, planned v1alpha1.RunAction, decoded action.Action, notGenuine error, begun bool) (result v1alpha1.CallResult, why string) {
	if notGenuine != nil {
		return v1alpha1.CallDenied, "refused: " + notGenuine.Error()
	}
	protection, d := v.rules().Protection, decoded.Describe()
	if rule := cmp.Or(protection.Refuses(d), protection.Distrusts(d)); rule != "" {
		return v1alpha1.CallDenied, "refused: " + rule
	}
	if !begun && v.expired(run) {
		return v1alpha1.CallSkipped, "not begun: " + v.expiry(run)
	}
	if undo, ok := decoded.(action.Undo); ok || run.Spec.Trigger == v1alpha1.TriggerUndo {
		if err := takesBack(run, v.undone, undo); err != nil {
			return v1alpha1.CallDenied, "refused: " + err.Error()
		}
		return "", ""
	}
	if !v.holds(run, planned.Hash) && (!begun || !v.allows(run, planned, decoded)) {
		return v1alpha1.CallChanged, "the plan does not hold this action any more, or not so that it may be applied"
	}
	return "", ""
}

// genuine returns the action that was planned, if it is the one that its hash was approved
// for, on a resource of the run's account.
func genuine(run *v1alpha1.RemediationRun, planned v1alpha1.RunAction) (action.Action, error) {
	decoded, err := action.Decode(planned.Type, planned.Content.Raw)
	if err != nil {
		return nil, err
	}
	hash, err := action.Hash(decoded)
	if err != nil {
		return nil, err
	}
	if hash != planned.Hash {
		return nil, fmt.Errorf("the content is not what its hash was made of")
	}
	if of := decoded.Describe().Target.Account; of != run.Spec.AccountID {
		return nil, fmt.Errorf("the target is of account %q", of)
	}
	return decoded, nil
}

// holds says whether the fresh plan holds the action, in a mode that lets the run apply it.
func (v *visit) holds(run *v1alpha1.RemediationRun, hash string) bool {
	return slices.ContainsFunc(v.found.Plan.Changes, func(c posture.Change) bool { return c.Hash == hash && lets(c.Mode, run) })
}

// allows says whether an action that was begun may go on, though it half done looks different
// to the plan: as long as a control that asked for it is declared so that the run may apply it,
// and nobody accepted meanwhile what it would mend.
func (v *visit) allows(run *v1alpha1.RemediationRun, planned v1alpha1.RunAction, decoded action.Action) bool {
	if run.Spec.Trigger == v1alpha1.TriggerEnforced && v.found.Plan.Blocked != "" {
		return false
	}
	of := decoded.Describe()
	return slices.ContainsFunc(v.declared, func(d posture.Declaration) bool {
		return slices.Contains(planned.Controls, d.Control.ID) && lets(v.rules().Mode(d, of.Risk), run) && !v.found.Report.Accepts(d.Control.ID, posture.KeyOf(of))
	})
}

// lets says whether a run may apply changes of the mode.
func lets(mode posture.Mode, run *v1alpha1.RemediationRun) bool {
	return mode == posture.Automatic || mode == posture.Offered && run.Spec.Trigger == v1alpha1.TriggerOffered
}
