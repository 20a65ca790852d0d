package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// Bounds of one RiskAcceptance.
const (
	maxAcceptedResources = 100
	maxAcceptedName      = 1024
	maxAcceptedWords     = 2000
	maxAcceptedPerson    = 256
)

// clockSkew is how far the API server's clock, which tells when an acceptance was created, may
// be behind ours: one that reaches too far would cover nothing.
const clockSkew = time.Minute

// acceptUndone accepts, for a time, the findings that an Undo run brings back, before it brings
// any back: else the next round would find them and apply again what was just undone. The names
// follow from the run, so that a crash after the creation finds them again. It says why nothing may
// be brought back yet, or "".
func (v *visit) acceptUndone(ctx context.Context, run *v1alpha1.RemediationRun, intents []remedy.Intent) (string, error) {
	for i, undone := range v.broughtBack(run) {
		if !slices.ContainsFunc(intents, func(intent remedy.Intent) bool { return undone.hashes[intent.Hash] }) {
			continue
		}
		a := acceptanceOf(run, undone, v.Now().Add(min(v.UndoAcceptance, v.MaxAcceptance-clockSkew)))
		a.Namespace, a.Name = run.Namespace, run.Name
		if i > 0 {
			a.Name = fmt.Sprintf("%s-%d", run.Name, i+1)
		}
		a.Labels = map[string]string{v1alpha1.LabelAccount: run.Spec.Account}
		why, err := v.accept(ctx, a)
		if err != nil {
			return "", fmt.Errorf("accepting what run %s brings back: %w", run.Name, err)
		}
		if why != "" {
			return why, nil
		}
	}
	slices.SortFunc(v.accepting, byName)
	return "", nil
}

// accept creates an acceptance, unless it is there. One of its name that accepts something else is
// somebody's who wants the undo fought.
func (v *visit) accept(ctx context.Context, a *v1alpha1.RiskAcceptance) (why string, err error) {
	if err := v.Create(ctx, a); !apierrors.IsAlreadyExists(err) {
		if err == nil {
			v.accepting = append(v.accepting, *a)
		}
		return "", err
	}
	there := new(v1alpha1.RiskAcceptance)
	if err := v.Get(ctx, client.ObjectKeyFromObject(a), there); err != nil {
		return "", err
	}
	if coversAlike(a.Spec, there.Spec) && v.Now().Before(there.Spec.ExpiresAt.Time) {
		return "", nil
	}
	return fmt.Sprintf("waits for RiskAcceptance %s to be deleted: it bears the name of the one that the undo makes, and does not accept what that brings back, which would be applied again at once", there.Name), nil
}

// coversAlike says whether one acceptance covers what the other does.
func coversAlike(a, there v1alpha1.RiskAcceptanceSpec) bool {
	there.Reason, there.Owner, there.Approver, there.ResidualRisk, there.ExpiresAt, there.Ticket = a.Reason, a.Owner, a.Approver, a.ResidualRisk, a.ExpiresAt, a.Ticket
	return equality.Semantic.DeepEqual(a, there)
}

// undoneThings are what one acceptance is about.
type undoneThings struct {
	controls, resources, titles []string
	// hashes of the actions that bring it back.
	hashes map[string]bool
}

// broughtBack groups what an Undo run brings back by the controls that will fail, as far as one
// acceptance reaches. It is the same whatever of the run was applied already.
func (v *visit) broughtBack(run *v1alpha1.RemediationRun) []undoneThings {
	var groups []undoneThings
	for _, planned := range run.Spec.Actions {
		decoded, err := genuine(run, planned)
		undo, ok := decoded.(action.Undo)
		if err != nil || !ok || run.Spec.Approval == nil || takesBack(run, v.undone, undo) != nil {
			continue
		}
		finds := slices.DeleteFunc(undo.Finds(), func(name string) bool { return len(name) > maxAcceptedName })
		at := slices.IndexFunc(groups, func(g undoneThings) bool {
			return slices.Equal(g.controls, planned.Controls) && len(g.resources)+len(finds) <= maxAcceptedResources
		})
		if at < 0 {
			at = len(groups)
			groups = append(groups, undoneThings{controls: planned.Controls, hashes: map[string]bool{}})
		}
		groups[at].add(planned.Hash, undo.Of.Describe().Title, finds)
	}
	return slices.DeleteFunc(groups, func(g undoneThings) bool { return len(g.resources) == 0 })
}

func (g *undoneThings) add(hash, title string, finds []string) {
	g.hashes[hash] = true
	g.titles = append(g.titles, title)
	for _, name := range finds {
		if !slices.Contains(g.resources, name) {
			g.resources = append(g.resources, name)
		}
	}
}

// acceptanceOf accepts what was undone. Its resources are named in full: every name has the
// account's id in it, or is one that AWS gives once in the world, so that no other account of
// the namespace is meant, whatever the labels.
func acceptanceOf(run *v1alpha1.RemediationRun, undone undoneThings, until time.Time) *v1alpha1.RiskAcceptance {
	owner := inventory.Clean(run.Spec.Approval.By, maxAcceptedPerson)
	reason := fmt.Sprintf("Run %s undid on request what run %s had applied; %s approved it. %s", run.Name, run.Spec.RevertOf, owner, run.Spec.Approval.Comment)
	return &v1alpha1.RiskAcceptance{Spec: v1alpha1.RiskAcceptanceSpec{
		Controls: undone.controls, Resources: &v1alpha1.AcceptedResources{Match: v1alpha1.MatchAll, ARNs: slices.Sorted(slices.Values(undone.resources))},
		Reason: inventory.Clean(strings.TrimSpace(reason), maxAcceptedWords), Owner: owner,
		Approver:     inventory.Clean(fmt.Sprintf("guardrails-operator (undo of %s)", run.Spec.RevertOf), maxAcceptedPerson),
		ResidualRisk: inventory.Clean("Not in force until this expires: "+strings.Join(undone.titles, "; ")+".", maxAcceptedWords),
		ExpiresAt:    metav1.NewTime(until.UTC().Truncate(time.Second)),
	}}
}
