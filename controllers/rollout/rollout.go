// Package rollout lets a change of a baseline reach its accounts in waves: the canaries first,
// then, after a time to bake, the others by name, some at once. It is pure; the baseline's
// reconciler advances it, the accounts' reconciler asks whose turn it is.
package rollout

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Revision names what is rolled out: another posture or enforcement is another revision.
func Revision(spec v1alpha1.SecurityBaselineSpec) (string, error) {
	encoded, err := json.Marshal(struct {
		Enforcement v1alpha1.Enforcement
		Posture     v1alpha1.Posture
	}{spec.Enforcement, spec.Posture})
	if err != nil {
		return "", fmt.Errorf("hashing the posture: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:])[:16], nil
}

// Waits says whether the account's turn has not come yet. Until it has, the account is judged
// by the baseline and nothing is written on behalf of it. In doubt it waits.
func Waits(b *v1alpha1.SecurityBaseline, account *v1alpha1.AWSAccount) bool {
	if b.Spec.Rollout == nil {
		return false
	}
	revision, err := Revision(b.Spec)
	at := b.Status.Rollout
	switch {
	case err != nil || at == nil || at.Revision != revision:
		return true
	case at.Phase == v1alpha1.RolloutDone || IsCanary(b.Spec.Rollout, account):
		return false
	}
	return account.Name > at.Through
}

// IsCanary says whether the account goes first.
func IsCanary(spec *v1alpha1.Rollout, account *v1alpha1.AWSAccount) bool {
	if spec == nil || spec.Canary == nil {
		return false
	}
	selector, err := metav1.LabelSelectorAsSelector(spec.Canary)
	return err == nil && selector.Matches(labels.Set(account.Labels))
}

// Standing is how far the change has come in one account.
type Standing int

// Standings. Unreached: the account could not be read, so that nothing is known of it.
const (
	Waiting Standing = iota
	UnderWay
	Done
	Failed
	Unreached
)

// Account is one that the baseline selects.
type Account struct {
	Name     string
	Canary   bool
	Standing Standing
}

// Judged is how the account was judged by this version of the baseline, or nil.
func Judged(b *v1alpha1.SecurityBaseline, p *v1alpha1.AccountPosture) *v1alpha1.JudgedBaseline {
	at := slices.IndexFunc(p.Status.Baselines, func(j v1alpha1.JudgedBaseline) bool {
		return j.UID == string(b.UID) && j.Generation == b.Generation
	})
	if at < 0 {
		return nil
	}
	return &p.Status.Baselines[at]
}

// StandingOf reads from the account's posture how far this version of the baseline has come.
func StandingOf(b *v1alpha1.SecurityBaseline, p *v1alpha1.AccountPosture) Standing {
	if judged := Judged(b, p); judged == nil || judged.Waiting {
		return Waiting
	}
	blocked := slices.IndexFunc(p.Status.Conditions, func(c metav1.Condition) bool {
		return c.Type == v1alpha1.ConditionBlocked && c.Status == metav1.ConditionTrue
	})
	switch {
	case p.Status.Plan == nil:
		return Unreached
	case blocked >= 0 && p.Status.Conditions[blocked].Reason == v1alpha1.ReasonRunFailed:
		return Failed
	case blocked >= 0 || p.Status.Plan.Automatic > 0 || isSettling(p):
		return UnderWay
	}
	return Done
}

func isSettling(p *v1alpha1.AccountPosture) bool {
	return slices.ContainsFunc(p.Status.Findings, func(f v1alpha1.Finding) bool { return f.Settling })
}

// Advance says where the rollout stands now, and when to look again at the latest, if time
// alone will change it.
func Advance(spec *v1alpha1.Rollout, was *v1alpha1.RolloutStatus, revision string, accounts []Account, now time.Time) (v1alpha1.RolloutStatus, time.Duration) {
	at := v1alpha1.RolloutStatus{Revision: revision, Phase: v1alpha1.RolloutCanary, Since: metav1.NewTime(now)}
	if was != nil && was.Revision == revision {
		at = *was
	}
	accounts = slices.Clone(accounts)
	slices.SortFunc(accounts, func(a, b Account) int { return strings.Compare(a.Name, b.Name) })
	w := wave{spec: spec, at: &at, accounts: accounts, now: now}
	w.advance()
	w.count()
	return at, w.again
}

// wave is one step of a rollout.
type wave struct {
	spec     *v1alpha1.Rollout
	at       *v1alpha1.RolloutStatus
	accounts []Account
	now      time.Time
	again    time.Duration
}

func (w *wave) enter(phase v1alpha1.RolloutPhase) {
	if w.at.Phase != phase {
		w.at.Phase, w.at.Since = phase, metav1.NewTime(w.now)
	}
}

func (w *wave) advance() {
	w.at.Message = ""
	if w.at.Phase == v1alpha1.RolloutDone {
		return
	}
	if failed := w.failed(); failed != "" && (w.spec.StopOnFailure == nil || *w.spec.StopOnFailure) {
		w.enter(v1alpha1.RolloutStopped)
		w.at.Message = "a run failed in " + failed + "; no further account has its turn until that is mended"
		return
	}
	if w.at.Phase == v1alpha1.RolloutStopped {
		w.enter(v1alpha1.RolloutRolling)
		if w.at.Through == "" {
			w.enter(v1alpha1.RolloutCanary)
		}
	}
	if w.at.Phase == v1alpha1.RolloutCanary {
		w.afterCanaries()
	}
	if w.at.Phase == v1alpha1.RolloutBaking {
		w.bake()
	}
	if w.at.Phase == v1alpha1.RolloutRolling {
		w.roll()
	}
}

// afterCanaries goes on once every canary shows what is declared; where there is none, at once.
func (w *wave) afterCanaries() {
	switch canaries := w.canaries(); {
	case canaries == 0:
		w.enter(v1alpha1.RolloutRolling)
	case w.canariesDone():
		w.enter(v1alpha1.RolloutBaking)
	}
}

func (w *wave) bake() {
	left := w.bakeTime() - w.now.Sub(w.at.Since.Time)
	switch {
	case left > 0:
		w.again = left
	case w.canariesDone():
		w.enter(v1alpha1.RolloutRolling)
	}
}

// roll gives as many accounts their turn as may be under way at once. One that cannot be
// reached takes nobody's place.
func (w *wave) roll() {
	underWay, left := 0, 0
	for _, a := range w.accounts {
		switch {
		case a.Canary:
		case a.Name <= w.at.Through:
			if a.Standing == Waiting || a.Standing == UnderWay {
				underWay++
			}
		case underWay < max(1, int(w.spec.MaxConcurrentAccounts)):
			w.at.Through = a.Name
			underWay++
		default:
			left++
		}
	}
	if underWay == 0 && left == 0 && w.canariesDone() {
		w.enter(v1alpha1.RolloutDone)
	}
}

func (w *wave) bakeTime() time.Duration {
	if w.spec.BakeTime == nil {
		return 0
	}
	return w.spec.BakeTime.Duration
}

func (w *wave) canaries() (n int) {
	for _, a := range w.accounts {
		if a.Canary {
			n++
		}
	}
	return n
}

func (w *wave) canariesDone() bool {
	return !slices.ContainsFunc(w.accounts, func(a Account) bool { return a.Canary && a.Standing != Done })
}

// failed names the first account in which a run failed.
func (w *wave) failed() string {
	at := slices.IndexFunc(w.accounts, func(a Account) bool { return a.Standing == Failed })
	if at < 0 {
		return ""
	}
	return w.accounts[at].Name
}

func (w *wave) count() {
	w.at.Done, w.at.UnderWay = 0, 0
	for _, a := range w.accounts {
		hadTurn := a.Canary || w.at.Phase == v1alpha1.RolloutDone || a.Name <= w.at.Through
		switch {
		case a.Standing == Done:
			w.at.Done++
		case hadTurn && a.Standing != Unreached:
			w.at.UnderWay++
		}
	}
}
