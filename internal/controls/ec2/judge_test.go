package ec2

import (
	"slices"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

const (
	account = "111111111111"
	region  = "eu-west-1"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// row is one resource, or one way of not having read any, and what a control concludes on it.
type row[T inventory.Resource] struct {
	items inventory.Observed[[]T]
	want  v1alpha1.VerdictStatus
	// reason and says are the verdict's; mends are the titles of the actions.
	reason, says string
	mends        []string
	byHand       string
}

func one[T inventory.Resource](item T) inventory.Observed[[]T] {
	return inventory.Seen([]T{item}, asOf)
}

// refused are the rows that every control has alike: what was denied, and what nobody read.
func refused[T inventory.Resource](rows map[string]row[T], operation string) map[string]row[T] {
	rows["denied"] = row[T]{
		items: inventory.Unseen[[]T](fault.DeniedRead(operation, operation)), want: v1alpha1.Unknown, reason: v1alpha1.VerdictReadDenied,
		says: operation + ": missing permission " + operation,
	}
	rows["unread"] = row[T]{want: v1alpha1.Unknown, reason: v1alpha1.VerdictNotRead, says: "the fact was not read"}
	return rows
}

// check judges each row by the control, as the posture declares it.
func check[L any, T inventory.Resource](t *testing.T, control posture.Over[L, T], declared v1alpha1.Posture, rows map[string]row[T]) {
	t.Helper()
	for name, r := range rows {
		t.Run(name, func(t *testing.T) {
			facts := inventory.NewSnapshot(account, "aws", "us-east-1", []string{region}, asOf)
			control.Observe.Put(facts, region, r.items)
			declarations := posture.Declare(Controls.All(), []posture.Declarer{{Name: "test", Posture: &declared}}, v1alpha1.Audit, func(string) v1alpha1.Severity { return v1alpha1.Low })
			controls := posture.Judge(declarations, facts).Controls
			if len(controls) != 1 || controls[0].Control.ID != control.ID || len(controls[0].Judged) != 1 {
				t.Fatalf("%d controls judged, want %s alone", len(controls), control.ID)
			}
			got := controls[0].Judged[0]
			if got.Verdict.Status != r.want || got.Verdict.Reason != r.reason || got.Verdict.Message != r.says {
				t.Errorf("got %s %s %q, want %s %s %q", got.Verdict.Status, got.Verdict.Reason, got.Verdict.Message, r.want, r.reason, r.says)
			}
			var titles []string
			for _, a := range got.Mend {
				titles = append(titles, a.Describe().Title)
			}
			if !slices.Equal(titles, r.mends) {
				t.Errorf("mends %q, want %q", titles, r.mends)
			}
			if got.ByHand != r.byHand {
				t.Errorf("by hand %q, want %q", got.ByHand, r.byHand)
			}
		})
	}
}

func refTo(kind, id string) inventory.Ref {
	return inventory.Ref{Account: account, Partition: "aws", Region: region, Type: kind, ID: id}
}
