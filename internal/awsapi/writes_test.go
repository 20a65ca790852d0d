package awsapi_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	_ "github.com/guardrails-dev/aws-guardrails/internal/remedy" // declares the writes, and the reads they look by
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// send makes the call of that name with the input that set makes of an empty one.
func send(ctx context.Context, s *awsapi.Session, operation string, set func(reflect.Value)) (input any, err error) {
	service, name, _ := strings.Cut(operation, ":")
	method := reflect.ValueOf(s.In("").Of(service)).MethodByName(name)
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
	_, err := awsapi.Client[s3.Client](session.In("")).GetObject(awsapi.Permit(t.Context(), "s3:GetObject"), &s3.GetObjectInput{Bucket: aws.String("box"), Key: aws.String("secret")})
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
	_, err := awsapi.Client[s3.Client](session.In("")).GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("box")})
	if !fault.Is(err, fault.Denied) {
		t.Errorf("got %v", err)
	}
}

// Every write says by its verb that it is one, and what is needed are IAM's actions.
func TestRegistry(t *testing.T) {
	for _, operation := range awsapi.Operations() {
		service, name, ok := strings.Cut(operation.Name, ":")
		if !ok || service == "" || name == "" {
			t.Errorf("%q is no service:Operation", operation.Name)
		}
		for _, verb := range []string{"Put", "Create", "Delete", "Update", "Modify", "Enable", "Disable", "Attach", "Detach", "Authorize", "Revoke", "Start", "Stop", "Set", "Remove", "Add", "Cancel", "Reset"} {
			if strings.HasPrefix(name, verb) && !operation.Write {
				t.Errorf("%s is listed as a read", operation.Name)
			}
		}
		for _, action := range awsapi.Needs(operation.Name) {
			if prefix, name, ok := strings.Cut(action, ":"); !ok || prefix == "s3control" || strings.ContainsAny(name, "*, ") {
				t.Errorf("%s needs %q, which is no IAM action", operation.Name, action)
			}
		}
	}
}
