package fakeaws_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func versioned(t *testing.T, client *s3.Client, name string) bool {
	t.Helper()
	out, err := client.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String(name)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Status == types.BucketVersioningStatusEnabled
}

func keepVersions(t *testing.T, client *s3.Client, name string) error {
	t.Helper()
	_, err := client.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: aws.String(name), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	return err
}

// timesTried is how often keepVersions reached the cloud.
func timesTried(cloud *fakeaws.Cloud) (n int) {
	for _, call := range cloud.Calls() {
		if call.Operation == "s3:PutBucketVersioning" {
			n++
		}
	}
	return n
}

func TestAccountsAreApart(t *testing.T) {
	cloud := fakeaws.New()
	newS3Bucket(t, s3In(cloud, s3Owner, "us-east-1"), "mine")
	out, err := s3In(cloud, s3Stranger, "us-east-1").ListBuckets(t.Context(), &s3.ListBucketsInput{})
	if err != nil || len(out.Buckets) != 0 {
		t.Errorf("another account sees %v, %v", out.Buckets, err)
	}
}

func TestCallersAreNamed(t *testing.T) {
	cloud := fakeaws.New()
	out, err := sts.NewFromConfig(cloud.Config()).GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{})
	if err != nil || aws.ToString(out.Account) != cloud.OperatorAccount {
		t.Errorf("got %v, %v", out, err)
	}
	if calls := cloud.Calls(); len(calls) != 1 || calls[0].Operation != "sts:GetCallerIdentity" || calls[0].Write || calls[0].Region != "us-east-1" {
		t.Errorf("recorded %v", calls)
	}
}

func TestUnknownOperationsFailByName(t *testing.T) {
	client := s3In(fakeaws.New(), s3Owner, "us-east-1")
	_, err := client.GetBucketAnalyticsConfiguration(t.Context(), &s3.GetBucketAnalyticsConfigurationInput{Bucket: aws.String("box"), Id: aws.String("x")})
	wantS3Code(t, err, "FakeDoesNotKnow")
	if !strings.Contains(err.Error(), "s3:GetBucketAnalyticsConfiguration") {
		t.Errorf("got %v", err)
	}
}

// Every error carries a request id, as an answer would.
func TestErrorsHaveARequestID(t *testing.T) {
	client := s3In(fakeaws.New(), s3Owner, "us-east-1")
	_, err := client.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("absent")})
	var response interface{ ServiceRequestID() string }
	if !errors.As(err, &response) || response.ServiceRequestID() == "" {
		t.Errorf("got %v", err)
	}
	wantS3Code(t, err, "NoSuchBucket")
}

// The client checks its input before anything is sent, as it would for AWS.
func TestInputIsChecked(t *testing.T) {
	cloud := fakeaws.New()
	if _, err := s3In(cloud, s3Owner, "us-east-1").GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{}); err == nil {
		t.Error("a call without its bucket was sent")
	}
	if len(cloud.Calls()) != 0 {
		t.Errorf("recorded %v", cloud.Calls())
	}
}

func TestDeny(t *testing.T) {
	cloud := fakeaws.New()
	client := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, client, "box")
	cloud.Deny("s3:PutBucketVersioning")
	wantS3Code(t, keepVersions(t, client, "box"), "AccessDenied")
	if versioned(t, client, "box") {
		t.Error("a denied write was applied")
	}
	if got := timesTried(cloud); got != 1 {
		t.Errorf("a denial was tried %d times", got)
	}
	cloud.Heal()
	wantS3Code(t, keepVersions(t, client, "box"), "")
}

func TestDeniedInEachServicesWords(t *testing.T) {
	for operation, want := range map[string]string{
		"s3:GetBucketPolicy": "AccessDenied", "iam:ListUsers": "AccessDenied", "sts:AssumeRole": "AccessDenied", "cloudwatch:PutMetricAlarm": "AccessDenied",
		"ec2:DescribeVpcs": "UnauthorizedOperation", "kms:ListKeys": "AccessDeniedException", "sns:CreateTopic": "AuthorizationError",
	} {
		wantS3Code(t, fakeaws.Denied(operation), want)
	}
}

// The real retryer sees a throttled call and sends it again.
func TestThrottledIsRetried(t *testing.T) {
	cloud := fakeaws.New()
	client := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, client, "box")
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("s3:PutBucketVersioning"), Err: fakeaws.Throttled(), Times: 2})
	if err := keepVersions(t, client, "box"); err != nil {
		t.Fatal(err)
	}
	if got := timesTried(cloud); got != 3 {
		t.Errorf("sent %d times, want 3", got)
	}
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("s3:PutBucketVersioning"), Err: fakeaws.Throttled()})
	wantS3Code(t, errors.Unwrap(keepVersions(t, client, "box")), "ThrottlingException")
	if got := timesTried(cloud); got != 7 {
		t.Errorf("sent %d times, want four more", got)
	}
}

// A lost answer is the worst fault: the caller sees an error, and the work is done. Where the
// client takes it for the network's, it does the work again by itself.
func TestLostAnswer(t *testing.T) {
	for message, want := range map[string]struct {
		seen bool
		sent int
	}{
		"the answer was lost":      {true, 1},
		"connection reset by peer": {false, 2},
	} {
		t.Run(message, func(t *testing.T) {
			cloud := fakeaws.New()
			client := s3In(cloud, s3Owner, "us-east-1")
			newS3Bucket(t, client, "box")
			cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("s3:PutBucketVersioning"), Err: errors.New(message), Applied: true, Times: 1})
			if err := keepVersions(t, client, "box"); (err != nil) != want.seen {
				t.Errorf("the caller sees %v", err)
			}
			if got := timesTried(cloud); got != want.sent || !versioned(t, client, "box") {
				t.Errorf("it was sent %d times, want %d, and is done: %v", got, want.sent, versioned(t, client, "box"))
			}
		})
	}
}

func TestTheFirstFaultCounts(t *testing.T) {
	cloud := fakeaws.New()
	client := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, client, "box")
	cloud.Inject(&fakeaws.Fault{Match: func(call fakeaws.Call) bool { return call.Write }, Err: errors.New("first"), Times: 1})
	cloud.Inject(&fakeaws.Fault{Match: func(call fakeaws.Call) bool { return call.Account == s3Owner }, Err: errors.New("second")})
	for _, want := range []string{"first", "second"} {
		if err := keepVersions(t, client, "box"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Reads lag behind writes by so long, and writes see what is.
func TestLag(t *testing.T) {
	cloud := fakeaws.New()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cloud.SetClock(func() time.Time { return now })
	client := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, client, "box")
	cloud.SetLag(time.Minute)
	if err := keepVersions(t, client, "box"); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		after time.Duration
		want  bool
	}{{0, false}, {59 * time.Second, false}, {time.Second, true}, {time.Hour, true}} {
		now = now.Add(row.after)
		if got := versioned(t, client, "box"); got != row.want {
			t.Errorf("at %s it shows %v, want %v", now.Format(time.TimeOnly), got, row.want)
		}
	}
	newS3Bucket(t, client, "young")
	wantS3Code(t, keepVersions(t, client, "young"), "")
	_, err := client.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("young")})
	wantS3Code(t, err, "NoSuchBucket")
	cloud.Heal()
	if !versioned(t, client, "young") {
		t.Error("healed, it still lags")
	}
}

func TestCanceledCallsAreNotServed(t *testing.T) {
	cloud := fakeaws.New()
	client := s3In(cloud, s3Owner, "us-east-1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.ListBuckets(ctx, &s3.ListBucketsInput{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	cloud.SetLatency(time.Hour)
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := client.ListBuckets(short, &s3.ListBucketsInput{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if len(cloud.Calls()) != 0 {
		t.Errorf("recorded %v", cloud.Calls())
	}
}

func TestManyAtOnce(t *testing.T) {
	cloud := fakeaws.New()
	client := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, client, "box")
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			_ = keepVersions(t, client, "box")
			_, _ = client.ListBuckets(t.Context(), &s3.ListBucketsInput{})
		})
	}
	group.Wait()
	if got := len(cloud.Writes()); got != 21 {
		t.Errorf("got %d writes, want 21", got)
	}
	cloud.Forget()
	if got := len(cloud.Calls()); got != 0 {
		t.Errorf("got %d calls after Forget", got)
	}
}
