package action

import (
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// CreateTrail gives an account its audit trail: of all regions and all management events, with
// digests, delivered to a bucket and, so that alarms can be raised, to a log group.
type CreateTrail struct {
	Trail  Target `json:"trail"`
	Bucket string `json:"bucket"`
	// NewBucket says that the bucket is created with the trail; else the policy of the one that
	// is there gains two statements.
	NewBucket bool `json:"newBucket,omitempty"`
	// Billed says that others record the account too, so that these events are paid for.
	Billed bool `json:"billed,omitempty"`
}

// Describe implements Action.
func (a CreateTrail) Describe() Description {
	var calls []string
	if a.NewBucket {
		calls = []string{"s3:CreateBucket", "s3:PutPublicAccessBlock"}
	}
	touches := []string{a.BucketARN()}
	return onTrail(a.Trail, a.Billed, Description{
		Setting: "Trail", Title: "create trail " + a.Trail.ID + ", delivering to bucket " + a.Bucket, From: "no trail",
		To: strings.Join([]string{
			"trail " + a.Trail.ID + " in " + a.Trail.Region + ": all regions, all management events, log file validation on, logging",
			"log group and role " + inventory.OwnTrailLogs + " (CloudWatch Logs bills what it takes in, by volume)",
			"bucket " + a.Bucket + ", its policy with: " + pretty(a.Statements()),
		}, "\n"),
		Calls:   append(calls, append(append([]string{"s3:PutBucketPolicy"}, deliveryCalls...), "cloudtrail:CreateTrail", "cloudtrail:StartLogging")...),
		Touches: append(touches, a.Logs().touches()...),
	})
}

// Undo implements Action. The trail goes, what it has recorded stays. A bucket that was there
// before gets its policy back without our statements.
func (a CreateTrail) Undo(done []string) Undoing {
	by := map[string][]string{"cloudtrail:CreateTrail": {"cloudtrail:DeleteTrail"}}
	if !slices.Contains(done, "cloudtrail:CreateTrail") {
		by["cloudtrail:StartLogging"] = []string{"cloudtrail:StopLogging"}
	}
	if !a.NewBucket {
		by["s3:PutBucketPolicy"] = []string{"s3:PutBucketPolicy", "s3:DeleteBucketPolicy"}
	}
	return Undoing{
		Calls: inverse(done, by), Finds: a.Trail.Account,
		Not: "bucket " + a.Bucket + " and log group " + inventory.OwnTrailLogs + " stay with what was recorded, for evidence is not deleted; so does role " + inventory.OwnTrailLogs,
	}
}

// BucketARN is the ARN of the bucket.
func (a CreateTrail) BucketARN() string { return bucketARN(a.Trail, a.Bucket) }

func bucketARN(in Target, bucket string) string { return "arn:" + in.Partition + ":s3:::" + bucket }

// Logs is how the trail delivers to CloudWatch Logs.
func (a CreateTrail) Logs() TrailLogs { return LogsOf(a.Trail) }

// Statements are what the bucket's policy must hold for the trail, and for the operator's own
// bucket that it is reached over TLS alone.
func (a CreateTrail) Statements() []iampolicy.Statement {
	service := map[string]string{"Service": "cloudtrail.amazonaws.com"}
	own := map[string]string{"aws:SourceArn": a.Trail.ARN}
	statements := []iampolicy.Statement{
		{
			Sid: "GuardrailsTrailCheck", Effect: "Allow", Principal: service, Action: []string{"s3:GetBucketAcl"}, Resource: []string{a.BucketARN()},
			Condition: map[string]map[string]string{"StringEquals": own},
		},
		{
			Sid: "GuardrailsTrailWrite", Effect: "Allow", Principal: service, Action: []string{"s3:PutObject"},
			Resource:  []string{a.BucketARN() + "/AWSLogs/" + a.Trail.Account + "/*"},
			Condition: map[string]map[string]string{"StringEquals": {"aws:SourceArn": a.Trail.ARN, "s3:x-amz-acl": "bucket-owner-full-control"}},
		},
	}
	if a.NewBucket {
		statements = append(statements, iampolicy.DenyInsecureTransport(a.BucketARN()))
	}
	return statements
}
