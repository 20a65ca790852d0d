package rollout

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// accounts are named a, b, c, ... and stand as the letters say: w(aiting), u(nder way), d(one),
// f(ailed), n(ot reached); a capital letter is a canary.
func accounts(standings string) (all []Account) {
	for i, letter := range strings.ToLower(standings) {
		all = append(all, Account{
			Name: string(rune('a' + i)), Canary: standings[i] != byte(letter),
			Standing: map[rune]Standing{'w': Waiting, 'u': UnderWay, 'd': Done, 'f': Failed, 'n': Unreached}[letter],
		})
	}
	return all
}

func at(phase v1alpha1.RolloutPhase, through string) *v1alpha1.RolloutStatus {
	return &v1alpha1.RolloutStatus{Revision: "one", Phase: phase, Through: through, Since: metav1.NewTime(begin)}
}

func told(s v1alpha1.RolloutStatus, again time.Duration) string {
	return strings.TrimSpace(fmt.Sprintf("%s through %q, %d done, %d under way, again %s %s", s.Phase, s.Through, s.Done, s.UnderWay, again, s.Message))
}

func TestAdvance(t *testing.T) {
	no := false
	for name, row := range map[string]struct {
		spec     v1alpha1.Rollout
		was      *v1alpha1.RolloutStatus
		accounts string
		after    time.Duration
		want     string
	}{
		"begins with the canaries":             {was: nil, accounts: "Wwww", want: `Canary through "", 0 done, 1 under way, again 0s`},
		"begins anew with another revision":    {was: &v1alpha1.RolloutStatus{Revision: "zero", Phase: v1alpha1.RolloutDone, Through: "d"}, accounts: "Wwww", want: `Canary through "", 0 done, 1 under way, again 0s`},
		"waits for every canary":               {was: at(v1alpha1.RolloutCanary, ""), accounts: "DUww", want: `Canary through "", 1 done, 1 under way, again 0s`},
		"waits for a canary out of reach":      {was: at(v1alpha1.RolloutCanary, ""), accounts: "DNww", want: `Canary through "", 1 done, 0 under way, again 0s`},
		"bakes after the canaries":             {was: at(v1alpha1.RolloutCanary, ""), accounts: "DDww", want: `Baking through "", 2 done, 0 under way, again 10m0s`},
		"bakes for its time":                   {was: at(v1alpha1.RolloutBaking, ""), accounts: "DDww", after: 9 * time.Minute, want: `Baking through "", 2 done, 0 under way, again 1m0s`},
		"rolls after it":                       {was: at(v1alpha1.RolloutBaking, ""), accounts: "DDwwww", after: 10 * time.Minute, want: `Rolling through "d", 2 done, 2 under way, again 0s`},
		"does not roll past a canary at work":  {was: at(v1alpha1.RolloutBaking, ""), accounts: "DUww", after: time.Hour, want: `Baking through "", 1 done, 1 under way, again 0s`},
		"rolls at once without canaries":       {was: nil, accounts: "wwww", want: `Rolling through "b", 0 done, 2 under way, again 0s`},
		"keeps to so many at once":             {was: at(v1alpha1.RolloutRolling, "b"), accounts: "uuww", want: `Rolling through "b", 0 done, 2 under way, again 0s`},
		"gives the next its turn":              {was: at(v1alpha1.RolloutRolling, "b"), accounts: "duww", want: `Rolling through "c", 1 done, 2 under way, again 0s`},
		"passes over what is out of reach":     {was: at(v1alpha1.RolloutRolling, "b"), accounts: "nuww", want: `Rolling through "c", 0 done, 2 under way, again 0s`},
		"stops where a run failed":             {was: at(v1alpha1.RolloutRolling, "b"), accounts: "fdww", want: `Stopped through "b", 1 done, 1 under way, again 0s a run failed in a; no further account has its turn until that is mended`},
		"stops where a canary failed":          {was: at(v1alpha1.RolloutCanary, ""), accounts: "FDww", want: `Stopped through "", 1 done, 1 under way, again 0s a run failed in a; no further account has its turn until that is mended`},
		"stays stopped":                        {was: at(v1alpha1.RolloutStopped, "b"), accounts: "fdww", after: time.Hour, want: `Stopped through "b", 1 done, 1 under way, again 0s a run failed in a; no further account has its turn until that is mended`},
		"goes on once it is mended":            {was: at(v1alpha1.RolloutStopped, "b"), accounts: "ddww", want: `Rolling through "d", 2 done, 2 under way, again 0s`},
		"proves mended canaries first":         {was: at(v1alpha1.RolloutStopped, ""), accounts: "DDww", want: `Baking through "", 2 done, 0 under way, again 10m0s`},
		"goes on past failures where it may":   {spec: v1alpha1.Rollout{StopOnFailure: &no}, was: at(v1alpha1.RolloutRolling, "b"), accounts: "fdww", want: `Rolling through "d", 1 done, 3 under way, again 0s`},
		"is done when all are":                 {was: at(v1alpha1.RolloutRolling, "d"), accounts: "Dddd", want: `Done through "d", 4 done, 0 under way, again 0s`},
		"is not done before its canaries":      {was: at(v1alpha1.RolloutRolling, "d"), accounts: "Uddd", want: `Rolling through "d", 3 done, 1 under way, again 0s`},
		"stays done whatever happens after":    {was: at(v1alpha1.RolloutDone, "c"), accounts: "Dfuw", want: `Done through "c", 1 done, 3 under way, again 0s`},
		"is done with no account":              {was: nil, accounts: "", want: `Done through "", 0 done, 0 under way, again 0s`},
		"rolls one at a time if nobody says":   {spec: v1alpha1.Rollout{MaxConcurrentAccounts: -1}, was: nil, accounts: "ww", want: `Rolling through "a", 0 done, 1 under way, again 0s`},
		"a clock that jumps back bakes longer": {was: at(v1alpha1.RolloutBaking, ""), accounts: "Dw", after: -time.Hour, want: `Baking through "", 1 done, 0 under way, again 1h10m0s`},
	} {
		t.Run(name, func(t *testing.T) {
			spec := row.spec
			spec.BakeTime = &metav1.Duration{Duration: 10 * time.Minute}
			if spec.MaxConcurrentAccounts == 0 {
				spec.MaxConcurrentAccounts = 2
			}
			got, again := Advance(&spec, row.was, "one", accounts(row.accounts), begin.Add(row.after))
			if told(got, again) != row.want {
				t.Errorf("got  %s\nwant %s", told(got, again), row.want)
			}
			if got.Revision != "one" {
				t.Errorf("revision %s", got.Revision)
			}
			further, _ := Advance(&spec, &got, "one", accounts(row.accounts), begin.Add(row.after))
			if again == 0 && further != got {
				t.Errorf("a second look: %s", told(further, 0))
			}
		})
	}
}

// The names that have had their turn never shrink, and never more than so many are under way.
func TestRolloutReachesEveryAccountInWaves(t *testing.T) {
	spec := &v1alpha1.Rollout{MaxConcurrentAccounts: 3, BakeTime: &metav1.Duration{}}
	all := accounts("WwwwwWwwwwwww")
	var status *v1alpha1.RolloutStatus
	steps := 0
	for ; steps < 50 && (status == nil || status.Phase != v1alpha1.RolloutDone); steps++ {
		next, _ := Advance(spec, status, "one", all, begin)
		if status != nil && next.Through < status.Through {
			t.Fatalf("went back from %s to %s", status.Through, next.Through)
		}
		status = &next
		working := 0
		for i := range all {
			mayWrite := all[i].Canary || all[i].Name <= status.Through
			switch {
			case mayWrite && all[i].Standing == Waiting:
				all[i].Standing = UnderWay
			case all[i].Standing == UnderWay && (steps+i)%2 == 0:
				all[i].Standing = Done
			}
			if all[i].Standing == UnderWay {
				working++
			}
		}
		if working > 3 {
			t.Fatalf("%d at once", working)
		}
	}
	if status.Phase != v1alpha1.RolloutDone || status.Done != 13 {
		t.Errorf("after %d steps: %s", steps, told(*status, 0))
	}
}

func TestWaits(t *testing.T) {
	b := &v1alpha1.SecurityBaseline{}
	b.Spec.Rollout = &v1alpha1.Rollout{Canary: &metav1.LabelSelector{MatchLabels: map[string]string{"stage": "canary"}}}
	revision, err := Revision(b.Spec)
	if err != nil {
		t.Fatal(err)
	}
	account := func(name, stage string) *v1alpha1.AWSAccount {
		return &v1alpha1.AWSAccount{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"stage": stage}}}
	}
	for name, row := range map[string]struct {
		status  *v1alpha1.RolloutStatus
		account *v1alpha1.AWSAccount
		want    bool
	}{
		"nobody has looked yet":      {nil, account("a", "canary"), true},
		"an older revision":          {&v1alpha1.RolloutStatus{Revision: "old", Phase: v1alpha1.RolloutDone}, account("a", "canary"), true},
		"a canary":                   {&v1alpha1.RolloutStatus{Revision: revision, Phase: v1alpha1.RolloutCanary}, account("a", "canary"), false},
		"another while canaries are": {&v1alpha1.RolloutStatus{Revision: revision, Phase: v1alpha1.RolloutCanary}, account("a", ""), true},
		"its turn":                   {&v1alpha1.RolloutStatus{Revision: revision, Phase: v1alpha1.RolloutRolling, Through: "b"}, account("b", ""), false},
		"not its turn":               {&v1alpha1.RolloutStatus{Revision: revision, Phase: v1alpha1.RolloutRolling, Through: "b"}, account("c", ""), true},
		"all are done":               {&v1alpha1.RolloutStatus{Revision: revision, Phase: v1alpha1.RolloutDone, Through: "b"}, account("c", ""), false},
	} {
		b.Status.Rollout = row.status
		if got := Waits(b, row.account); got != row.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
	b.Spec.Rollout = nil
	if Waits(b, account("a", "")) {
		t.Error("waits though nothing is rolled out in waves")
	}
}

func TestStandingOf(t *testing.T) {
	b := &v1alpha1.SecurityBaseline{ObjectMeta: metav1.ObjectMeta{UID: "u", Generation: 2}}
	judged := []v1alpha1.JudgedBaseline{{UID: "u", Generation: 2}}
	blocked := func(reason string) []metav1.Condition {
		return []metav1.Condition{{Type: v1alpha1.ConditionBlocked, Status: metav1.ConditionTrue, Reason: reason}}
	}
	for name, row := range map[string]struct {
		status v1alpha1.AccountPostureStatus
		want   Standing
	}{
		"never judged":             {v1alpha1.AccountPostureStatus{}, Waiting},
		"judged by the one before": {v1alpha1.AccountPostureStatus{Baselines: []v1alpha1.JudgedBaseline{{UID: "u", Generation: 1}}, Plan: &v1alpha1.PlanSummary{}}, Waiting},
		"judged while it waited":   {v1alpha1.AccountPostureStatus{Baselines: []v1alpha1.JudgedBaseline{{UID: "u", Generation: 2, Waiting: true}}, Plan: &v1alpha1.PlanSummary{}}, Waiting},
		"not reached":              {v1alpha1.AccountPostureStatus{Baselines: judged}, Unreached},
		"changes to come":          {v1alpha1.AccountPostureStatus{Baselines: judged, Plan: &v1alpha1.PlanSummary{Automatic: 1}}, UnderWay},
		"AWS does not show it yet": {v1alpha1.AccountPostureStatus{Baselines: judged, Plan: &v1alpha1.PlanSummary{}, Findings: []v1alpha1.Finding{{Settling: true}}}, UnderWay},
		"blocked by a limit":       {v1alpha1.AccountPostureStatus{Baselines: judged, Plan: &v1alpha1.PlanSummary{Offered: 30}, Conditions: blocked(v1alpha1.ReasonLimitExceeded)}, UnderWay},
		"a run failed":             {v1alpha1.AccountPostureStatus{Baselines: judged, Plan: &v1alpha1.PlanSummary{Automatic: 1}, Conditions: blocked(v1alpha1.ReasonRunFailed)}, Failed},
		"nothing left to do":       {v1alpha1.AccountPostureStatus{Baselines: judged, Plan: &v1alpha1.PlanSummary{Offered: 1, Audited: 2}}, Done},
	} {
		if got := StandingOf(b, &v1alpha1.AccountPosture{Status: row.status}); got != row.want {
			t.Errorf("%s: got %d, want %d", name, got, row.want)
		}
	}
}
