package posture

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// ExpiringFor is how long before its end an acceptance is said to be expiring.
const ExpiringFor = 14 * 24 * time.Hour

// everyControl stands for all controls.
const everyControl = "*"

// Acceptance is a RiskAcceptance, and how far it may reach.
type Acceptance struct {
	Name string
	Spec v1alpha1.RiskAcceptanceSpec
	// Created is when it was created; zero for one that is in no cluster yet, which may reach
	// as far as it says.
	Created time.Time
	// Longest is how far from there it may reach.
	Longest time.Duration
	// Expired is the end that was found to have passed, if any was.
	Expired *metav1.Time
}

// AcceptanceOf returns what judging needs of a RiskAcceptance.
func AcceptanceOf(a *v1alpha1.RiskAcceptance, longest time.Duration) Acceptance {
	return Acceptance{Name: a.Name, Spec: a.Spec, Created: a.CreationTimestamp.Time, Longest: longest, Expired: a.Status.Expired}
}

// End is when it ends. An object keeps whole seconds of what a status says, so that is what
// both are compared by.
func (a Acceptance) End() time.Time { return a.Spec.ExpiresAt.Truncate(time.Second) }

// Phase says where it stands. What was found to have expired stays so, whatever the clock says.
func (a Acceptance) Phase(asOf time.Time) v1alpha1.AcceptancePhase {
	latched := a.Expired != nil && a.Expired.Time.Truncate(time.Second).Equal(a.End())
	reason, _ := a.Invalid()
	switch {
	case latched, !asOf.Before(a.End()):
		return v1alpha1.AcceptanceExpired
	case reason != "":
		return v1alpha1.AcceptanceInvalid
	case !asOf.Before(a.End().Add(-ExpiringFor)):
		return v1alpha1.AcceptanceExpiring
	}
	return v1alpha1.AcceptanceActive
}

// InForce says whether it accepts anything at the time.
func (a Acceptance) InForce(asOf time.Time) bool {
	phase := a.Phase(asOf)
	return phase == v1alpha1.AcceptanceActive || phase == v1alpha1.AcceptanceExpiring
}

// Invalid returns the reason, and why in words, for which it covers nothing however long it
// lasts; or "".
func (a Acceptance) Invalid() (reason, why string) {
	_, err := metav1.LabelSelectorAsSelector(&a.Spec.AccountSelector)
	unknown := a.UnknownControls()
	switch {
	case err != nil:
		return v1alpha1.ReasonInvalidSelector, fmt.Sprintf("spec.accountSelector: %v", err)
	case !a.Created.IsZero() && a.End().After(a.Created.Add(a.Longest)):
		return v1alpha1.ReasonTooLong, fmt.Sprintf("spec.expiresAt may be %s at most, %s after the object was created", a.Created.Add(a.Longest).UTC().Format(time.RFC3339), days(a.Longest))
	case len(unknown) == len(a.Spec.Controls):
		return v1alpha1.ReasonUnknownControl, "the catalogue has no control " + strings.Join(unknown, ", ")
	}
	return "", ""
}

func days(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return d.String()
}

// UnknownControls are the ids that the catalogue does not have. The others count all the same.
func (a Acceptance) UnknownControls() []string {
	return slices.DeleteFunc(slices.Sorted(slices.Values(a.Spec.Controls)), func(id string) bool {
		_, known := catalogue.ByID(id)
		return known || id == everyControl
	})
}

// Selects says whether it is for accounts with the labels.
func (a Acceptance) Selects(of map[string]string) bool {
	selector, err := metav1.LabelSelectorAsSelector(&a.Spec.AccountSelector)
	return err == nil && selector.Matches(labels.Set(of))
}

// Names says whether it is about the control.
func (a Acceptance) Names(control string) bool {
	return slices.Contains(a.Spec.Controls, control) || slices.Contains(a.Spec.Controls, everyControl)
}

// takes says whether it is about the resource. One whose tags were not read has none here: what
// nobody saw accepts nothing.
func (a Acceptance) takes(ref inventory.Ref) bool {
	of := a.Spec.Resources
	if of == nil {
		return true
	}
	named := inventory.MatchesAny(of.ARNs, ref.Names()...)
	tags, err := ref.Tags.Get()
	tagged := func(want v1alpha1.AcceptedTag) bool {
		value, has := tags[want.Key]
		return err == nil && has && (want.Value == "" || inventory.Matches(want.Value, value))
	}
	if of.Match == v1alpha1.MatchAny {
		return named || slices.ContainsFunc(of.Tags, tagged)
	}
	everyTag := !slices.ContainsFunc(of.Tags, func(want v1alpha1.AcceptedTag) bool { return !tagged(want) })
	return (named || len(of.ARNs) == 0) && everyTag
}
