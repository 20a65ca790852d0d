package awsapi

import (
	"context"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

type permitKey struct{}

// Permit returns a context in which a session that was opened for a run may send the one
// write that is named. Nothing permits a write to a read-only session.
func Permit(ctx context.Context, operation string) context.Context {
	return context.WithValue(ctx, permitKey{}, operation)
}

func permitted(ctx context.Context) string {
	name, _ := ctx.Value(permitKey{}).(string)
	return name
}

// guardCalls refuses what the session may not send, before anything is signed.
func guardCalls(writable bool) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("guardrails:Guard", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			name := OperationName(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx))
			if err := allowed(ctx, name, writable); err != nil {
				return middleware.InitializeOutput{}, middleware.Metadata{}, err
			}
			return next.HandleInitialize(ctx, in)
		}), middleware.Before)
	}
}

func allowed(ctx context.Context, name string, writable bool) error {
	operation, known := operations[name]
	refuse := func(why string) error {
		return &fault.Fault{Class: fault.ReadOnly, Operation: name, Message: "refused before it was sent: " + why}
	}
	switch {
	case !known:
		return refuse("the call is not in the registry of operations")
	case !operation.Write:
		return nil
	case !writable:
		return refuse("the session is read-only")
	case permitted(ctx) != name:
		return refuse("no run claimed the call")
	}
	return nil
}

// expectOwner names the account as the expected owner of the bucket in every S3 call that can
// carry it, so that a bucket of that name in another account is never read or written.
func expectOwner(account string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("guardrails:ExpectedBucketOwner", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			if input := reflect.Indirect(reflect.ValueOf(in.Parameters)); input.Kind() == reflect.Struct {
				if owner := input.FieldByName("ExpectedBucketOwner"); owner.IsValid() && owner.Kind() == reflect.Pointer && owner.IsNil() {
					owner.Set(reflect.ValueOf(aws.String(account)))
				}
			}
			return next.HandleInitialize(ctx, in)
		}), middleware.Before)
	}
}

// errWrongAccount says whose credentials came instead of the declared account's.
func errWrongAccount(declared, found string) error {
	return &fault.Fault{Class: fault.WrongAccount, Operation: getCallerIdentity.Name, Message: fmt.Sprintf("the credentials belong to account %s, not %s", found, declared)}
}
