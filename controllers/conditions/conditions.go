// Package conditions keeps the status of our kinds: conditions that kstatus understands, and
// one patch at the end of a reconciliation, sent only when something changed.
package conditions

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Object is a kind with conditions.
type Object interface {
	client.Object
	GetConditions() *[]metav1.Condition
}

// Stall is an error that no retry mends: a person has to change something. It carries the
// reason that the condition Stalled gets.
type Stall struct {
	Reason  string
	Message string
}

func (s *Stall) Error() string { return s.Message }

// Stallf makes a stall.
func Stallf(reason, format string, args ...any) error {
	return &Stall{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// Set sets one condition for the generation that was observed.
func Set(o Object, kind string, status metav1.ConditionStatus, reason, message string) {
	meta.SetStatusCondition(o.GetConditions(), metav1.Condition{
		Type: kind, Status: status, Reason: reason, Message: clip(message), ObservedGeneration: o.GetGeneration(),
	})
}

// Clear removes conditions that are only present while they are true.
func Clear(o Object, kinds ...string) {
	for _, kind := range kinds {
		meta.RemoveStatusCondition(o.GetConditions(), kind)
	}
}

// Ready says that the object was reconciled as declared.
func Ready(o Object, message string) {
	Clear(o, v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled)
	Set(o, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReconciled, message)
}

// Working says that work goes on by itself.
func Working(o Object, reason, message string) {
	Clear(o, v1alpha1.ConditionStalled)
	Set(o, v1alpha1.ConditionReconciling, metav1.ConditionTrue, reason, message)
	Set(o, v1alpha1.ConditionReady, metav1.ConditionFalse, reason, message)
}

// Stalled says that nothing happens until a person changes something.
func Stalled(o Object, reason, message string) {
	Clear(o, v1alpha1.ConditionReconciling)
	Set(o, v1alpha1.ConditionStalled, metav1.ConditionTrue, reason, message)
	Set(o, v1alpha1.ConditionReady, metav1.ConditionFalse, reason, message)
}

// Failed says why a reconciliation ended early: stalled where a person must act, else working
// on it under the fallback reason. It returns the error that is still to be retried.
func Failed(o Object, err error, fallback string) error {
	var stall *Stall
	switch {
	case err == nil:
		return nil
	case errors.As(err, &stall):
		Stalled(o, stall.Reason, stall.Message)
		return nil
	}
	Working(o, fallback, err.Error())
	return err
}

// Flag sets a condition that is only present while it is true.
func Flag(o Object, kind string, on bool, reason, message string) {
	if !on {
		Clear(o, kind)
		return
	}
	Set(o, kind, metav1.ConditionTrue, reason, message)
}

// Compliant sets the condition by the totals: never True on an unread fact. What is accepted
// does not hold it back, but its reason says so.
func Compliant(o Object, t v1alpha1.Totals) {
	declared := t.Pass + t.Fail + t.Contained + t.Accepted + t.Unknown + t.NotApplicable
	say := func(status metav1.ConditionStatus, reason, format string, args ...any) {
		Set(o, v1alpha1.ConditionCompliant, status, reason, fmt.Sprintf(format, args...))
	}
	switch {
	case declared == 0:
		say(metav1.ConditionUnknown, v1alpha1.ReasonNothingDeclared, "no baseline declares a control here")
	case t.Fail+t.Contained > 0:
		say(metav1.ConditionFalse, v1alpha1.ReasonFindings, "of %d controls %d fail, %d contained, %d unknown", declared, t.Fail, t.Contained, t.Unknown)
	case t.Unknown > 0:
		say(metav1.ConditionUnknown, v1alpha1.ReasonUnread, "%d of %d controls could not be read", t.Unknown, declared)
	case t.Accepted > 0:
		say(metav1.ConditionTrue, v1alpha1.ReasonAccepted, "%d controls fail only where the risk is accepted, %d pass, %d do not apply", t.Accepted, t.Pass, t.NotApplicable)
	default:
		say(metav1.ConditionTrue, v1alpha1.ReasonAllPass, "%d controls pass, %d do not apply", t.Pass, t.NotApplicable)
	}
}

// maxMessage bounds a condition's message.
const maxMessage = 4096

// clip keeps a message to one line of letters that print, for AWS's words are among them, and to its
// bound. What the API server would mend, the next look would find changed.
func clip(message string) string { return inventory.Clean(message, maxMessage) }

// Patch is the one status patch of a reconciliation.
type Patch struct {
	before client.Object
	now    client.Object
}

// Begin remembers the object as it was read.
func Begin(o client.Object) *Patch {
	before, ok := o.DeepCopyObject().(client.Object)
	if !ok {
		before = o
	}
	return &Patch{before: before, now: o}
}

// End patches the status if it changed. An object that is gone needs none.
func (p *Patch) End(ctx context.Context, c client.Client) error {
	if equality.Semantic.DeepEqual(p.before, p.now) {
		return nil
	}
	err := c.Status().Patch(ctx, p.now, client.MergeFrom(p.before))
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("patching status: %w", err)
	}
	return nil
}
