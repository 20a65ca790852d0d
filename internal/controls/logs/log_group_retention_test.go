package logs

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestLogGroupRetention(t *testing.T) {
	for name, row := range map[string]struct {
		least int32
		group inventory.LogGroup
		want  v1alpha1.VerdictStatus
		says  string
	}{
		"forever":         {365, inventory.LogGroup{}, v1alpha1.Pass, ""},
		"longer":          {365, inventory.LogGroup{RetentionDays: 400}, v1alpha1.Pass, ""},
		"just so":         {365, inventory.LogGroup{RetentionDays: 365}, v1alpha1.Pass, ""},
		"shorter":         {365, inventory.LogGroup{RetentionDays: 180}, v1alpha1.Fail, "keeps logs for 180 days, declared are 365 days"},
		"left to default": {0, inventory.LogGroup{RetentionDays: 30}, v1alpha1.Fail, "keeps logs for 30 days, declared are 365 days"},
		"fixed by class":  {365, inventory.LogGroup{RetentionDays: 1, Fixed: true}, v1alpha1.NotApplicable, "the group's class keeps logs for a fixed time"},
	} {
		t.Run(name, func(t *testing.T) {
			got := logGroupRetention.Judge(v1alpha1.LogGroupRetention{MinDays: row.least}, row.group, asOf)
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
		})
	}
}

func TestLogGroupRetentionLeavesControlTowerAlone(t *testing.T) {
	group := inventory.LogGroup{Ref: inventory.Ref{ID: "aws-controltower/CloudTrailLogs"}, RetentionDays: 14}
	if planned := logGroupRetention.Mend(v1alpha1.LogGroupRetention{}, group); len(planned) != 0 {
		t.Errorf("planned %v", planned)
	}
}
