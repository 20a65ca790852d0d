package action

import (
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// SetUpRecorder makes AWS Config record a region: whatever is missing of recorder and channel,
// then the start. Config bills every item it records.
type SetUpRecorder struct {
	Region   Target `json:"region"`
	Recorder string `json:"recorder"`
	// NewRecorder: the recorder is made, of all supported types and, if GlobalTypes says so, IAM's.
	NewRecorder bool `json:"newRecorder,omitempty"`
	GlobalTypes bool `json:"globalTypes,omitempty"`
	// Bucket that a new channel delivers to; empty where the channel is there.
	Bucket string `json:"bucket,omitempty"`
	// NewBucketIn is the region in which the bucket is made; empty where it is there and its
	// policy gains two statements.
	NewBucketIn string `json:"newBucketIn,omitempty"`
}

// Role is the ARN of Config's own service-linked role.
func (a SetUpRecorder) Role() string {
	return "arn:" + a.Region.Partition + ":iam::" + a.Region.Account + ":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
}

// Describe implements Action.
func (a SetUpRecorder) Describe() Description {
	var calls, to, touches []string
	if a.NewRecorder {
		calls = append(calls, "iam:CreateServiceLinkedRole")
		to = append(to, "AWS Config's service-linked role")
	}
	if a.NewBucketIn != "" {
		calls = append(calls, "s3:CreateBucket", "s3:PutPublicAccessBlock")
	}
	if a.Bucket != "" {
		calls = append(calls, "s3:PutBucketPolicy")
		to = append(to, "bucket "+a.Bucket+", its policy with: "+pretty(a.Statements()))
		touches = append(touches, bucketARN(a.Region, a.Bucket))
	}
	if a.NewRecorder {
		calls = append(calls, "config:PutConfigurationRecorder")
		to = append(to, "recorder "+a.Recorder+" of "+a.Group().String())
	}
	if a.Bucket != "" {
		calls = append(calls, "config:PutDeliveryChannel")
		to = append(to, "channel "+inventory.OwnRecorder+" to bucket "+a.Bucket)
	}
	return onRecorder(a.Region, Description{
		Setting: "Recorder", Title: "record region " + a.Region.Region + " in AWS Config", From: "not recorded",
		To: strings.Join(append(to, "recording (billed by item)"), "\n"), Calls: append(calls, "config:StartConfigurationRecorder"), Touches: touches,
	})
}

// Undo implements Action. A bucket and its policy serve the recorders of all regions, and stay.
func (a SetUpRecorder) Undo(done []string) Undoing {
	undoing := Undoing{
		Calls: inverse(done, map[string][]string{
			"config:StartConfigurationRecorder": {"config:StopConfigurationRecorder"}, "config:PutDeliveryChannel": {"config:DeleteDeliveryChannel"},
			"config:PutConfigurationRecorder": {"config:DeleteConfigurationRecorder"},
		}),
		Not: "AWS Config's service-linked role stays",
	}
	if a.Bucket != "" {
		undoing.Not += "; so does bucket " + a.Bucket + " with what was recorded, and its policy: other regions deliver to it"
	}
	return undoing
}

// Group is what a new recorder records.
func (a SetUpRecorder) Group() inventory.RecordingGroup {
	return inventory.RecordingGroup{AllSupported: true, GlobalTypes: a.GlobalTypes, Strategy: inventory.RecordAllSupported}
}

// Statements are what the bucket's policy must hold for AWS Config, and for the operator's own
// bucket that it is reached over TLS alone. They are the same for every region.
func (a SetUpRecorder) Statements() []iampolicy.Statement {
	bucket, service := bucketARN(a.Region, a.Bucket), map[string]string{"Service": "config.amazonaws.com"}
	statements := []iampolicy.Statement{
		{
			Sid: "GuardrailsConfigCheck", Effect: "Allow", Principal: service, Action: []string{"s3:GetBucketAcl", "s3:ListBucket"}, Resource: []string{bucket},
			Condition: map[string]map[string]string{"StringEquals": {"aws:SourceAccount": a.Region.Account}},
		},
		{
			Sid: "GuardrailsConfigWrite", Effect: "Allow", Principal: service, Action: []string{"s3:PutObject"}, Resource: []string{bucket + "/AWSLogs/" + a.Region.Account + "/Config/*"},
			Condition: map[string]map[string]string{"StringEquals": {"aws:SourceAccount": a.Region.Account, "s3:x-amz-acl": "bucket-owner-full-control"}},
		},
	}
	if a.NewBucketIn != "" {
		statements = append(statements, iampolicy.DenyInsecureTransport(bucket))
	}
	return statements
}

// StartRecorder makes a stopped recorder record again.
type StartRecorder struct {
	Region   Target `json:"region"`
	Recorder string `json:"recorder"`
}

// Describe implements Action.
func (a StartRecorder) Describe() Description {
	return onRecorder(a.Region, Description{
		Setting: "Recording", Title: "start recorder " + a.Recorder + " in " + a.Region.Region, From: "stopped", To: "recording (billed by item)", Calls: []string{"config:StartConfigurationRecorder"},
	})
}

// Undo implements Action.
func (a StartRecorder) Undo([]string) Undoing { return back("config:StopConfigurationRecorder") }

// RecordAllTypes makes a recorder record all supported types; its role and how often it records
// stay as they are.
type RecordAllTypes struct {
	Region   Target                   `json:"region"`
	Recorder string                   `json:"recorder"`
	From     inventory.RecordingGroup `json:"from"`
	To       inventory.RecordingGroup `json:"to"`
}

// Describe implements Action.
func (a RecordAllTypes) Describe() Description {
	return onRecorder(a.Region, Description{
		Setting: "RecordingGroup", Title: "record all types of resources in " + a.Region.Region, From: a.From.String(), To: a.To.String(), Calls: []string{"config:PutConfigurationRecorder"},
	})
}

// Undo implements Action.
func (a RecordAllTypes) Undo([]string) Undoing { return back("config:PutConfigurationRecorder") }

// onRecorder adds what is said of every action on a region's recorder.
func onRecorder(region Target, d Description) Description {
	d.Target, d.Collection, d.Risk = region.Ref(), inventory.Recorders.Name, v1alpha1.Costly
	return d
}
