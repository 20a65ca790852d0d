// Package remedy is the only code that writes to AWS. It turns an action into steps, one call
// each: every step reads its target again before it sends, sends nothing where the target is
// already as intended or no longer as planned, and can be sent twice without harm.
package remedy

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Standing is how a step's target stands, read just before the call.
type Standing string

// Standings.
const (
	// Pending: as it was planned; the call is to be sent.
	Pending Standing = "Pending"
	// Done: already as intended; nothing is to be sent.
	Done Standing = "Done"
	// Changed: neither as planned nor as intended; nothing may be sent.
	Changed Standing = "Changed"
)

// Step is one call of an action.
type Step struct {
	// Call is service:Operation, as in the action's description.
	Call string
	// Look reads the target again.
	Look func(context.Context) (Standing, error)
	// Send makes the call. It can be sent again without harm.
	Send func(context.Context) error
}

// remedies is the one list of what can be written.
func remedies() []remedy {
	return slices.Concat(iamRemedies, s3Remedies, ec2Remedies, kmsRemedies, dataRemedies, loggingRemedies, threatRemedies, regionRemedies, elbRemedies)
}

type remedy struct {
	// action is the type's name in runs.
	action string
	// looks are the reads of its steps; nil where they are listed by call.
	looks func(action.Action) []string
	// uses are the writes of a setting.
	uses  []read.Use
	steps func(*awsapi.Session, action.Action) []Step
	undo  func(*awsapi.Session, action.Action) backward
}

// Uses are the writes of settings, and what each is made on.
func Uses() []read.Use {
	var all []read.Use
	for _, r := range remedies() {
		all = append(all, r.uses...)
	}
	return all
}

// by says which steps an action of the type A takes, and which take it back.
func by[A action.Action](steps func(*awsapi.Session, A) []Step, undo func(*awsapi.Session, A) backward) remedy {
	return remedy{action: reflect.TypeFor[A]().Name(), steps: typed(steps), undo: typed(undo)}
}

func typed[A action.Action, O any](steps func(*awsapi.Session, A) O) func(*awsapi.Session, action.Action) O {
	return func(s *awsapi.Session, a action.Action) (none O) {
		if a, ok := a.(A); ok {
			return steps(s, a)
		}
		return none
	}
}

// Steps returns the steps of an action, one for each call it describes, in order.
func Steps(s *awsapi.Session, a action.Action) ([]Step, error) {
	if undo, ok := a.(action.Undo); ok {
		return undoing(s, undo)
	}
	for _, r := range remedies() {
		if r.action != action.TypeOf(a) {
			continue
		}
		if steps := r.steps(s, a); len(steps) > 0 {
			return steps, nil
		}
		return nil, fmt.Errorf("applying %s: its content takes no step", action.TypeOf(a))
	}
	return nil, fmt.Errorf("applying %s: no remedy is registered for it", action.TypeOf(a))
}

// setting is a step that changes one value: sent only while the value is as it was planned.
func setting[S any](call string, current func(context.Context) (S, error), from, to S, send func(context.Context) error) Step {
	return Step{Call: call, Send: send, Look: func(ctx context.Context) (Standing, error) {
		have, err := current(ctx)
		switch {
		case err != nil:
			return "", err
		case reflect.DeepEqual(have, to):
			return Done, nil
		case reflect.DeepEqual(have, from):
			return Pending, nil
		}
		return Changed, nil
	}}
}

// ensure is a step that makes something be there: found by its own name or owner first.
func ensure(call string, there func(context.Context) (bool, error), send func(context.Context) error) Step {
	return Step{Call: call, Send: send, Look: func(ctx context.Context) (Standing, error) {
		found, err := there(ctx)
		switch {
		case err != nil:
			return "", err
		case found:
			return Done, nil
		}
		return Pending, nil
	}}
}

// sent drops the answer of a call whose only news is its error.
func sent[O any](_ O, err error) error { return err }
