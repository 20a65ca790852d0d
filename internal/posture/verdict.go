package posture

import (
	"errors"
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Verdict is what a control concludes on one resource.
type Verdict struct {
	Status v1alpha1.VerdictStatus
	// Reason is one CamelCase word.
	Reason string
	// Message is one sentence: what is wrong, with the values that show it.
	Message string
	// Passing: what kept it from being read passes by itself, so that it is worth trying soon.
	Passing bool
	// Missing are the IAM actions, with ", " between them, for want of which it was not read.
	Missing string
}

// Pass is the verdict on a resource that is as declared.
func Pass() Verdict { return Verdict{Status: v1alpha1.Pass, Reason: "AsDeclared"} }

// Inherited is the pass of a resource that someone above the account sees to.
func Inherited(format string, args ...any) Verdict {
	return Verdict{Status: v1alpha1.Pass, Reason: "Inherited", Message: text(format, args)}
}

// Fail is the verdict on a resource that is not as declared.
func Fail(reason, format string, args ...any) Verdict {
	return Verdict{Status: v1alpha1.Fail, Reason: reason, Message: text(format, args)}
}

// Contained is the verdict on a resource whose risk is cut off while its cause remains.
func Contained(reason, format string, args ...any) Verdict {
	return Verdict{Status: v1alpha1.Contained, Reason: reason, Message: text(format, args)}
}

// DoesNotApply is the verdict on a resource that the control is not about.
func DoesNotApply(reason, format string, args ...any) Verdict {
	return Verdict{Status: v1alpha1.NotApplicable, Reason: reason, Message: text(format, args)}
}

// Unknown is the verdict on a resource that could not be read.
func Unknown(err error) Verdict {
	verdict := Verdict{Status: v1alpha1.Unknown, Reason: v1alpha1.VerdictReadFailed, Message: text("%s", []any{err})}
	var f *fault.Fault
	if !errors.As(err, &f) {
		return verdict
	}
	switch f.Class {
	case fault.Denied:
		verdict.Reason, verdict.Missing = v1alpha1.VerdictReadDenied, f.Permission
	case fault.DeniedByOrganization:
		verdict.Reason, verdict.Missing = v1alpha1.VerdictReadDeniedByOrganization, f.Permission
	case fault.Throttled:
		verdict.Reason, verdict.Passing = v1alpha1.VerdictReadThrottled, true
	case fault.Unavailable:
		verdict.Passing = true
	case fault.NotRead:
		verdict.Reason = v1alpha1.VerdictNotRead
	case fault.NotFound, fault.Conflict, fault.Invalid, fault.WrongAccount, fault.ReadOnly, fault.Other:
	}
	return verdict
}

// maxMessage bounds what strings from AWS can add to a status.
const maxMessage = 400

// text formats a message and cleans it: names and texts from AWS may hold anything.
func text(format string, args []any) string {
	return inventory.Clean(fmt.Sprintf(format, args...), maxMessage)
}
