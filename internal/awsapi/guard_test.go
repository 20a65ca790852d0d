package awsapi_test

import (
	"context"
	"slices"
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
	shop  = "111111111111"
	other = "222222222222"
	role  = "arn:aws:iam::" + shop + ":role/guardrails"
)

var target = awsapi.Target{Account: shop, Partition: "aws", Home: "us-east-1", RoleARN: role, SessionName: "test"}

// cloudWith is a cloud in which the accounts have a bucket each, called like the account.
func cloudWith(t *testing.T, accounts ...string) *fakeaws.Cloud {
	t.Helper()
	cloud := fakeaws.New()
	for _, account := range accounts {
		if _, err := s3.NewFromConfig(cloud.ConfigFor(account)).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("bucket-of-" + account)}); err != nil {
			t.Fatal(err)
		}
	}
	cloud.Forget()
	return cloud
}

func poolOn(cloud *fakeaws.Cloud) *awsapi.Pool {
	return awsapi.NewPool(cloud.Config(), awsapi.Options{Now: time.Now, Unlimited: true})
}

func block(ctx context.Context, s *awsapi.Session, bucket string) error {
	_, err := s.In("").S3().PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
		Bucket: aws.String(bucket), PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)},
	})
	return err
}

// beyondSTS are the calls that reached the cloud after the role was assumed and verified.
func beyondSTS(cloud *fakeaws.Cloud) []string {
	var names []string
	for _, call := range cloud.Calls() {
		if !strings.HasPrefix(call.Operation, "sts:") {
			names = append(names, call.Operation)
		}
	}
	return names
}

func TestWhatASessionMaySend(t *testing.T) {
	const write = "s3:PutPublicAccessBlock"
	for name, row := range map[string]struct {
		forRun bool
		permit string
		sent   bool
	}{
		"read-only":                                {false, "", false},
		"read-only, whatever is permitted":         {false, write, false},
		"opened for a run, nothing claimed":        {true, "", false},
		"opened for a run, another call claimed":   {true, "s3:PutBucketPolicy", false},
		"opened for a run, and claimed":            {true, write, true},
		"opened for a run, claimed by half a name": {true, "PutPublicAccessBlock", false},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := cloudWith(t, shop)
			open := poolOn(cloud).Open
			if row.forRun {
				open = poolOn(cloud).OpenForRun
			}
			session, err := open(t.Context(), target)
			if err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			if row.permit != "" {
				ctx = awsapi.Permit(ctx, row.permit)
			}
			err = block(ctx, session, "bucket-of-"+shop)
			if row.sent {
				if err != nil || !slices.Equal(beyondSTS(cloud), []string{write}) {
					t.Errorf("%v, sent %v", err, beyondSTS(cloud))
				}
				return
			}
			if !fault.Is(err, fault.ReadOnly) {
				t.Errorf("got %v", err)
			}
			if got := beyondSTS(cloud); len(got) > 0 {
				t.Errorf("sent %v", got)
			}
		})
	}
}

// A call that is not in the registry is sent by no session, whatever its verb.
func TestUnregisteredCallsAreRefused(t *testing.T) {
	cloud := cloudWith(t, shop)
	pool := poolOn(cloud)
	for name, open := range map[string]func(context.Context, awsapi.Target) (*awsapi.Session, error){"read-only": pool.Open, "for a run": pool.OpenForRun} {
		session, err := open(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		ctx := awsapi.Permit(t.Context(), "s3:GetObjectTorrent")
		_, err = session.In("").S3().GetObjectTorrent(ctx, &s3.GetObjectTorrentInput{Bucket: aws.String("b"), Key: aws.String("k")})
		if !fault.Is(err, fault.ReadOnly) || !strings.Contains(err.Error(), "not in the registry") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := beyondSTS(cloud); len(got) > 0 {
		t.Errorf("sent %v", got)
	}
}

// No write in the registry passes a read-only session, and no operation whose verb writes is
// listed as a read.
func TestRegistryKnowsItsWrites(t *testing.T) {
	reads := []string{"Get", "List", "Describe", "Head", "GenerateCredentialReport", "Batch", "Lookup", "Simulate"}
	for _, operation := range awsapi.Operations() {
		_, name, _ := strings.Cut(operation.Name, ":")
		looksLikeRead := slices.ContainsFunc(reads, func(verb string) bool { return strings.HasPrefix(name, verb) })
		if !operation.Write && !looksLikeRead {
			t.Errorf("%s is listed as a read", operation.Name)
		}
		if operation.Write && looksLikeRead {
			t.Errorf("%s is listed as a write", operation.Name)
		}
	}
}

func TestCredentialsOfAnotherAccount(t *testing.T) {
	cloud := cloudWith(t, shop, other)
	cloud.Misdirect(role, other)
	pool := poolOn(cloud)
	for name, open := range map[string]func(context.Context, awsapi.Target) (*awsapi.Session, error){"to read": pool.Open, "for a run": pool.OpenForRun} {
		session, err := open(t.Context(), target)
		if session != nil || !fault.Is(err, fault.WrongAccount) {
			t.Errorf("%s: %v, %v", name, session, err)
		}
		if err == nil || !strings.Contains(err.Error(), other) || !strings.Contains(err.Error(), shop) {
			t.Errorf("%s: the error does not say whose they are: %v", name, err)
		}
	}
	if got := beyondSTS(cloud); len(got) > 0 {
		t.Errorf("sent %v", got)
	}
}

// Credentials are asked who they are at every refresh, not only at the first.
func TestCredentialsThatChangeTheirAccount(t *testing.T) {
	cloud := cloudWith(t, shop, other)
	// Credentials that are old when they come are refreshed at every call.
	cloud.SetClock(func() time.Time { return time.Now().Add(-57 * time.Minute) })
	session, err := poolOn(cloud).OpenForRun(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	ctx := awsapi.Permit(t.Context(), "s3:PutPublicAccessBlock")
	if err := block(ctx, session, "bucket-of-"+shop); err != nil {
		t.Fatal(err)
	}
	cloud.Misdirect(role, other)
	cloud.Forget()
	if err := block(ctx, session, "bucket-of-"+shop); !fault.Is(err, fault.WrongAccount) {
		t.Errorf("got %v", err)
	}
	if got := beyondSTS(cloud); len(got) > 0 {
		t.Errorf("sent %v", got)
	}
}

// Every S3 call names the owner that the bucket must have.
func TestExpectedBucketOwner(t *testing.T) {
	cloud := cloudWith(t, shop, other)
	session, err := poolOn(cloud).Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	_, err = session.In("").S3().GetPublicAccessBlock(t.Context(), &s3.GetPublicAccessBlockInput{Bucket: aws.String("bucket-of-" + other)})
	if !fault.Is(err, fault.Denied) {
		t.Errorf("a bucket of another account: %v", err)
	}
	for _, call := range cloud.Calls() {
		if in, ok := call.Input.(*s3.GetPublicAccessBlockInput); ok && aws.ToString(in.ExpectedBucketOwner) != shop {
			t.Errorf("expected owner %q", aws.ToString(in.ExpectedBucketOwner))
		}
	}
}

// A role is assumed once, however many sessions there are, and only with its external id.
func TestRolesArePooled(t *testing.T) {
	cloud := cloudWith(t, shop)
	cloud.RequireExternalID(role, "secret-id")
	pool := poolOn(cloud)
	if _, err := pool.Open(t.Context(), target); !fault.Is(err, fault.Denied) {
		t.Errorf("without the external id: %v", err)
	}
	with := target
	with.ExternalID = "secret-id"
	cloud.Forget()
	for range 5 {
		session, err := pool.Open(t.Context(), with)
		if err != nil {
			t.Fatal(err)
		}
		if session.Identity != "arn:aws:sts::"+shop+":assumed-role/guardrails/test" {
			t.Errorf("identity %s", session.Identity)
		}
	}
	if calls := len(cloud.Calls()); calls != 2 {
		t.Errorf("%d calls for five sessions, want AssumeRole and GetCallerIdentity", calls)
	}
}
