package dynamodb

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestPITR(t *testing.T) {
	for name, row := range map[string]struct {
		recovery inventory.Observed[bool]
		want     v1alpha1.VerdictStatus
		says     string
	}{
		"on":  {inventory.Seen(true, asOf), v1alpha1.Pass, ""},
		"off": {inventory.Seen(false, asOf), v1alpha1.Fail, "point-in-time recovery is off"},
		"denied": {
			inventory.Unseen[bool](fault.DeniedRead("dynamodb:DescribeContinuousBackups", "dynamodb:DescribeContinuousBackups")),
			v1alpha1.Unknown, "dynamodb:DescribeContinuousBackups: missing permission dynamodb:DescribeContinuousBackups",
		},
		"not read": {inventory.Observed[bool]{}, v1alpha1.Unknown, "the fact was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			got := pitr.Judge(v1alpha1.DynamoDBPITR{}, inventory.Table{PointInTimeRecovery: row.recovery}, asOf)
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
		})
	}
}
