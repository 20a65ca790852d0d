package fakeaws

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	clone "github.com/huandu/go-clone"
)

// Fault makes calls fail.
type Fault struct {
	// Match chooses the calls.
	Match func(Call) bool
	// Err is what they get.
	Err error
	// Applied does the work first and then loses the answer.
	Applied bool
	// Times bounds how often; 0 is always.
	Times int

	used int
}

// Inject adds a fault; the first that matches a call counts.
func (c *Cloud) Inject(fault *Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(c.faults, fault)
}

// Heal removes all faults and the lag.
func (c *Cloud) Heal() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults, c.lag, c.history = nil, 0, nil
}

// Deny refuses the operations, named service:Operation, for want of a permission.
func (c *Cloud) Deny(operations ...string) {
	for _, operation := range operations {
		c.Inject(&Fault{
			Match: func(call Call) bool { return call.Operation == operation },
			Err:   Denied(operation),
		})
	}
}

// Denied is how the operation's service words a missing permission.
func Denied(operation string) error {
	return &smithy.GenericAPIError{Code: deniedCode(operation), Message: "not authorized to perform " + operation}
}

func deniedCode(operation string) string {
	switch service(operation) {
	case "ec2":
		return "UnauthorizedOperation"
	case "sns":
		return "AuthorizationError"
	case "kms", "dynamodb", "logs", "cloudtrail", "config", "guardduty", "account":
		return "AccessDeniedException"
	}
	return "AccessDenied"
}

// Throttled is how AWS answers too many calls.
func Throttled() error {
	return &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}
}

// IsOn matches calls of the operations.
func IsOn(operations ...string) func(Call) bool {
	return func(call Call) bool { return slices.Contains(operations, call.Operation) }
}

func (c *Cloud) faultFor(call Call) *Fault {
	for _, fault := range c.faults {
		if (fault.Times == 0 || fault.used < fault.Times) && fault.Match(call) {
			fault.used++
			return fault
		}
	}
	return nil
}

// Calls returns every call so far, failed ones and retries included.
func (c *Cloud) Calls() []Call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.calls)
}

// Writes returns the writing calls so far, failed ones included; AssumeRole is none.
func (c *Cloud) Writes() []Call {
	return slices.DeleteFunc(c.Calls(), func(call Call) bool { return !call.Write })
}

// Forget empties the record of calls.
func (c *Cloud) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = nil
}

// isWrite says whether an operation changes something, by its verb.
func isWrite(operation string) bool {
	_, name, _ := strings.Cut(operation, ":")
	for _, verb := range []string{"Get", "List", "Describe", "Head", "AssumeRole", "GenerateCredentialReport", "Batch"} {
		if strings.HasPrefix(name, verb) {
			return false
		}
	}
	return true
}

func service(operation string) string {
	prefix, _, _ := strings.Cut(operation, ":")
	return prefix
}

// version is the whole state as it was from a moment on.
type version struct {
	from   time.Time
	states map[stateKey]any
}

// SetLag makes reads answer with the state of this long ago, for as long as writes are younger.
func (c *Cloud) SetLag(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lag, c.history = d, nil
	if d > 0 {
		c.remember(time.Time{})
	}
}

func (c *Cloud) remember(from time.Time) {
	if c.lag == 0 {
		return
	}
	states, ok := clone.Slowly(c.states).(map[stateKey]any)
	if ok {
		c.history = append(c.history, version{from: from, states: states})
	}
}

// rewind puts the past in place for a lagging read; the returned function puts the present back.
func (c *Cloud) rewind(call Call, now time.Time) (restore func()) {
	if c.lag == 0 || call.Write {
		return func() {}
	}
	present := c.states
	for _, v := range slices.Backward(c.history) {
		if !v.from.After(now.Add(-c.lag)) {
			c.states = v.states
			break
		}
	}
	return func() { c.states = present }
}
