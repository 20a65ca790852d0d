package awsapi_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

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
	_, err := s.In("").S3().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{
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

// clientOf returns the client of a service in the catalogue's name.
func clientOf(c *awsapi.Clients, service string) any {
	method, ok := map[string]string{
		"account": "Account", "cloudtrail": "CloudTrail", "cloudwatch": "CloudWatch", "config": "Config", "dynamodb": "DynamoDB", "ec2": "EC2", "guardduty": "GuardDuty",
		"iam": "IAM", "kms": "KMS", "logs": "Logs", "rds": "RDS", "s3": "S3", "s3control": "S3Control", "sns": "SNS",
	}[service]
	if !ok {
		return nil
	}
	return reflect.ValueOf(c).MethodByName(method).Call(nil)[0].Interface()
}

// send makes the call of that name with the input that set makes of an empty one.
func send(ctx context.Context, s *awsapi.Session, operation string, set func(reflect.Value)) (input any, err error) {
	service, name, _ := strings.Cut(operation, ":")
	client := clientOf(s.In(""), service)
	if client == nil {
		return nil, errors.New("no client of the service")
	}
	method := reflect.ValueOf(client).MethodByName(name)
	if !method.IsValid() {
		return nil, errors.New("the client has no such call")
	}
	in := reflect.New(method.Type().In(1).Elem())
	set(in.Elem())
	results := method.Call([]reflect.Value{reflect.ValueOf(ctx), in})
	err, _ = results[1].Interface().(error)
	return in.Interface(), err
}

func nothing(reflect.Value) {}

// Every write that the project knows is really tried, through the real clients: a read-only
// session sends none, whatever its context says, and a session for a run sends none but the one
// that was claimed.
func TestWritesAreRefused(t *testing.T) {
	cloud := withBucket(t)
	readOnly, forRun := open(t, cloud, false), open(t, cloud, true)
	cloud.Forget()
	tried := 0
	for _, operation := range awsapi.Operations() {
		if !operation.Write {
			continue
		}
		tried++
		for name, row := range map[string]struct {
			session *awsapi.Session
			ctx     context.Context
		}{
			"read-only":                     {readOnly, t.Context()},
			"read-only with its permit":     {readOnly, awsapi.Permit(t.Context(), operation.Name)},
			"for a run without a permit":    {forRun, t.Context()},
			"for a run with another permit": {forRun, awsapi.Permit(t.Context(), operation.Name+"s")},
		} {
			if _, err := send(row.ctx, row.session, operation.Name, nothing); !fault.Is(err, fault.ReadOnly) {
				t.Errorf("%s, %s: got %v, want it refused", operation.Name, name, err)
			}
		}
	}
	if tried == 0 || len(cloud.Calls()) != 0 {
		t.Errorf("%d writes tried, %d calls sent, want none", tried, len(cloud.Calls()))
	}
}

// A claimed write goes out, and only that one.
func TestAClaimedWriteIsSent(t *testing.T) {
	cloud := withBucket(t)
	session := open(t, cloud, true)
	if err := putPolicy(awsapi.Permit(t.Context(), "s3:PutBucketPolicy"), session); err != nil {
		t.Fatal(err)
	}
	if err := putPolicy(awsapi.Permit(t.Context(), "s3:PutPublicAccessBlock"), session); !fault.Is(err, fault.ReadOnly) {
		t.Errorf("under the permit of another call: got %v", err)
	}
	if writes := cloud.Writes(); len(writes) != 1 || writes[0].Account != account || !strings.HasSuffix(writes[0].Caller, "assumed-role/guardrails/test") {
		t.Errorf("got %v, want the one write", writes)
	}
}

// A call that the project does not list is refused, also one that only reads.
func TestUnlistedCallsAreRefused(t *testing.T) {
	cloud := withBucket(t)
	session := open(t, cloud, true)
	cloud.Forget()
	_, err := session.In("").S3().GetObject(awsapi.Permit(t.Context(), "s3:GetObject"), &s3.GetObjectInput{Bucket: aws.String("box"), Key: aws.String("secret")})
	if !fault.Is(err, fault.ReadOnly) || len(cloud.Calls()) != 0 {
		t.Errorf("got %v, %d calls", err, len(cloud.Calls()))
	}
}

// Every S3 call that can name the bucket's owner names the account, whatever the caller left out.
func TestExpectedBucketOwner(t *testing.T) {
	cloud := withBucket(t)
	session := open(t, cloud, true)
	checked := 0
	for _, operation := range awsapi.Operations() {
		if !strings.HasPrefix(operation.Name, "s3:") {
			continue
		}
		in, _ := send(awsapi.Permit(t.Context(), operation.Name), session, operation.Name, func(input reflect.Value) {
			if bucket := input.FieldByName("Bucket"); bucket.IsValid() {
				bucket.Set(reflect.ValueOf(aws.String("box")))
			}
		})
		owner := reflect.ValueOf(in).Elem().FieldByName("ExpectedBucketOwner")
		if !owner.IsValid() {
			continue
		}
		checked++
		if owner.IsNil() || owner.Elem().String() != account {
			t.Errorf("%s does not name the owner", operation.Name)
		}
	}
	if checked == 0 {
		t.Error("no call of S3 was checked")
	}
	for _, call := range cloud.Calls() {
		if in, ok := call.Input.(*s3.GetBucketPolicyInput); ok && aws.ToString(in.ExpectedBucketOwner) != account {
			t.Error("the owner did not reach the cloud")
		}
	}
}

// A bucket of that name in another account is never read, also where its owner would let us.
func TestForeignBucket(t *testing.T) {
	cloud := fakeaws.New()
	if _, err := s3.NewFromConfig(cloud.ConfigFor("222222222222")).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("box")}); err != nil {
		t.Fatal(err)
	}
	session := open(t, cloud, true)
	_, err := session.In("").S3().GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("box")})
	if !fault.Is(err, fault.Denied) {
		t.Errorf("got %v", err)
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
	_, err := session.In("eu-west-1").S3().ListBuckets(t.Context(), &s3.ListBucketsInput{})
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
	if _, err := session.In("").S3().ListBuckets(t.Context(), &s3.ListBucketsInput{}); err != nil {
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
			_, err := open(t, cloud, false).In("").S3().GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("box")})
			if !fault.Is(err, row.want) {
				t.Errorf("got %s, want %s: %v", fault.Of(err), row.want, err)
			}
		})
	}
}

func TestAccountBlockReachesItsAccount(t *testing.T) {
	session := open(t, fakeaws.New(), false)
	_, err := session.In("").S3Control().GetPublicAccessBlock(t.Context(), &s3control.GetPublicAccessBlockInput{AccountId: aws.String(session.Account)})
	if fault.Code(err) != "NoSuchPublicAccessBlockConfiguration" || !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}
