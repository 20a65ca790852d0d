// Package roundtrip takes a control all the way, on whatever AWS it is given: it fails, is
// planned, applied as if approved, read again and passes, and a further round plans nothing.
// The fake and the wire are held to the same script.
package roundtrip

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
)

// Account is the account that round trips are made in.
const Account = "111111111111"

// Rig reaches one account and takes rounds in it.
type Rig struct {
	Pool   *awsapi.Pool
	Target awsapi.Target
	// Writer is how the account is written; without a role, as it is read.
	Writer  awsapi.Target
	Regions []string
	Who     inventory.Who
	// Posture declares what is checked.
	Posture v1alpha1.Posture
}

// New returns a rig for Account, reached from the configuration by a role of the account.
func New(base aws.Config, now func() time.Time, declared v1alpha1.Posture) *Rig {
	return &Rig{
		Pool:    awsapi.NewPool(base, awsapi.Options{Now: now, Unlimited: true}),
		Target:  awsapi.Target{Account: Account, Partition: "aws", Home: "us-east-1", RoleARN: "arn:aws:iam::" + Account + ":role/guardrails", SessionName: "roundtrip"},
		Regions: []string{"eu-west-1", "us-east-1"},
		Posture: declared,
	}
}

// Round reads, judges and plans.
func (r *Rig) Round(ctx context.Context) (round.Result, error) {
	session, err := r.Pool.Open(ctx, r.Target)
	if err != nil {
		return round.Result{}, err
	}
	baseline := posture.Declarer{Name: "roundtrip", Enforcement: v1alpha1.Approve, Posture: &r.Posture}
	return round.Take(ctx, round.Input{
		Session: session, Regions: r.Regions, Who: r.Who,
		Declarations: posture.Declare(controls.All(), []posture.Declarer{baseline}, v1alpha1.Enforce, func(string) v1alpha1.Severity { return v1alpha1.Medium }),
		Rules:        posture.Rules{MaxActions: 1000, MaxPercent: 100},
	})
}

// Apply applies all changes of a plan as if they were approved, and returns the results by
// change hash and call.
func (r *Rig) Apply(ctx context.Context, plan posture.Plan) (*Journal, error) {
	writer := r.Writer
	if writer.RoleARN == "" {
		writer = r.Target
	}
	session, err := r.Pool.OpenForRun(ctx, writer)
	if err != nil {
		return nil, err
	}
	intents := make([]remedy.Intent, len(plan.Changes))
	for i, change := range plan.Changes {
		intents[i] = remedy.Intent{Hash: change.Hash, Action: change.Action}
	}
	journal := &Journal{}
	_, err = remedy.Apply(ctx, session, intents, journal, func(context.Context) error { return nil })
	return journal, err
}

// Entry is one journaled call.
type Entry struct {
	Hash, Call, Message string
	Result              v1alpha1.CallResult
}

// Journal is a journal in memory.
type Journal struct{ Entries []Entry }

// Result implements remedy.Journal.
func (j *Journal) Result(hash, call string) v1alpha1.CallResult {
	for _, e := range j.Entries {
		if e.Hash == hash && e.Call == call {
			return e.Result
		}
	}
	return ""
}

// Claim implements remedy.Journal.
func (j *Journal) Claim(context.Context, string, string) error { return nil }

// Record implements remedy.Journal.
func (j *Journal) Record(hash, call string, result v1alpha1.CallResult, message string) {
	j.Entries = append(j.Entries, Entry{Hash: hash, Call: call, Result: result, Message: message})
}

// Flush implements remedy.Journal.
func (j *Journal) Flush(context.Context) error { return nil }

// Mends takes the control through fail, plan, apply, pass and rest. Settled is the verdict that
// a mended control has: Pass, or Contained where a person must still act.
func (r *Rig) Mends(t *testing.T, control string, settled v1alpha1.VerdictStatus) {
	t.Helper()
	ctx := t.Context()
	before := r.mustRound(t)
	if got := verdict(before, control); got != v1alpha1.Fail {
		t.Fatalf("%s at first: got %s, want Fail", control, got)
	}
	changes := slices.DeleteFunc(slices.Clone(before.Plan.Changes), func(c posture.Change) bool { return !slices.Contains(c.Controls, control) })
	if len(changes) == 0 {
		t.Fatalf("%s: nothing is planned for its findings", control)
	}
	journal, err := r.Apply(ctx, posture.Plan{Changes: changes})
	if err != nil {
		t.Fatalf("%s: %v", control, err)
	}
	for _, e := range journal.Entries {
		if e.Result != v1alpha1.CallDone && e.Result != v1alpha1.CallAlreadySo {
			t.Errorf("%s: %s ended %s: %s", control, e.Call, e.Result, e.Message)
		}
	}
	after := r.mustRound(t)
	if got := verdict(after, control); got != settled {
		t.Fatalf("%s after its run: got %s, want %s: %s", control, got, settled, findings(after, control))
	}
	for _, change := range after.Plan.Changes {
		if slices.Contains(change.Controls, control) {
			t.Errorf("%s after its run: still plans %s", control, change.Title)
		}
	}
}

func (r *Rig) mustRound(t *testing.T) round.Result {
	t.Helper()
	result, err := r.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func verdict(result round.Result, control string) v1alpha1.VerdictStatus {
	for _, c := range result.Report.Controls {
		if c.Control.ID == control {
			return c.Verdict()
		}
	}
	return "not declared"
}

func findings(result round.Result, control string) (all []string) {
	for _, c := range result.Report.Controls {
		for _, judged := range c.Judged {
			if c.Control.ID == control && judged.Verdict.Status != v1alpha1.Pass {
				all = append(all, judged.Ref.Name()+" "+string(judged.Verdict.Status)+" "+judged.Verdict.Reason+" "+judged.Verdict.Message)
			}
		}
	}
	return all
}
