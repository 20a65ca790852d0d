package s3

import (
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func seen[T any](value T) inventory.Observed[T] { return inventory.Seen(value, asOf) }

// expect compares a verdict's status and reason, and that the message holds what it must say.
func expect(t *testing.T, got posture.Verdict, status v1alpha1.VerdictStatus, reason, says string) {
	t.Helper()
	if got.Status != status || got.Reason != reason || !strings.Contains(got.Message, says) {
		t.Errorf("got %s %s %q, want %s %s %q", got.Status, got.Reason, got.Message, status, reason, says)
	}
}

// box is a bucket of the account in eu-west-1.
func box() inventory.Bucket {
	return inventory.Bucket{Ref: inventory.Ref{Account: "111111111111", Partition: "aws", Region: "eu-west-1", Type: "AWS::S3::Bucket", ID: "box", ARN: "arn:aws:s3:::box"}}
}
