package remedy

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Taking an action back is sent only while AWS shows what the action wrote.

// undoing returns the steps that take an action back, one for each call it says it takes.
func undoing(s *awsapi.Session, undo action.Undo) ([]Step, error) {
	for _, r := range remedies {
		if r.action != action.TypeOf(undo.Of) {
			continue
		}
		var steps []Step
		all := r.undo(s, undo.Of)
		for _, call := range undo.Describe().Calls {
			step, ok := all[call]
			if !ok {
				return nil, fmt.Errorf("undoing %s: no step is registered for %s", action.TypeOf(undo.Of), call)
			}
			step.Call = call
			steps = append(steps, step)
		}
		return steps, nil
	}
	return nil, fmt.Errorf("undoing %s: no remedy is registered for it", action.TypeOf(undo.Of))
}

// backward are the steps that can take an action back, by call.
type backward map[string]Step

// one is the way back of an action of one call.
func one(steps []Step) backward { return backward{steps[0].Call: steps[0]} }

// irrevocable is the way back of what nothing takes back.
func irrevocable[A action.Action](*awsapi.Session, A) backward { return nil }

// ours says how what was created stands: gone is done, and only what is as it was made is taken
// away.
func ours(there, asMade bool) Standing {
	switch {
	case !there:
		return Done
	case asMade:
		return Pending
	}
	return Changed
}

// withoutStatements are the steps that take statements out of a bucket's policy again, and the
// policy away once nothing else is in it. The bucket is as for bucketStatements.
func withoutStatements(s *awsapi.Session, bucket inventory.Ref, statements []iampolicy.Statement) (put, remove Step) {
	look := func(empty bool) func(context.Context) (Standing, error) {
		return func(ctx context.Context) (Standing, error) {
			_, rest, was, err := remainingPolicy(ctx, s, bucket, statements)
			switch {
			case errors.Is(err, iampolicy.ErrAltered):
				return Changed, nil
			case err != nil:
				return "", err
			case was && empty == (rest == ""):
				return Pending, nil
			}
			return Done, nil
		}
	}
	put = Step{Reads: policyLooks(bucket), Look: look(false), Send: func(ctx context.Context) error {
		found, rest, _, err := remainingPolicy(ctx, s, bucket, statements)
		if err != nil {
			return err
		}
		return putPolicy(ctx, s, found, rest)
	}}
	remove = Step{Reads: policyLooks(bucket), Look: look(true), Send: func(ctx context.Context) error {
		found, _, _, err := remainingPolicy(ctx, s, bucket, statements)
		if err != nil {
			return err
		}
		return sent(deleteBucketPolicy.In(ctx, s.In(found.Region), &s3.DeleteBucketPolicyInput{Bucket: &found.ID}))
	}}
	return put, remove
}

// remainingPolicy returns a bucket of the account, its policy without the statements, and whether
// any of them was in it.
func remainingPolicy(ctx context.Context, s *awsapi.Session, bucket inventory.Ref, statements []iampolicy.Statement) (at inventory.Ref, rest string, was bool, err error) {
	if at, rest, err = policyOf(ctx, s, bucket, fault.NotFound); err != nil {
		return at, "", false, err
	}
	for _, statement := range statements {
		found := false
		if rest, found, err = iampolicy.Without(rest, statement); err != nil {
			return at, "", false, fmt.Errorf("taking statements out of the policy of bucket %s: %w", bucket.ID, err)
		}
		was = was || found
	}
	return at, rest, was, nil
}
