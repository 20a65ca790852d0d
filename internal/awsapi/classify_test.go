package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

func TestClassify(t *testing.T) {
	api := func(code, message string) error { return &smithy.GenericAPIError{Code: code, Message: message} }
	answered := func(status int, err error) error {
		return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err}
	}
	for name, row := range map[string]struct {
		err  error
		want fault.Class
	}{
		"S3 denies":                       {api("AccessDenied", "Access Denied"), fault.Denied},
		"JSON services deny":              {api("AccessDeniedException", "no"), fault.Denied},
		"EC2 denies":                      {api("UnauthorizedOperation", "no"), fault.Denied},
		"SNS denies":                      {api("AuthorizationError", "no"), fault.Denied},
		"a region that is not enabled":    {api("OptInRequired", "no"), fault.Denied},
		"a token of a disabled region":    {api("UnrecognizedClientException", "no"), fault.Denied},
		"an SCP":                          {api("AccessDenied", "with an explicit deny in a service control policy"), fault.DeniedByOrganization},
		"an SCP, JSON":                    {api("AccessDeniedException", "no service control policy allows it"), fault.DeniedByOrganization},
		"an SCP, EC2":                     {api("UnauthorizedOperation", "with an explicit deny in a service control policy. Encoded authorization failure message: x"), fault.DeniedByOrganization},
		"an RCP":                          {api("AccessDenied", "with an explicit deny in a resource control policy"), fault.DeniedByOrganization},
		"no such bucket":                  {api("NoSuchBucket", ""), fault.NotFound},
		"no such entity":                  {api("NoSuchEntity", ""), fault.NotFound},
		"EC2 not found":                   {api("InvalidGroup.NotFound", ""), fault.NotFound},
		"not found exception":             {api("TrailNotFoundException", ""), fault.NotFound},
		"throttled":                       {api("ThrottlingException", "Rate exceeded"), fault.Throttled},
		"throttled, EC2":                  {api("RequestLimitExceeded", ""), fault.Throttled},
		"throttled, S3":                   {api("SlowDown", ""), fault.Throttled},
		"already exists":                  {api("EntityAlreadyExists", ""), fault.Conflict},
		"already exists exception":        {api("ResourceAlreadyExistsException", ""), fault.Conflict},
		"a conflict":                      {api("ConflictException", ""), fault.Conflict},
		"invalid":                         {api("InvalidParameterValue", ""), fault.Invalid},
		"validation":                      {api("ValidationError", ""), fault.Invalid},
		"malformed policy":                {api("MalformedPolicyDocument", ""), fault.Invalid},
		"credentials that expired":        {api("ExpiredToken", ""), fault.Unavailable},
		"an internal error":               {api("InternalFailure", ""), fault.Unavailable},
		"an unknown code with status 503": {answered(503, api("Strange", "")), fault.Unavailable},
		"an unknown code with status 400": {answered(400, api("Strange", "")), fault.Other},
		"no code, status 500":             {answered(500, errors.New("broken")), fault.Unavailable},
		"no code, status 403":             {answered(403, errors.New("broken")), fault.Other},
		"the connection broke":            {&smithyhttp.RequestSendError{Err: errors.New("connection reset")}, fault.Unavailable},
		"an answer that is no answer":     {&smithy.DeserializationError{Err: errors.New("EOF")}, fault.Unavailable},
		"it took too long":                {context.DeadlineExceeded, fault.Unavailable},
		"anything else":                   {errors.New("odd"), fault.Other},
	} {
		t.Run(name, func(t *testing.T) {
			err := classify("s3:GetPublicAccessBlock", fmt.Errorf("operation error: %w", row.err))
			if got := fault.Of(err); got != row.want {
				t.Errorf("got %s, want %s (%v)", got, row.want, err)
			}
			if again := classify("sts:AssumeRole", fmt.Errorf("wrapped: %w", err)); fault.Of(again) != row.want {
				t.Errorf("classified twice: %v", again)
			}
			if row.want == fault.Denied || row.want == fault.DeniedByOrganization {
				if !strings.Contains(err.Error(), "s3:GetBucketPublicAccessBlock") {
					t.Errorf("does not name the permission: %v", err)
				}
			}
		})
	}
}
