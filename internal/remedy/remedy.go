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
	// Reads are the calls that Look makes.
	Reads []string
	// Look reads the target again.
	Look func(context.Context) (Standing, error)
	// Send makes the call. It can be sent again without harm.
	Send func(context.Context) error

	// owned says whether what the step makes is there, or that somebody else's is.
	owned func(context.Context) (bool, error)
}

// remedies are all there are, filled while the package initialises.
var remedies []remedy

type remedy struct {
	// action is the type's name in runs.
	action string
	// uses are the writes of a setting.
	uses  []read.Use
	steps func(*awsapi.Session, action.Action) []Step
	undo  func(*awsapi.Session, action.Action) backward
}

// Uses are the writes of settings, and what each is made on.
func Uses() []read.Use {
	var all []read.Use
	for _, r := range remedies {
		all = append(all, r.uses...)
	}
	return all
}

// add puts a remedy among those there are.
func add(r remedy) remedy {
	remedies = append(remedies, r)
	return r
}

// by declares which steps an action of the type A takes, and which take it back.
func by[A action.Action](steps func(*awsapi.Session, A) []Step, undo func(*awsapi.Session, A) backward) remedy {
	return add(remedy{action: reflect.TypeFor[A]().Name(), steps: typed(steps), undo: typed(undo)})
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
	for _, r := range remedies {
		if r.action != action.TypeOf(a) {
			continue
		}
		if steps := r.steps(s, a); len(steps) > 0 {
			return unclaimed(steps), nil
		}
		return nil, fmt.Errorf("applying %s: its content takes no step", action.TypeOf(a))
	}
	return nil, fmt.Errorf("applying %s: no remedy is registered for it", action.TypeOf(a))
}

// look is how a step looks, and the calls that takes.
type look struct {
	reads []string
	at    func(context.Context) (Standing, error)
}

// before is the step that looks so.
func (l look) before(step Step) Step {
	step.Reads, step.Look = l.reads, l.at
	return step
}

// Looks returns the reads that the steps of an action may take, sorted.
func Looks(a action.Action) ([]string, error) {
	steps, err := Steps(nil, a)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, step := range steps {
		all = append(all, step.Reads...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// setting is a step that changes one value: sent only while the value is as it was planned.
func setting[S any](call string, reads []string, current func(context.Context) (S, error), from, to S, send func(context.Context) error) Step {
	return Step{Call: call, Reads: reads, Send: send, Look: func(ctx context.Context) (Standing, error) {
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
func ensure(call string, reads []string, there func(context.Context) (bool, error), send func(context.Context) error) Step {
	return Step{Call: call, Reads: reads, Send: send, Look: func(ctx context.Context) (Standing, error) {
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

// with is a call of the SDK's that is always made with an option.
func with[C, I, O, P any](method func(*C, context.Context, *I, ...func(*P)) (*O, error), option func(*P)) func(*C, context.Context, *I, ...func(*P)) (*O, error) {
	return func(client *C, ctx context.Context, in *I, options ...func(*P)) (*O, error) {
		return method(client, ctx, in, append(options, option)...)
	}
}

// sent drops the answer of a call whose only news is its error.
func sent[O any](_ O, err error) error { return err }
