package remedy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

// What bears a name of the operator's own is the operator's only if it is as the operator makes
// it: whoever may create things in the account can take the name first.

// found is what is there under a name of the operator's own, and what about it is not as the
// operator makes it, if anything.
type found struct {
	there   bool
	foreign string
}

// untagged is what does not bear the owner tag with the operator's value.
var untagged = found{there: true, foreign: "it does not bear the tag " + v1alpha1.OwnerTag + "=" + v1alpha1.OwnerValue}

func bearsOwner(tags map[string]string) bool {
	return tags[v1alpha1.OwnerTag] == v1alpha1.OwnerValue
}

// admitting is what is there with a policy: foreign, if the policy lets in anybody outside the
// account whom the statements do not.
func admitting(policy, account string, statements ...iampolicy.Statement) (found, error) {
	admitted, err := iampolicy.Admits(policy, account, statements...)
	if len(admitted) > 0 {
		return found{there: true, foreign: "its policy lets others in: " + strings.Join(admitted, ", ")}, err
	}
	return found{there: true}, err
}

// owned is a step that makes something of the operator's own be there. Where somebody else's
// stands under the name, the action ends before its first call.
func owned(call, name string, reads []string, find func(context.Context) (found, error), send func(context.Context) error) Step {
	there := func(ctx context.Context) (bool, error) {
		have, err := find(ctx)
		switch {
		case err != nil:
			return false, fmt.Errorf("looking for %s: %w", name, err)
		case have.foreign != "":
			return false, &fault.Fault{Class: fault.Conflict, Operation: call, Message: fmt.Sprintf("%s is there and not the operator's: %s; see whose it is, and delete it or put it right by hand", name, have.foreign)}
		}
		return have.there, nil
	}
	step := ensure(call, reads, there, send)
	step.owned = there
	return step
}

// unclaimed is the steps, of which the first is taken only while nobody else has a name that any
// of them would take.
func unclaimed(steps []Step) []Step {
	for _, step := range steps[1:] {
		if step.owned == nil {
			continue
		}
		steps = slices.Clone(steps)
		steps[0] = given(steps[0], step.Reads, func(ctx context.Context) (bool, error) {
			_, err := step.owned(ctx)
			return true, err
		})
	}
	return steps
}
