// Package fakeaws is a stateful AWS behind the real SDK clients: a middleware keeps the typed
// input at Initialize and answers at Deserialize, so that validation, serialisation, signing,
// paginators, waiters and retries run for real and no byte travels. It holds many accounts and
// regions, pages its lists, and denies, throttles, loses answers and lags on demand. An
// operation it does not know fails by name.
package fakeaws

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
)

// Cloud is one AWS. It is safe for concurrent use; every operation is atomic.
type Cloud struct {
	// OperatorAccount is the account that Config's credentials belong to.
	OperatorAccount string
	// Partition of every account. Default aws.
	Partition string
	// Regions that are enabled in every account.
	Regions []string

	mu       sync.Mutex
	handlers map[reflect.Type]handler
	states   map[stateKey]any
	history  []version
	lag      time.Duration
	faults   []*Fault
	calls    []Call
	// events are what CloudTrail keeps of writes; they are no state that could be compared.
	events   []event
	sessions map[string]session
	roles    map[string]roleAnswer
	enforced map[string]*Enforced
	now      func() time.Time
	latency  time.Duration
	pageBy   int
	serial   int
}

// Call is one operation that reached the cloud.
type Call struct {
	Account string
	Region  string
	// Operation as service:Operation.
	Operation string
	Write     bool
	// Input is the typed SDK input.
	Input any
	// Caller is the ARN of who called.
	Caller string
	Err    error
}

type handler func(*Request, any) (any, error)

type stateKey struct {
	account, region string
	kind            reflect.Type
}

type session struct{ account, arn string }

// Request is what a handler knows of a call besides its input.
type Request struct {
	Cloud     *Cloud
	Account   string
	Region    string
	Operation string
	// Caller is the ARN of who calls.
	Caller string
	Now    time.Time
}

// New returns an empty AWS with two regions, us-east-1 and eu-west-1.
func New() *Cloud {
	c := &Cloud{
		OperatorAccount: "999999999999",
		Partition:       "aws",
		Regions:         []string{"eu-west-1", "us-east-1"},
		handlers:        map[reflect.Type]handler{},
		states:          map[stateKey]any{},
		sessions:        map[string]session{},
		roles:           map[string]roleAnswer{},
		now:             time.Now,
	}
	for _, serve := range []func(*Cloud){serveSTS, serveIAM, serveS3, serveS3Control, serveEC2, serveKMS, serveRDS, serveDynamoDB, serveELB, serveLogs, serveCloudTrail, serveCloudWatch, serveSNS, serveConfig, serveGuardDuty, serveAccount} {
		serve(c)
	}
	return c
}

// SetClock makes the cloud tell the time by the function. Creating things under an earlier
// clock makes them old.
func (c *Cloud) SetClock(now func() time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Now is the cloud's time.
func (c *Cloud) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

// SetLatency makes every call take at least this long.
func (c *Cloud) SetLatency(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.latency = d
}

// Secret is in each secret that the cloud gives: nothing that the operator writes may hold it.
const Secret = "canary-of-the-credentials"

// Config is how the operator reaches the cloud: credentials of OperatorAccount, from which
// roles are assumed.
func (c *Cloud) Config() aws.Config { return c.ConfigFor(c.OperatorAccount) }

// ConfigFor returns a configuration with credentials of an administrator of the account, for
// tests that set the scene.
func (c *Cloud) ConfigFor(account string) aws.Config {
	return aws.Config{
		Region:      "us-east-1",
		Credentials: credentials.NewStaticCredentialsProvider("AKIA"+account, Secret, ""),
		HTTPClient:  noNetwork{},
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts = 4
				o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
				o.RateLimiter = noLimit{}
			})
		},
		APIOptions: []func(*middleware.Stack) error{c.attach},
	}
}

type inputKey struct{}

func (c *Cloud) attach(stack *middleware.Stack) error {
	keep := middleware.InitializeMiddlewareFunc("fakeaws:Keep", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		return next.HandleInitialize(middleware.WithStackValue(ctx, inputKey{}, in.Parameters), in)
	})
	answer := middleware.DeserializeMiddlewareFunc("fakeaws:Answer", func(ctx context.Context, in middleware.DeserializeInput, _ middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
		var metadata middleware.Metadata
		out, id, err := c.serve(ctx, signedBy(in.Request), middleware.GetStackValue(ctx, inputKey{}))
		awsmiddleware.SetRequestIDMetadata(&metadata, id)
		return middleware.DeserializeOutput{Result: out}, metadata, err
	})
	if err := stack.Initialize.Add(keep, middleware.After); err != nil {
		return fmt.Errorf("attaching the fake: %w", err)
	}
	return stack.Deserialize.Add(answer, middleware.Before)
}

// signedBy returns the access key that a request was signed with.
func signedBy(request any) string {
	sent, ok := request.(*smithyhttp.Request)
	if !ok {
		return ""
	}
	_, credential, _ := strings.Cut(sent.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(credential, "/")
	return key
}

// serve answers one attempt.
func (c *Cloud) serve(ctx context.Context, accessKeyID string, input any) (out any, requestID string, err error) {
	if err := c.delay(ctx); err != nil {
		return nil, "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.serial++
	requestID = fmt.Sprintf("00000000-0000-0000-0000-%012d", c.serial)
	who := c.whois(accessKeyID)
	request := &Request{
		Cloud: c, Account: who.account, Region: awsmiddleware.GetRegion(ctx), Caller: who.arn, Now: c.now(),
		Operation: awsapi.OperationName(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx)),
	}
	call := Call{Account: request.Account, Region: request.Region, Operation: request.Operation, Write: isWrite(request.Operation), Input: input, Caller: who.arn}
	out, err = c.answer(request, call, input)
	call.Err = err
	c.calls = append(c.calls, call)
	if err != nil {
		err = asResponse(err, requestID)
	}
	return out, requestID, err
}

func (c *Cloud) answer(request *Request, call Call, input any) (any, error) {
	fault := c.faultFor(call)
	if fault != nil && !fault.Applied && fault.Alter == nil {
		return nil, fault.Err
	}
	if err := c.authorize(request, input); err != nil {
		return nil, err
	}
	handle, ok := c.handlers[reflect.TypeOf(input)]
	if !ok {
		return nil, &smithy.GenericAPIError{Code: "FakeDoesNotKnow", Message: "the fake does not know " + request.Operation}
	}
	restore := c.rewind(call, request.Now)
	out, err := c.paged(handle)(request, input)
	restore()
	if call.Write && err == nil {
		c.remember(request.Now)
		c.record(request, input)
	}
	switch {
	case fault == nil || err != nil:
	case fault.Alter != nil:
		return fault.Alter(out), nil
	default:
		return nil, fault.Err
	}
	return out, err
}

func (c *Cloud) delay(ctx context.Context) error {
	c.mu.Lock()
	latency := c.latency
	c.mu.Unlock()
	if latency == 0 {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(latency):
		return nil
	}
}

// on registers the handler of the operation whose input is I.
func on[I, O any](c *Cloud, handle func(*Request, *I) (*O, error)) {
	c.handlers[reflect.TypeFor[*I]()] = func(r *Request, input any) (any, error) {
		typed, ok := input.(*I)
		if !ok {
			return nil, &smithy.GenericAPIError{Code: "InternalFailure", Message: fmt.Sprintf("unexpected input %T", input)}
		}
		out, err := handle(r, typed)
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// global returns the caller's account's state of the kind S, empty at first.
func global[S any](r *Request) *S { return stateOf[S](r.Cloud, r.Account, "") }

// regional returns the state of the kind S of the caller's account in the called region.
func regional[S any](r *Request) *S { return stateOf[S](r.Cloud, r.Account, r.Region) }

// stateOf returns the state of the kind S of an account, for what reaches across accounts.
func stateOf[S any](c *Cloud, account, region string) *S {
	key := stateKey{account: account, region: region, kind: reflect.TypeFor[S]()}
	if have, ok := c.states[key].(*S); ok {
		return have
	}
	fresh := new(S)
	c.states[key] = fresh
	return fresh
}

// edit changes an account's state without a call, for what no API can set: ages, last uses.
func (c *Cloud) edit(account, region string, change func(*Request)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&Request{Cloud: c, Account: account, Region: region, Now: c.now()})
}

// NextID returns a fresh number, for ids of what a handler creates. The same calls in the same
// order get the same ids.
func (r *Request) NextID() int {
	r.Cloud.serial++
	return r.Cloud.serial
}

// ARN makes an ARN in the called account.
func (r *Request) ARN(service, region, resource string) string {
	return strings.Join([]string{"arn", r.Cloud.Partition, service, region, r.Account, resource}, ":")
}

// failure is an error by code, where the service models no type for it.
func failure(code, format string, args ...any) error {
	return &smithy.GenericAPIError{Code: code, Message: fmt.Sprintf(format, args...)}
}

// asResponse wraps an error as the transport would.
func asResponse(err error, requestID string) error {
	if _, ok := err.(smithy.APIError); !ok { //nolint:errorlint // a bare API error is what handlers return; anything else is no response
		return err
	}
	return &awshttp.ResponseError{RequestID: requestID, ResponseError: &smithyhttp.ResponseError{
		Response: &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}}}, Err: err,
	}}
}

// noNetwork fails whatever would travel.
type noNetwork struct{}

func (noNetwork) Do(request *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("the fake has no network: %s", request.URL.Host)
}

// noLimit never runs out of retries.
type noLimit struct{}

func (noLimit) GetToken(context.Context, uint) (func() error, error) {
	return func() error { return nil }, nil
}
func (noLimit) AddTokens(uint) error { return nil }
