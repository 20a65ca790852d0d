package awsapi_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const (
	account = "111111111111"
	role    = "arn:aws:iam::" + account + ":role/guardrails"
)

var target = awsapi.Target{Account: account, Partition: "aws", Home: "us-east-1", RoleARN: role, SessionName: "test"}

func newPool(cloud *fakeaws.Cloud) *awsapi.Pool {
	return awsapi.NewPool(cloud.Config(), awsapi.Options{Now: cloud.Now, Unlimited: true})
}

func open(t *testing.T, cloud *fakeaws.Cloud, writable bool) *awsapi.Session {
	t.Helper()
	opener := newPool(cloud).Open
	if writable {
		opener = newPool(cloud).OpenForRun
	}
	session, err := opener(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// withBucket is a cloud in which the account has a bucket.
func withBucket(t *testing.T) *fakeaws.Cloud {
	t.Helper()
	cloud := fakeaws.New()
	if _, err := s3.NewFromConfig(cloud.ConfigFor(account)).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("box")}); err != nil {
		t.Fatal(err)
	}
	cloud.Forget()
	return cloud
}

func putPolicy(ctx context.Context, s *awsapi.Session) error {
	_, err := awsapi.Client[s3.Client](s.In("")).PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{
		Bucket: aws.String("box"), Policy: aws.String(`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::box","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`),
	})
	return err
}

func TestSessionIsVerified(t *testing.T) {
	session := open(t, fakeaws.New(), false)
	if want := "arn:aws:sts::" + account + ":assumed-role/guardrails/test"; session.Identity != want {
		t.Errorf("got identity %s, want %s", session.Identity, want)
	}
}

func TestWrongAccountAtOpen(t *testing.T) {
	cloud := withBucket(t)
	cloud.Misdirect(role, "222222222222")
	for name, opener := range map[string]func(context.Context, awsapi.Target) (*awsapi.Session, error){"read-only": newPool(cloud).Open, "for a run": newPool(cloud).OpenForRun} {
		session, err := opener(t.Context(), target)
		if session != nil || !fault.Is(err, fault.WrongAccount) || !strings.Contains(err.Error(), "belong to account 222222222222, not "+account) {
			t.Errorf("%s: got %v, %v", name, session, err)
		}
	}
	onlySTS(t, cloud)
}

// Credentials are verified each time they are renewed: when a renewal brings those of another
// account, nothing more is sent with them.
func TestWrongAccountMidRun(t *testing.T) {
	cloud := withBucket(t)
	cloud.SetClock(func() time.Time { return time.Now().Add(-58 * time.Minute) })
	session := open(t, cloud, true)
	permitted := awsapi.Permit(t.Context(), "s3:PutBucketPolicy")
	if err := putPolicy(permitted, session); err != nil {
		t.Fatal(err)
	}
	cloud.Misdirect(role, "222222222222")
	cloud.Forget()
	if err := putPolicy(permitted, session); !fault.Is(err, fault.WrongAccount) {
		t.Errorf("a write: got %v", err)
	}
	_, err := awsapi.Client[s3.Client](session.In("eu-west-1")).ListBuckets(t.Context(), &s3.ListBucketsInput{})
	if !fault.Is(err, fault.WrongAccount) {
		t.Errorf("a read: got %v", err)
	}
	onlySTS(t, cloud)
	cloud.Misdirect(role, account)
	if err := putPolicy(permitted, session); err != nil {
		t.Errorf("with its own credentials again: %v", err)
	}
}

func onlySTS(t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	for _, call := range cloud.Calls() {
		if !strings.HasPrefix(call.Operation, "sts:") {
			t.Errorf("%s was sent with credentials of account %s", call.Operation, call.Account)
		}
	}
}

func TestRefusedRole(t *testing.T) {
	cloud := fakeaws.New()
	cloud.RefuseRole(role)
	pool := newPool(cloud)
	if _, err := pool.Open(t.Context(), target); !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "assuming "+role) || !strings.Contains(err.Error(), "sts:AssumeRole") {
		t.Errorf("got %v", err)
	}
	cloud.AllowRole(role)
	if _, err := pool.Open(t.Context(), target); err != nil {
		t.Errorf("once it is allowed: %v", err)
	}
}

// A role that is closed while a run is under way stops the run's next call.
func TestRoleRefusedMidRun(t *testing.T) {
	cloud := withBucket(t)
	cloud.SetClock(func() time.Time { return time.Now().Add(-58 * time.Minute) })
	session := open(t, cloud, true)
	cloud.RefuseRole(role)
	cloud.Forget()
	if err := putPolicy(awsapi.Permit(t.Context(), "s3:PutBucketPolicy"), session); !fault.Is(err, fault.Denied) {
		t.Errorf("got %v", err)
	}
	onlySTS(t, cloud)
}

func TestExternalID(t *testing.T) {
	cloud := fakeaws.New()
	cloud.RequireExternalID(role, "the-id")
	for id, want := range map[string]bool{"": false, "another": false, "the-id": true} {
		asking := target
		asking.ExternalID = id
		if _, err := newPool(cloud).Open(t.Context(), asking); (err == nil) != want {
			t.Errorf("with external id %q: got %v", id, err)
		}
	}
}

// A role is assumed once for many sessions, and once for each way to reach it.
func TestCredentialsArePooled(t *testing.T) {
	cloud := fakeaws.New()
	pool := newPool(cloud)
	for range 3 {
		if _, err := pool.Open(t.Context(), target); err != nil {
			t.Fatal(err)
		}
	}
	if got := pool.Meter.Calls()["sts:AssumeRole"]; got != 1 {
		t.Errorf("the role was assumed %d times, want once", got)
	}
}

// The meter counts what is sent: each retry is a call that AWS bills and throttles by.
func TestMeterCountsAttempts(t *testing.T) {
	cloud := withBucket(t)
	pool := newPool(cloud)
	session, err := pool.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("s3:ListBuckets"), Err: fakeaws.Throttled(), Times: 2})
	if _, err := awsapi.Client[s3.Client](session.In("")).ListBuckets(t.Context(), &s3.ListBucketsInput{}); err != nil {
		t.Fatal(err)
	}
	if got := pool.Meter.Calls()["s3:ListBuckets"]; got != 3 {
		t.Errorf("counted %d calls, want 3", got)
	}
	if err := putPolicy(t.Context(), session); !fault.Is(err, fault.ReadOnly) {
		t.Fatal(err)
	}
	if got := pool.Meter.Calls()["s3:PutBucketPolicy"]; got != 0 {
		t.Errorf("counted %d refused calls, want none", got)
	}
}

// Faults come through the whole stack of a client with their class.
func TestFaultsThroughAClient(t *testing.T) {
	for name, row := range map[string]struct {
		err  error
		want fault.Class
	}{
		"denied":    {fakeaws.Denied("s3:GetBucketVersioning"), fault.Denied},
		"throttled": {fakeaws.Throttled(), fault.Throttled},
		"gone":      {&types.NoSuchBucket{}, fault.NotFound},
		"timed out": {context.DeadlineExceeded, fault.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := withBucket(t)
			cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("s3:GetBucketVersioning"), Err: row.err})
			_, err := awsapi.Client[s3.Client](open(t, cloud, false).In("")).GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("box")})
			if !fault.Is(err, row.want) {
				t.Errorf("got %s, want %s: %v", fault.Of(err), row.want, err)
			}
		})
	}
}
