package remedy_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"

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

// onS3 are one action of each type on a bucket of before 2023, and what makes the bucket
// something else than was planned for.
func onS3(t *testing.T) map[string]struct {
	action  action.Action
	disturb func(*s3.Client, *s3control.Client) error
} {
	t.Helper()
	box := aws.String("box")
	return map[string]struct {
		action  action.Action
		disturb func(*s3.Client, *s3control.Client) error
	}{
		"BlockAccountPublicAccess": {action.AccountPublicAccess.Set(theAccount, inventory.PublicAccessBlock{}, inventory.AllBlocked), func(_ *s3.Client, control *s3control.Client) error {
			_, err := control.PutPublicAccessBlock(t.Context(), &s3control.PutPublicAccessBlockInput{
				AccountId: aws.String(roundtrip.Account), PublicAccessBlockConfiguration: &controltypes.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)},
			})
			return err
		}},
		"BlockBucketPublicAccess": {action.BlockBucketPublicAccess{Bucket: theBox}, func(client *s3.Client, _ *s3control.Client) error {
			_, err := client.PutPublicAccessBlock(t.Context(), &s3.PutPublicAccessBlockInput{
				Bucket: box, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)},
			})
			return err
		}},
		"EnableBucketVersioning": {action.EnableBucketVersioning{Bucket: theBox}, func(client *s3.Client, _ *s3control.Client) error {
			_, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
				Bucket: box, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended},
			})
			return err
		}},
		"EncryptBucket": {action.EncryptBucket{
			Bucket: theBox, From: inventory.BucketEncryptionRule{Algorithm: "AES256"},
			To: inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: "arn:aws:kms:eu-west-1:111111111111:key/own", BucketKey: true, Blocked: []string{"SSE-C"}},
		}, func(client *s3.Client, _ *s3control.Client) error {
			_, err := client.PutBucketEncryption(t.Context(), &s3.PutBucketEncryptionInput{
				Bucket: box, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
					ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKmsDsse},
				}}},
			})
			return err
		}},
		"DenyInsecureTransport": {denyInsecure(t, ""), func(client *s3.Client, _ *s3control.Client) error {
			_, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{
				Bucket: box, Policy: aws.String(`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::box/*"}]}`),
			})
			return err
		}},
	}
}

// oldBox is a cloud with one bucket from before buckets were closed by default.
func oldBox(t *testing.T) (*fakeaws.Cloud, *s3.Client, *s3control.Client) {
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
	return cloud, client, s3control.NewFromConfig(config)
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

func TestS3StepsCanBeReplayed(t *testing.T) {
	for name, row := range onS3(t) {
		t.Run(name, func(t *testing.T) {
			cloud, _, _ := oldBox(t)
			expectEnd(t, cloud, apply(t, cloud, row.action), v1alpha1.CallDone, 1)
			expectEnd(t, cloud, apply(t, cloud, row.action), v1alpha1.CallAlreadySo, 0)
		})
	}
}

func TestS3StepsLeaveWhatChanged(t *testing.T) {
	for name, row := range onS3(t) {
		t.Run(name, func(t *testing.T) {
			cloud, client, control := oldBox(t)
			if err := row.disturb(client, control); err != nil {
				t.Fatal(err)
			}
			expectEnd(t, cloud, apply(t, cloud, row.action), v1alpha1.CallChanged, 0)
		})
	}
}

// A write that was applied while its answer got lost is recognised by looking again.
func TestS3StepsKnowALostAnswer(t *testing.T) {
	for name, row := range onS3(t) {
		t.Run(name, func(t *testing.T) {
			cloud, _, _ := oldBox(t)
			cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn(row.action.Describe().Calls...), Err: errors.New("connection reset by peer"), Applied: true})
			if got := apply(t, cloud, row.action); got.Result != v1alpha1.CallDone {
				t.Errorf("the call whose answer got lost ended %s", got.Result)
			}
			expectEnd(t, cloud, apply(t, cloud, row.action), v1alpha1.CallAlreadySo, 0)
		})
	}
}

func TestS3StepsDenied(t *testing.T) {
	permissions := map[string]string{
		"BlockAccountPublicAccess": "s3:PutAccountPublicAccessBlock", "BlockBucketPublicAccess": "s3:PutBucketPublicAccessBlock", "EnableBucketVersioning": "s3:PutBucketVersioning",
		"EncryptBucket": "s3:PutEncryptionConfiguration", "DenyInsecureTransport": "s3:PutBucketPolicy",
	}
	for name, row := range onS3(t) {
		t.Run(name, func(t *testing.T) {
			cloud, _, _ := oldBox(t)
			cloud.Deny(row.action.Describe().Calls...)
			got := apply(t, cloud, row.action)
			if got.Result != v1alpha1.CallDenied || !strings.Contains(got.Message, "missing permission "+permissions[name]+" ") {
				t.Errorf("it ended %s %q", got.Result, got.Message)
			}
		})
	}
}

// S3 gives a policy back in words of its own; that is no change.
func TestPolicyInOtherWords(t *testing.T) {
	cloud, client, _ := oldBox(t)
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
			cloud, _, _ := oldBox(t)
			got := apply(t, cloud, a)
			expectEnd(t, cloud, got, v1alpha1.CallFailed, 0)
			if !strings.Contains(got.Message, "refused before it was sent") {
				t.Errorf("it says %q", got.Message)
			}
		})
	}
}
