package remedy

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// write is a call that makes values of a setting be there.
type write[V any] struct {
	call string
	send func(ctx context.Context, clients *awsapi.Clients, of inventory.Ref, to V) error
}

// sends is what a call is sent for a resource and a value.
func sends[V, I, O any](call awsapi.Call[I, O], input func(of inventory.Ref, to V) *I) write[V] {
	return write[V]{call: call.Name, send: func(ctx context.Context, clients *awsapi.Clients, of inventory.Ref, to V) error {
		return sent(call.In(ctx, clients, input(of, to)))
	}}
}

// bare is what a call is sent whose name says all.
func bare[V, I any](inventory.Ref, V) *I { return new(I) }

// set declares the remedy of a setting: its fact is read again, and the value sent by the one of the
// writes that the action names. Taking a change back is a change to what is there again then.
func set[T inventory.Resource, V any](of *action.Setting[T, V], writes ...write[V]) remedy {
	now := read.Again(of.Fact)
	change := func(s *awsapi.Session, a action.Set, from, to V) Step {
		return changing(s, of, now, writes, a.Target.Ref(), from, to)
	}
	var uses []read.Use
	for _, one := range writes {
		uses = append(uses, read.Use{Collection: of.Fact.Collection.Name, Call: one.call, On: of.Fact.Collection.Type})
	}
	return add(remedy{
		action: of.Type,
		uses:   uses,
		steps: func(s *awsapi.Session, a action.Action) []Step {
			planned, from, to, ok := of.Of(a)
			if !ok {
				return nil
			}
			return []Step{change(s, planned, from, to)}
		},
		undo: func(s *awsapi.Session, a action.Action) backward {
			planned, from, to, ok := of.Of(a)
			if !ok {
				return nil
			}
			return one([]Step{change(s, planned, to, of.Restored(from, to))})
		},
	})
}

// changing is the step that changes a setting: sent only while the value is as it was planned.
func changing[T inventory.Resource, V any](s *awsapi.Session, of *action.Setting[T, V], now read.Look[inventory.Ref, V], writes []write[V], target inventory.Ref, from, to V) Step {
	same := of.Same
	if same == nil {
		same = func(a, b V) bool { return reflect.DeepEqual(a, b) }
	}
	call := of.CallTo(to)
	at := slices.IndexFunc(writes, func(w write[V]) bool { return w.call == call })
	return Step{
		Call:  call,
		Reads: now.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			if at < 0 {
				return "", fmt.Errorf("changing %s: no write is registered for %s", of.Type, call)
			}
			have, err := now.Of(ctx, s, target)
			switch {
			case err != nil:
				return "", err
			case same(have, to):
				return Done, nil
			case same(have, from):
				return Pending, nil
			}
			return Changed, nil
		},
		Send: func(ctx context.Context) error { return writes[at].send(ctx, s.In(target.Region), target, to) },
	}
}
