package awsapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

// classifyErrors turns every error of a call into a fault, once, as the outermost step.
func classifyErrors(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("guardrails:Classify", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleInitialize(ctx, in)
		if err != nil {
			err = classify(OperationName(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx)), err)
		}
		return out, metadata, err
	}), middleware.Before)
}

func classify(operation string, err error) error {
	var known *fault.Fault
	if errors.As(err, &known) {
		return err
	}
	f := &fault.Fault{Class: fault.Other, Operation: operation, Permission: strings.Join(Needs(operation), ", "), Message: err.Error(), Cause: err}
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && fromStatus(operation, api.ErrorCode()):
		f.Class = fault.Unavailable
	case errors.As(err, &api):
		f.Code = api.ErrorCode()
		f.Class = classOf(api)
		f.Message = f.Code + ": " + api.ErrorMessage()
	case errors.Is(err, context.DeadlineExceeded), isTransport(err):
		f.Class = fault.Unavailable
	}
	if f.Class == fault.Other && statusOf(err) >= http.StatusInternalServerError {
		f.Class = fault.Unavailable
	}
	if f.Class == fault.Denied {
		f.Message = fmt.Sprintf("denied; missing permission %s (%s)", f.Permission, f.Code)
	}
	if f.Class == fault.DeniedByOrganization {
		f.Message = fmt.Sprintf("%s is ruled out by a service control policy (%s)", f.Permission, f.Code)
	}
	return f
}

// codes that say what happened where the name alone does not.
var codes = map[string]fault.Class{
	"UnauthorizedOperation":            fault.Denied,
	"AuthorizationError":               fault.Denied,
	"AllAccessDisabled":                fault.Denied,
	"OptInRequired":                    fault.Denied,
	"InvalidClientTokenId":             fault.Denied,
	"UnrecognizedClientException":      fault.Denied,
	"AuthFailure":                      fault.Denied,
	"ExpiredToken":                     fault.Unavailable,
	"ExpiredTokenException":            fault.Unavailable,
	"InternalError":                    fault.Unavailable,
	"InternalFailure":                  fault.Unavailable,
	"ServiceUnavailable":               fault.Unavailable,
	"EntityAlreadyExists":              fault.Conflict,
	"BucketAlreadyOwnedByYou":          fault.Conflict,
	"BucketAlreadyExists":              fault.Conflict,
	"InvalidPermission.Duplicate":      fault.Conflict,
	"ConcurrentModification":           fault.Conflict,
	"OperationAborted":                 fault.Conflict,
	"ReplicationConfigurationNotFound": fault.NotFound,
}

func classOf(api smithy.APIError) fault.Class {
	class := classOfCode(api.ErrorCode())
	if m := api.ErrorMessage(); class == fault.Denied && (strings.Contains(m, "service control policy") || strings.Contains(m, "resource control policy")) {
		return fault.DeniedByOrganization
	}
	return class
}

func classOfCode(code string) fault.Class {
	if class, ok := codes[code]; ok {
		return class
	}
	_, throttled := retry.DefaultThrottleErrorCodes[code]
	switch {
	case throttled:
		return fault.Throttled
	case strings.Contains(code, "AccessDenied"):
		return fault.Denied
	case strings.Contains(code, "NoSuch"), strings.Contains(code, "NotFound"):
		return fault.NotFound
	case strings.Contains(code, "AlreadyExists"), strings.Contains(code, "Conflict"):
		return fault.Conflict
	case strings.HasPrefix(code, "Invalid"), strings.HasPrefix(code, "Malformed"), strings.Contains(code, "Validation"):
		return fault.Invalid
	}
	return fault.Other
}

// fromStatus says whether the S3 client made the code up from the HTTP status, because the
// answer held none: what gave it was a proxy, or not S3. A HEAD has no more to say.
func fromStatus(operation, code string) bool {
	return code == "NotFound" && strings.HasPrefix(operation, "s3:") && !strings.HasPrefix(operation, "s3:Head")
}

func isTransport(err error) bool {
	var send *smithyhttp.RequestSendError
	var deserialize *smithy.DeserializationError
	return errors.As(err, &send) || errors.As(err, &deserialize)
}

func statusOf(err error) int {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}
