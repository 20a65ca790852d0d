package s3

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func TestAccessLogging(t *testing.T) {
	leaf := v1alpha1.S3AccessLogging{BucketName: "logs", Region: "us-east-1"}
	for name, row := range map[string]struct {
		id, region string
		log        inventory.AccessLog
		want       v1alpha1.VerdictStatus
		plans      int
	}{
		"off":                   {"photos", "us-east-1", inventory.AccessLog{}, v1alpha1.Fail, 1},
		"to another bucket":     {"photos", "us-east-1", inventory.AccessLog{Bucket: "siem"}, v1alpha1.Pass, 0},
		"off in another region": {"photos", "eu-west-1", inventory.AccessLog{}, v1alpha1.Fail, 0},
		"what takes the logs":   {"logs", "us-east-1", inventory.AccessLog{}, v1alpha1.NotApplicable, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := inventory.Bucket{Ref: inventory.Ref{ID: row.id, Region: row.region}, AccessLog: inventory.Seen(row.log, asOf)}
			got, plans := accessLogging.Judge(leaf, b, asOf), 0
			if got.Status == v1alpha1.Fail {
				plans = len(accessLogging.Mend(leaf, b))
			}
			if got.Status != row.want || plans != row.plans || (accessLogging.ByHand(leaf, b) == "") != (row.region == leaf.Region) {
				t.Errorf("got %+v, %d planned", got, plans)
			}
		})
	}
}
