package account

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

func blockOf(bucket string) action.Set {
	of := action.Target{Account: shop, Partition: "aws", Region: "us-east-1", Type: "AWS::S3::Bucket", ID: bucket, ARN: "arn:aws:s3:::" + bucket}
	return action.BucketPublicAccess.Set(of, inventory.PublicAccessBlock{}, inventory.AllBlocked)
}

func changeOf(t *testing.T, a action.Action) posture.Change {
	t.Helper()
	hash, err := action.Hash(a)
	if err != nil {
		t.Fatal(err)
	}
	return posture.Change{Description: a.Describe(), Action: a, Hash: hash, Controls: []string{"s3-bucket-public-access-block"}, Mode: posture.Offered}
}

func changesOf(t *testing.T, n int) []posture.Change {
	t.Helper()
	var changes []posture.Change
	for i := range n {
		changes = append(changes, changeOf(t, blockOf(fmt.Sprintf("bucket-%04d", i))))
	}
	return changes
}

func TestParts(t *testing.T) {
	sizes := func(t *testing.T, changes []posture.Change) (sizes []int) {
		t.Helper()
		cut, err := parts(changes)
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, part := range cut {
			sizes = append(sizes, len(part))
			encoded, err := json.Marshal(part)
			if err != nil {
				t.Fatal(err)
			}
			if len(part) > 1 && len(encoded) > maxRunBytes+len(part)+2 {
				t.Errorf("a part of %d actions takes %d bytes", len(part), len(encoded))
			}
			for _, planned := range part {
				order = append(order, planned.Hash)
			}
		}
		var want []string
		for _, c := range changes {
			want = append(want, c.Hash)
		}
		if !slices.Equal(order, want) {
			t.Error("the parts are not the plan, in order")
		}
		return sizes
	}
	t.Run("nothing", func(t *testing.T) {
		if got := sizes(t, nil); got != nil {
			t.Errorf("got %v", got)
		}
	})
	t.Run("by calls", func(t *testing.T) {
		for n, want := range map[int]string{1: "[1]", maxRunCalls: fmt.Sprintf("[%d]", maxRunCalls), maxRunCalls + 1: fmt.Sprintf("[%d 1]", maxRunCalls), 2*maxRunCalls + 7: fmt.Sprintf("[%d %d 7]", maxRunCalls, maxRunCalls)} {
			if got := fmt.Sprint(sizes(t, changesOf(t, n))); got != want {
				t.Errorf("%d actions: %s, want %s", n, got, want)
			}
		}
	})
	t.Run("by the calls of chains", func(t *testing.T) {
		changes := changesOf(t, maxRunCalls)
		for i := range changes {
			changes[i].Calls = []string{"a:One", "a:Two", "a:Three"}
		}
		if got := fmt.Sprint(sizes(t, changes)); got != fmt.Sprint([]int{maxRunCalls / 3, maxRunCalls / 3, maxRunCalls / 3}) {
			t.Errorf("got %s", got)
		}
	})
	t.Run("by bytes", func(t *testing.T) {
		changes := changesOf(t, 10)
		for i := range changes {
			changes[i].From = strings.Repeat("x", 30<<10)
		}
		if got := fmt.Sprint(sizes(t, changes)); got != "[3 3 3 1]" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("one that is too large by itself", func(t *testing.T) {
		changes := changesOf(t, 3)
		changes[1].From, changes[1].To = strings.Repeat("<", 32<<10), strings.Repeat("<", 32<<10)
		if got := fmt.Sprint(sizes(t, changes)); got != "[1 1 1]" {
			t.Errorf("got %s", got)
		}
	})
}

// What a plan shows of an action is kept as it is, but for what no one may show.
func TestRunAction(t *testing.T) {
	c := changeOf(t, blockOf("photos"))
	c.Title, c.From, c.To = "a\x1btitle\n"+strings.Repeat("é", 600), "{\n  \"a\": \"b\u202e\"\n}", strings.Repeat("é", 40<<10)
	planned, err := runAction(c)
	if err != nil {
		t.Fatal(err)
	}
	if planned.From != "{\n  \"a\": \"b \"\n}" {
		t.Errorf("from %q", planned.From)
	}
	if strings.ContainsAny(planned.Title, "\x1b\n") || len(planned.Title) > v1alpha1.MaxTitle || len(planned.To) > v1alpha1.MaxText || !strings.HasSuffix(planned.To, "é...") && !strings.HasSuffix(planned.To, "é") {
		t.Errorf("title of %d, to of %d bytes", len(planned.Title), len(planned.To))
	}
	if back, err := genuine(&v1alpha1.RemediationRun{Spec: v1alpha1.RemediationRunSpec{AccountID: shop}}, planned); err != nil || back != action.Action(blockOf("photos")) {
		t.Errorf("got back %+v, %v", back, err)
	}
}

func runOf(t *testing.T, changes []posture.Change, results ...v1alpha1.CallResult) *v1alpha1.RemediationRun {
	t.Helper()
	run := &v1alpha1.RemediationRun{Spec: v1alpha1.RemediationRunSpec{AccountID: shop, Trigger: v1alpha1.TriggerOffered, PlanHash: posture.HashOf(changes)}}
	for i, c := range changes {
		planned, err := runAction(c)
		if err != nil {
			t.Fatal(err)
		}
		run.Spec.Actions = append(run.Spec.Actions, planned)
		if i < len(results) && results[i] != "" {
			run.Status.Journal = append(run.Status.Journal, v1alpha1.JournalEntry{Action: planned.Hash, Call: planned.Calls[0], At: metav1.NewTime(noon), Result: results[i]})
		}
	}
	return run
}

// An action is only what its hash was approved for.
func TestGenuine(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*v1alpha1.RunAction, *v1alpha1.RemediationRun)
		says   string
	}{
		"as planned":        {func(*v1alpha1.RunAction, *v1alpha1.RemediationRun) {}, ""},
		"keys in any order": {func(a *v1alpha1.RunAction, _ *v1alpha1.RemediationRun) { a.Content.Raw = reordered(t, a.Content.Raw) }, ""},
		"another bucket": {func(a *v1alpha1.RunAction, _ *v1alpha1.RemediationRun) {
			a.Content.Raw = []byte(strings.ReplaceAll(string(a.Content.Raw), "bucket-0000", "crown-jewels"))
		}, "not what its hash was made of"},
		"another type":       {func(a *v1alpha1.RunAction, _ *v1alpha1.RemediationRun) { a.Type = "BlockAccountPublicAccess" }, "not what its hash was made of"},
		"no such type":       {func(a *v1alpha1.RunAction, _ *v1alpha1.RemediationRun) { a.Type = "DeleteEverything" }, "not known to this version"},
		"no content":         {func(a *v1alpha1.RunAction, _ *v1alpha1.RemediationRun) { a.Content.Raw = []byte("{}") }, "not what its hash was made of"},
		"broken content":     {func(a *v1alpha1.RunAction, _ *v1alpha1.RemediationRun) { a.Content.Raw = []byte("{") }, "decoding"},
		"of another account": {func(_ *v1alpha1.RunAction, r *v1alpha1.RemediationRun) { r.Spec.AccountID = "222222222222" }, "the target is of account"},
	} {
		t.Run(name, func(t *testing.T) {
			run := runOf(t, changesOf(t, 1))
			row.change(&run.Spec.Actions[0], run)
			got, err := genuine(run, run.Spec.Actions[0])
			if row.says == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %+v, %v", got, err)
			}
			if err != nil && got != nil {
				t.Error("refused, and given back")
			}
		})
	}
}

func reordered(t *testing.T, content []byte) []byte {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(content, &fields); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return sorted
}

func TestSettling(t *testing.T) {
	const done, so = v1alpha1.CallDone, v1alpha1.CallAlreadySo
	changes := changesOf(t, 6)
	run := runOf(t, changes, done, v1alpha1.CallFailed, v1alpha1.CallChanged, v1alpha1.CallClaimed, so, "")
	of := func(i int) action.Description { return changes[i].Action.Describe() }
	for name, among := range map[string]runs{"open": {open: []*v1alpha1.RemediationRun{run}}, "recent": {recent: []*v1alpha1.RemediationRun{run}}} {
		settling := among.settling(noon.Add(time.Minute), 2*time.Minute)
		for i, want := range []bool{true, false, false, false, true, false} {
			if got := settling(of(i)); got != want {
				t.Errorf("%s, action %d: %t, want %t", name, i, got, want)
			}
		}
		for _, ago := range []time.Duration{2 * time.Minute, -posture.Skew - time.Second} {
			if among.settling(noon.Add(ago), 2*time.Minute)(of(0)) {
				t.Errorf("%s: settles %s after", name, ago)
			}
		}
		other := of(0)
		other.To = "something else"
		if settling(other) {
			t.Errorf("%s: what was never written settles", name)
		}
	}
	if (runs{}).settling(noon, time.Minute)(of(0)) {
		t.Error("settles without a run")
	}
}

// What failed half way does not settle: it failed, and so did what the plan makes of the rest.
func TestHalfDoneFails(t *testing.T) {
	changes := changesOf(t, 2)
	run := runOf(t, changes, v1alpha1.CallDone, v1alpha1.CallFailed)
	half := &run.Spec.Actions[0]
	half.Calls = append(half.Calls, "s3:PutBucketPolicy")
	run.Status.Journal = append(run.Status.Journal, v1alpha1.JournalEntry{Action: half.Hash, Call: "s3:PutBucketPolicy", At: metav1.NewTime(noon), Result: v1alpha1.CallDenied, Message: "no"})
	if (runs{recent: []*v1alpha1.RemediationRun{run}}).settling(noon, time.Minute)(changes[0].Description) {
		t.Error("it settles")
	}
	v := &visit{Reconciler: &Reconciler{Now: func() time.Time { return noon.Add(time.Minute) }}, failures: map[string]posture.Failures{}}
	v.countFailed(run)
	for i, want := range []bool{true, false} {
		if why, failed := v.failed(changes[i].Description, "of what is left"); failed != want || strings.HasPrefix(why, "cannot be applied: no; failed 1 times") != want {
			t.Errorf("what is left of action %d failed: %t, %q", i, failed, why)
		}
	}
	if _, failed := v.failed(changes[1].Description, changes[1].Hash); !failed {
		t.Error("what failed at once did not fail")
	}
}

func TestProgressAndStanding(t *testing.T) {
	run := runOf(t, changesOf(t, 6), v1alpha1.CallDone, v1alpha1.CallAlreadySo, v1alpha1.CallFailed, v1alpha1.CallChanged, v1alpha1.CallClaimed, v1alpha1.CallSkipped)
	if got := progress(run); got != "2/6" {
		t.Errorf("progress %s", got)
	}
	if got := tally(run); got != (tallied{applied: 2, failed: 1, changed: 1, untried: 1}) {
		t.Errorf("tally %+v", got)
	}
	run = runOf(t, changesOf(t, 1), v1alpha1.CallDone)
	run.Spec.Actions[0].Calls = append(run.Spec.Actions[0].Calls, "s3:PutBucketPolicy")
	if got := progress(run); got != "0/1" || standing(run, run.Spec.Actions[0]) != v1alpha1.CallClaimed {
		t.Errorf("a chain half done: %s", got)
	}
}

func TestCutShort(t *testing.T) {
	ended := func(phase v1alpha1.RunPhase, at time.Time, results ...v1alpha1.CallResult) runs {
		run := runOf(t, changesOf(t, 3), results...)
		run.Status.Phase, run.Annotations = phase, map[string]string{v1alpha1.AnnotationFinishedAt: at.Format(time.RFC3339)}
		return runs{recent: []*v1alpha1.RemediationRun{run}}
	}
	const failed, done = v1alpha1.CallFailed, v1alpha1.CallDone
	for name, row := range map[string]struct {
		runs runs
		want bool
	}{
		"no run":                {runs{}, false},
		"a run was":             {ended(v1alpha1.RunFailed, noon, failed, failed), true},
		"one was long ago":      {ended(v1alpha1.RunFailed, noon.Add(-posture.RetryAfter), failed, failed), false},
		"one will be":           {ended(v1alpha1.RunFailed, noon.Add(time.Hour), failed, failed), false},
		"one was tried whole":   {ended(v1alpha1.RunFailed, noon, failed, failed, done), false},
		"one ended by approval": {ended(v1alpha1.RunExpired, noon, done), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := row.runs.cutShort(noon); got != row.want {
				t.Errorf("got %t, want %t", got, row.want)
			}
		})
	}
}

// A no is known as soon as it is said, and as long as its run is kept.
func TestRejected(t *testing.T) {
	changes := changesOf(t, 2)
	no, yes := runOf(t, changes[:1]), runOf(t, changes[1:])
	no.Name, no.Spec.Approval = "shop-1", &v1alpha1.Approval{Decision: v1alpha1.Rejected, By: "bob"}
	yes.Spec.Approval = &v1alpha1.Approval{Decision: v1alpha1.Approved, By: "bob"}
	for name, among := range map[string]runs{"open": {open: []*v1alpha1.RemediationRun{no, yes}}, "closed": {recent: []*v1alpha1.RemediationRun{yes, no}}} {
		rejected := among.rejected()
		if got, want := rejected(changes[0].Hash), "bob said no to it in run shop-1; delete that run to have it planned again"; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if got := rejected(changes[1].Hash); got != "" {
			t.Errorf("%s: of what was approved: %q", name, got)
		}
	}
}

// A run that changed AWS, or may have, is evidence.
func TestChanged(t *testing.T) {
	for result, want := range map[v1alpha1.CallResult]bool{
		v1alpha1.CallDone: true, v1alpha1.CallClaimed: true, v1alpha1.CallAlreadySo: false, v1alpha1.CallChanged: false,
		v1alpha1.CallDenied: false, v1alpha1.CallFailed: false, v1alpha1.CallSkipped: false, "": false,
	} {
		if got := changed(runOf(t, changesOf(t, 1), result)); got != want {
			t.Errorf("%s: %t", result, got)
		}
	}
}

// A run whose every call failed with the longest answer there is stays under 256 KiB.
func TestRunStaysSmall(t *testing.T) {
	changes := changesOf(t, maxRunCalls)
	for i := range changes {
		changes[i].From = strings.Repeat("\"<", 200)
	}
	cut, err := parts(changes)
	if err != nil {
		t.Fatal(err)
	}
	for _, actions := range cut {
		run := &v1alpha1.RemediationRun{Spec: v1alpha1.RemediationRunSpec{Actions: actions}}
		kept := &journal{run: run}
		for _, planned := range actions {
			kept.put(v1alpha1.JournalEntry{Action: planned.Hash, Call: planned.Calls[0], At: metav1.NewTime(noon), Result: v1alpha1.CallFailed, Message: shortened(inventory.Clean(strings.Repeat("<\"\\>&", 400), 400))})
		}
		encoded, err := json.Marshal(run)
		if err != nil {
			t.Fatal(err)
		}
		if len(encoded) > 250<<10 {
			t.Errorf("%d actions take %d bytes", len(actions), len(encoded))
		}
		t.Logf("%d actions take %d bytes", len(actions), len(encoded))
	}
}
