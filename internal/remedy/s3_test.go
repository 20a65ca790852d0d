package remedy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

var (
	theAccount = action.Target{Account: roundtrip.Account, Partition: "aws", Type: "AWS::::Account", ID: roundtrip.Account}
	theBox     = action.Target{Account: roundtrip.Account, Partition: "aws", Region: "eu-west-1", Type: "AWS::S3::Bucket", ID: "box", ARN: "arn:aws:s3:::box"}
)

// denyInsecure is the action on a bucket whose policy is from.
func denyInsecure(t *testing.T, from string) action.DenyInsecureTransport {
	t.Helper()
	to, err := iampolicy.Merge(from, iampolicy.DenyInsecureTransport(theBox.ARN))
	if err != nil {
		t.Fatal(err)
	}
	return action.DenyInsecureTransport{Bucket: theBox, From: from, To: to}
}

// oldBox is a cloud with one bucket from before buckets were closed by default.
func oldBox(t *testing.T) (*fakeaws.Cloud, *s3.Client) {
	t.Helper()
	cloud := fakeaws.New()
	cloud.SetClock(func() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) })
	config := cloud.ConfigFor(roundtrip.Account)
	config.Region = theBox.Region
	client := s3.NewFromConfig(config)
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("box"), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(theBox.Region)},
	}); err != nil {
		t.Fatal(err)
	}
	cloud.SetClock(time.Now)
	return cloud, client
}

// apply runs one action with a journal of its own, and returns how its last call ended.
func apply(t *testing.T, cloud *fakeaws.Cloud, a action.Action) roundtrip.Entry {
	t.Helper()
	cloud.Forget()
	r := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{})
	journal, err := r.Apply(t.Context(), posture.Plan{Changes: []posture.Change{{Action: a, Hash: "h"}}})
	if err != nil || len(journal.Entries) == 0 {
		t.Fatalf("got %v, %v", journal, err)
	}
	return journal.Entries[len(journal.Entries)-1]
}

func expectEnd(t *testing.T, cloud *fakeaws.Cloud, got roundtrip.Entry, want v1alpha1.CallResult, writes int) {
	t.Helper()
	if got.Result != want || len(cloud.Writes()) != writes {
		t.Errorf("it ended %s %q with %d writes, want %s with %d", got.Result, got.Message, len(cloud.Writes()), want, writes)
	}
}

// IAM calls what S3 is asked by other names.
func TestS3StepsDenied(t *testing.T) {
	for permission, a := range map[string]action.Action{
		"s3:PutAccountPublicAccessBlock": action.AccountPublicAccess.Set(theAccount, inventory.PublicAccessBlock{}, inventory.AllBlocked),
		"s3:PutBucketPublicAccessBlock":  action.BucketPublicAccess.Set(theBox, inventory.PublicAccessBlock{}, inventory.AllBlocked),
		"s3:PutBucketVersioning":         action.BucketVersioning.Set(theBox, inventory.Versioning{}, inventory.Versioning{Status: inventory.VersioningOn}),
		"s3:PutEncryptionConfiguration":  action.BucketEncryption.Set(theBox, inventory.BucketEncryptionRule{Algorithm: "AES256"}, inventory.BucketEncryptionRule{Algorithm: "aws:kms"}),
		"s3:PutBucketPolicy":             denyInsecure(t, ""),
	} {
		t.Run(permission, func(t *testing.T) {
			cloud, _ := oldBox(t)
			cloud.Deny(a.Describe().Calls...)
			got := apply(t, cloud, a)
			if got.Result != v1alpha1.CallDenied || !strings.Contains(got.Message, "missing permission "+permission+" ") {
				t.Errorf("it ended %s %q", got.Result, got.Message)
			}
		})
	}
}

func TestPolicyThatChangedIsLeft(t *testing.T) {
	cloud, client := oldBox(t)
	if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{
		Bucket: aws.String("box"), Policy: aws.String(`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::box/*"}]}`),
	}); err != nil {
		t.Fatal(err)
	}
	expectEnd(t, cloud, apply(t, cloud, denyInsecure(t, "")), v1alpha1.CallChanged, 0)
}

// S3 gives a policy back in words of its own; that is no change.
func TestPolicyInOtherWords(t *testing.T) {
	cloud, client := oldBox(t)
	planned := denyInsecure(t, `{ "Statement": [{"Effect":"Allow","Principal":{"AWS":["222222222222"]},"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::box/*"]}] }`)
	if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("box"), Policy: aws.String(planned.From)}); err != nil {
		t.Fatal(err)
	}
	expectEnd(t, cloud, apply(t, cloud, planned), v1alpha1.CallDone, 1)
	expectEnd(t, cloud, apply(t, cloud, planned), v1alpha1.CallAlreadySo, 0)
}

// Only our statement is ever added: any other policy, such as one that shuts the operator out,
// is refused before it is sent.
func TestPolicyOfOthersIsRefused(t *testing.T) {
	lockOut := denyInsecure(t, "")
	lockOut.To = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::box","arn:aws:s3:::box/*"]}]}`
	other := denyInsecure(t, "")
	other.Bucket.ARN = "arn:aws:s3:::other"
	for name, a := range map[string]action.Action{"a policy that locks out": lockOut, "a policy of another bucket": other, "no policy": action.DenyInsecureTransport{Bucket: theBox}} {
		t.Run(name, func(t *testing.T) {
			cloud, _ := oldBox(t)
			got := apply(t, cloud, a)
			expectEnd(t, cloud, got, v1alpha1.CallFailed, 0)
			if !strings.Contains(got.Message, "refused before it was sent") {
				t.Errorf("it says %q", got.Message)
			}
		})
	}
}
