package acceptance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// sum is what an acceptance covers, over its accounts.
type sum struct {
	accounts, covering int
	// declaring are accounts for which any of its controls is declared, and unsure those of
	// which nobody can tell whether it covers anything there.
	declaring, unsure int
	findings          int32
	covers            []v1alpha1.CoveredFinding
}

// total adds up what the postures of the accounts say. An acceptance that is not in force covers
// nothing, whatever a posture that is about to be written anew still says.
func (r *Reconciler) total(ctx context.Context, a *v1alpha1.RiskAcceptance, judged posture.Acceptance) (sum, error) {
	var total sum
	var accounts v1alpha1.AWSAccountList
	var postures v1alpha1.AccountPostureList
	// Neither is changed here, and postures are large.
	for _, list := range []client.ObjectList{&accounts, &postures} {
		if err := r.List(ctx, list, client.InNamespace(a.Namespace), client.UnsafeDisableDeepCopy); err != nil {
			return total, fmt.Errorf("listing accounts and their postures: %w", err)
		}
	}
	byAccount := map[string]*v1alpha1.AccountPosture{}
	for i := range postures.Items {
		byAccount[postures.Items[i].Name] = &postures.Items[i]
	}
	chosen := slices.DeleteFunc(slices.Clone(accounts.Items), func(account v1alpha1.AWSAccount) bool { return !judged.Selects(account.Labels) })
	slices.SortFunc(chosen, func(x, y v1alpha1.AWSAccount) int { return strings.Compare(x.Name, y.Name) })
	total.accounts = len(chosen)
	if a.Status.Phase == v1alpha1.AcceptanceExpired || a.Status.Phase == v1alpha1.AcceptanceInvalid {
		return total, nil
	}
	for i := range chosen {
		total.add(chosen[i].Name, byAccount[chosen[i].Name], judged)
	}
	return total, nil
}

// add counts what it covers in one account, of which there may be no posture yet.
func (s *sum) add(account string, p *v1alpha1.AccountPosture, judged posture.Acceptance) {
	if p == nil {
		s.unsure++
		return
	}
	at := slices.IndexFunc(p.Status.Accepted, func(f v1alpha1.AcceptedFindings) bool { return f.Acceptance == judged.Name })
	declares, unread := false, false
	for _, c := range p.Status.Controls {
		if judged.Names(c.Control) {
			declares = true
			unread = unread || c.Unknown > 0
		}
	}
	if declares {
		s.declaring++
	}
	if at < 0 {
		if unread || p.Status.MoreAccepted > 0 || p.Status.Totals == nil {
			s.unsure++
		}
		return
	}
	s.covering++
	of := p.Status.Accepted[at]
	s.findings += of.Findings
	for _, f := range of.First {
		if len(s.covers) < v1alpha1.MaxCovers {
			s.covers = append(s.covers, v1alpha1.CoveredFinding{Account: account, Control: f.Control, Resource: f.Resource})
		}
	}
}

func (s *sum) write(a *v1alpha1.RiskAcceptance) {
	a.Status.Accounts = int32(s.accounts) //nolint:gosec // accounts of one namespace fit
	a.Status.Findings = s.findings
	a.Status.Covers = s.covers
}

// stand says where the acceptance stands. That it has expired needs nobody to act: it is done.
func stand(a *v1alpha1.RiskAcceptance, judged posture.Acceptance) {
	end := judged.End().UTC().Format(time.RFC3339)
	reason, why := judged.Invalid()
	if unknown := judged.UnknownControls(); reason == "" && len(unknown) > 0 {
		reason, why = v1alpha1.ReasonUnknownControl, "the catalogue has no control "+strings.Join(unknown, ", ")+"; the others are accepted"
	}
	ready := func(reason, message string) {
		conditions.Clear(a, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled)
		conditions.Set(a, v1alpha1.ConditionReady, metav1.ConditionTrue, reason, message)
	}
	switch {
	case a.Status.Phase == v1alpha1.AcceptanceExpired:
		ready(v1alpha1.ReasonExpired, "it ended at "+end+"; what it covered fails again")
	case reason != "":
		conditions.Stalled(a, reason, why)
	case a.Status.Phase == v1alpha1.AcceptanceExpiring:
		ready(v1alpha1.ReasonExpiring, "it ends at "+end+"; what it covers fails again from then on")
	default:
		ready(v1alpha1.ReasonReconciled, "accepted until "+end)
	}
}

// covering says whether it covers anything, and if not, what it lacks.
func covering(a *v1alpha1.RiskAcceptance, judged posture.Acceptance, s sum) {
	say := func(status metav1.ConditionStatus, reason, format string, args ...any) {
		conditions.Set(a, v1alpha1.ConditionCovering, status, reason, fmt.Sprintf(format, args...))
	}
	nothing := func(why string) { say(metav1.ConditionFalse, v1alpha1.ReasonCoversNothing, "%s", why) }
	reason, why := judged.Invalid()
	switch {
	case a.Status.Phase == v1alpha1.AcceptanceExpired:
		say(metav1.ConditionFalse, v1alpha1.ReasonExpired, "it has expired")
	case reason != "":
		say(metav1.ConditionFalse, reason, "%s", why)
	case s.findings > 0:
		say(metav1.ConditionTrue, v1alpha1.ReasonCovers, "%d findings in %d of %d accounts", s.findings, s.covering, s.accounts)
	case s.accounts == 0:
		nothing("no AWSAccount of the namespace matches spec.accountSelector")
	case s.unsure > 0:
		say(metav1.ConditionUnknown, v1alpha1.ReasonUnread, "nothing so far; %d of %d accounts could not be read in full", s.unsure, s.accounts)
	case s.declaring == 0:
		nothing("no baseline declares any of its controls for its accounts")
	default:
		nothing("none of its controls fails on its resources")
	}
}
