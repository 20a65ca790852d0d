// Package fault names the classes that an AWS error falls in, once, for readers, verdicts and
// runs alike. It is pure: turning an SDK error into a fault is the work of awsapi.
package fault

import (
	"errors"
	"fmt"
)

// Class is what kind of error AWS answered.
type Class string

// Classes. No class ever reads as "empty" or "compliant": NotFound is an answer only where the
// reader of that one call says so.
const (
	NotFound             Class = "NotFound"
	Denied               Class = "Denied"
	DeniedByOrganization Class = "DeniedByOrganization"
	Throttled            Class = "Throttled"
	Unavailable          Class = "Unavailable"
	Conflict             Class = "Conflict"
	Invalid              Class = "Invalid"
	WrongAccount         Class = "WrongAccount"
	ReadOnly             Class = "ReadOnly"
	NotRead              Class = "NotRead"
	Other                Class = "Other"
)

// Fault is a classified error of one call.
type Fault struct {
	Class Class
	// Operation is the call, as service:Operation.
	Operation string
	// Permission is the IAM action that the call needs.
	Permission string
	// Code is the error code that AWS gave, if any.
	Code string
	// Message is one sentence for a person, without credentials or document bodies.
	Message string
	// Cause is the error it was made from.
	Cause error
}

// ErrNotRead is the fault of a fact that nobody read.
var ErrNotRead = &Fault{Class: NotRead, Message: "the fact was not read"}

// DeniedRead is the fault of a call that AWS refuses for want of a permission.
func DeniedRead(operation, permission string) *Fault {
	return &Fault{Class: Denied, Operation: operation, Permission: permission, Code: "AccessDenied", Message: "missing permission " + permission}
}

func (f *Fault) Error() string {
	if f.Operation == "" {
		return f.Message
	}
	return fmt.Sprintf("%s: %s", f.Operation, f.Message)
}

func (f *Fault) Unwrap() error { return f.Cause }

// Of returns the class of an error: Other for one that nobody classified.
func Of(err error) Class {
	var f *Fault
	if errors.As(err, &f) {
		return f.Class
	}
	return Other
}

// Is says whether an error is of one of the classes.
func Is(err error, classes ...Class) bool {
	if err == nil {
		return false
	}
	have := Of(err)
	for _, class := range classes {
		if have == class {
			return true
		}
	}
	return false
}

// Code returns the code that AWS gave, or "".
func Code(err error) string {
	var f *Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}
