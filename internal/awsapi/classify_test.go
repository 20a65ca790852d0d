package awsapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

func TestClassesOfCodes(t *testing.T) {
	const scp = "User: x is not authorized to perform: s3:GetBucketPolicy with an explicit deny in a service control policy"
	for _, row := range []struct {
		code, message string
		want          fault.Class
	}{
		{"AccessDenied", "no", fault.Denied},
		{"AccessDeniedException", "no", fault.Denied},
		{"UnauthorizedOperation", "no", fault.Denied},
		{"AuthorizationError", "no", fault.Denied},
		{"AccessDenied", scp, fault.DeniedByOrganization},
		{"AccessDeniedException", "with an explicit deny in a resource control policy", fault.DeniedByOrganization},
		{"UnauthorizedOperation", "with an explicit deny in a service control policy", fault.DeniedByOrganization},
		{"Throttling", "Rate exceeded", fault.Throttled},
		{"ThrottlingException", "Rate exceeded", fault.Throttled},
		{"RequestLimitExceeded", "Request limit exceeded.", fault.Throttled},
		{"SlowDown", "Please reduce your request rate.", fault.Throttled},
		{"TooManyRequestsException", "", fault.Throttled},
		{"NoSuchBucket", "", fault.NotFound},
		{"NoSuchEntity", "", fault.NotFound},
		{"ResourceNotFoundException", "", fault.NotFound},
		{"InvalidGroup.NotFound", "", fault.NotFound},
		{"ExpiredToken", "", fault.Unavailable},
		{"InternalError", "", fault.Unavailable},
		{"ServiceUnavailable", "", fault.Unavailable},
		{"EntityAlreadyExists", "", fault.Conflict},
		{"BucketAlreadyOwnedByYou", "", fault.Conflict},
		{"OperationAborted", "", fault.Conflict},
		{"MalformedPolicy", "", fault.Invalid},
		{"InvalidParameterValue", "", fault.Invalid},
		{"ValidationException", "", fault.Invalid},
		{"SomethingNew", "", fault.Other},
		{"", "", fault.Other},
	} {
		t.Run(row.code+" "+row.message, func(t *testing.T) {
			err := classify("s3:GetBucketPolicy", fmt.Errorf("operation error S3: %w", &smithy.GenericAPIError{Code: row.code, Message: row.message}))
			if fault.Of(err) != row.want || fault.Code(err) != row.code {
				t.Errorf("got %s with code %q, want %s", fault.Of(err), fault.Code(err), row.want)
			}
		})
	}
}

// What is denied names the IAM action that is missing, not the call.
func TestDeniedNamesThePermission(t *testing.T) {
	err := classify("s3control:PutPublicAccessBlock", &smithy.GenericAPIError{Code: "AccessDenied", Message: "Access Denied"})
	if got := err.Error(); got != "s3control:PutPublicAccessBlock: denied; missing permission s3:PutAccountPublicAccessBlock (AccessDenied)" {
		t.Errorf("got %q", got)
	}
}

func TestClassifiedOnce(t *testing.T) {
	first := classify("s3:GetBucketPolicy", &smithy.GenericAPIError{Code: "AccessDenied"})
	if again := classify("sts:AssumeRole", fmt.Errorf("assuming: %w", first)); fault.Of(again) != fault.Denied || !strings.Contains(again.Error(), "s3:GetBucketPolicy") {
		t.Errorf("got %v", again)
	}
}

func TestTimeoutsAreUnavailable(t *testing.T) {
	for name, err := range map[string]error{
		"deadline":  fmt.Errorf("canceled: %w", context.DeadlineExceeded),
		"malformed": &smithy.DeserializationError{Err: io.ErrUnexpectedEOF},
	} {
		if got := classify("s3:GetBucketPolicy", err); fault.Of(got) != fault.Unavailable || !errors.Is(got, err) {
			t.Errorf("%s: got %v", name, fault.Of(got))
		}
	}
}

// transport answers every request the same.
type transport struct {
	status int
	body   string
	err    error
}

func (a transport) Do(request *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	return &http.Response{StatusCode: a.status, Header: http.Header{"Content-Type": {"text/html"}}, Body: io.NopCloser(strings.NewReader(a.body)), Request: request}, nil
}

// protocols has one call in each protocol that AWS speaks.
func protocols(ctx context.Context, answer transport) map[string]error {
	config := aws.Config{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("AKIA", "secret", ""), HTTPClient: answer,
		Retryer: func() aws.Retryer { return aws.NopRetryer{} }, APIOptions: []apiOption{classifyErrors},
	}
	_, ofS3 := s3.NewFromConfig(config).GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String("box")})
	_, ofS3Control := s3control.NewFromConfig(config).GetPublicAccessBlock(ctx, &s3control.GetPublicAccessBlockInput{AccountId: aws.String("111111111111")})
	_, ofGuardDuty := guardduty.NewFromConfig(config).GetDetector(ctx, &guardduty.GetDetectorInput{DetectorId: aws.String("d")})
	_, ofAccount := account.NewFromConfig(config).GetAlternateContact(ctx, &account.GetAlternateContactInput{AlternateContactType: "SECURITY"})
	_, ofKMS := kms.NewFromConfig(config).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String("k")})
	_, ofIAM := iam.NewFromConfig(config).GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	_, ofEC2 := ec2.NewFromConfig(config).DescribeVpcs(ctx, &ec2.DescribeVpcsInput{})
	return map[string]error{"s3": ofS3, "s3control": ofS3Control, "guardduty": ofGuardDuty, "account": ofAccount, "kms": ofKMS, "iam": ofIAM, "ec2": ofEC2}
}

// No answer that is not AWS's own reads as an absence: a proxy's page says nothing about a
// resource, whatever its status.
func TestForeignAnswersAreNoAbsence(t *testing.T) {
	const page = "<!DOCTYPE html>\n<html><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>"
	for name, answer := range map[string]transport{
		"a 404 page":         {status: 404, body: page},
		"a bare 404":         {status: 404},
		"a 404 in plain":     {status: 404, body: "404 page not found"},
		"a 500 page":         {status: 500, body: page},
		"a bare 503":         {status: 503},
		"a 502 cut short":    {status: 502, body: "<html><bo"},
		"half an error":      {status: 404, body: `<Error><Code>NoSuchBuck`},
		"half a JSON error":  {status: 404, body: `{"__type":"ResourceNotFou`},
		"a connection reset": {err: errors.New("connection reset by peer")},
	} {
		t.Run(name, func(t *testing.T) {
			for service, err := range protocols(t.Context(), answer) {
				class := fault.Of(err)
				if err == nil || class == fault.NotFound || class == fault.Denied || fault.Code(err) == "NotFound" {
					t.Errorf("%s: got %s: %v", service, class, err)
				}
				if (answer.status >= 500 || answer.err != nil) && class != fault.Unavailable {
					t.Errorf("%s: got %s, want Unavailable: %v", service, class, err)
				}
			}
		})
	}
}

// A bucket's policy is the body itself, so that S3's call is not among them.
func TestCutShortAnswersAreUnavailable(t *testing.T) {
	for body, services := range map[string][]string{
		"<Answer><Par": {"s3control", "iam", "ec2"},
		`{"Answer":`:   {"guardduty", "account", "kms"},
	} {
		errs := protocols(t.Context(), transport{status: 200, body: body})
		for _, service := range services {
			if fault.Of(errs[service]) != fault.Unavailable {
				t.Errorf("%s: got %v", service, errs[service])
			}
		}
	}
}

// A HEAD has no body that could hold a code: its status is the answer.
func TestAbsenceByHead(t *testing.T) {
	err := classify("s3:HeadBucket", &smithy.GenericAPIError{Code: "NotFound"})
	if fault.Of(err) != fault.NotFound {
		t.Errorf("got %s", fault.Of(err))
	}
	if err := classify("sns:GetTopicAttributes", &smithy.GenericAPIError{Code: "NotFound"}); fault.Of(err) != fault.NotFound {
		t.Errorf("a service whose code it is: got %s", fault.Of(err))
	}
}

func TestSlowAnswersAreUnavailable(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for service, err := range protocols(ctx, transport{err: context.DeadlineExceeded}) {
		if fault.Of(err) != fault.Unavailable {
			t.Errorf("%s: got %s: %v", service, fault.Of(err), err)
		}
	}
}
