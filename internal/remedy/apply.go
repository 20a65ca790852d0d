package remedy

import (
	"context"
	"fmt"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// CallDeadline bounds one call. It is shorter than the leader's lease, so that a deposed leader
// is done with the one call it had in flight before the next leader writes.
const CallDeadline = 10 * time.Second

// Journal keeps what a run does, durably and before it is done.
type Journal interface {
	// Ended says whether an earlier pass over the run ended the call of the action.
	Ended(hash, call string) (v1alpha1.CallResult, bool)
	// Claim records that the call is about to be sent. An error means that it must not be.
	Claim(ctx context.Context, hash, call string) error
	// Record keeps how the call ended; it is durable with the next claim or Flush.
	Record(hash, call string, result v1alpha1.CallResult, message string)
	// Flush makes everything recorded durable.
	Flush(ctx context.Context) error
}

// Intent is an action of a run, with the hash it was offered under.
type Intent struct {
	Hash   string
	Action action.Action
}

// Outcome counts how the actions of a run ended.
type Outcome struct {
	Applied int
	Changed int
	Failed  int
	// Stopped is why the run ended before its last action, if it did.
	Stopped error
}

// Apply applies the intents in order, each call claimed in the journal before it is sent and
// its result recorded before the next. May is asked before every single write; its error stops
// the run. A run in which more than a tenth of the actions fail, and at least two, is stopped.
func Apply(ctx context.Context, s *awsapi.Session, intents []Intent, journal Journal, may func(context.Context) error) (Outcome, error) {
	var outcome Outcome
	for _, intent := range intents {
		if outcome.Stopped = may(ctx); outcome.Stopped != nil {
			break
		}
		if outcome.Failed >= 2 && outcome.Failed*10 > len(intents) {
			outcome.Stopped = fmt.Errorf("%d of %d actions failed", outcome.Failed, len(intents))
			break
		}
		result, err := applyOne(ctx, s, intent, journal, may)
		if err != nil {
			return outcome, err
		}
		switch result {
		case v1alpha1.CallDone, v1alpha1.CallAlreadySo:
			outcome.Applied++
		case v1alpha1.CallChanged:
			outcome.Changed++
		case v1alpha1.CallSkipped:
			outcome.Stopped = may(ctx)
		case v1alpha1.CallDenied, v1alpha1.CallFailed, v1alpha1.CallClaimed:
			outcome.Failed++
		}
	}
	return outcome, journal.Flush(ctx)
}

// applyOne takes the steps of one action until one of them does not end well.
func applyOne(ctx context.Context, s *awsapi.Session, intent Intent, journal Journal, may func(context.Context) error) (v1alpha1.CallResult, error) {
	steps, err := Steps(s, intent.Action)
	if err != nil {
		return "", err
	}
	last := v1alpha1.CallAlreadySo
	for _, step := range steps {
		if ended, ok := journal.Ended(intent.Hash, step.Call); ok {
			last = ended
		} else if last, err = takeStep(ctx, intent.Hash, step, journal, may); err != nil {
			return "", err
		}
		if last != v1alpha1.CallDone && last != v1alpha1.CallAlreadySo {
			return last, nil
		}
	}
	return last, nil
}

func takeStep(ctx context.Context, hash string, step Step, journal Journal, may func(context.Context) error) (v1alpha1.CallResult, error) {
	record := func(result v1alpha1.CallResult, message string) (v1alpha1.CallResult, error) {
		journal.Record(hash, step.Call, result, inventory.Clean(message, 400))
		return result, nil
	}
	looking, cancel := context.WithTimeout(ctx, CallDeadline)
	standing, err := step.Look(looking)
	cancel()
	switch {
	case err != nil:
		return record(resultOf(err), err.Error())
	case standing == Done:
		return record(v1alpha1.CallAlreadySo, "")
	case standing == Changed:
		return record(v1alpha1.CallChanged, "the target is not as it was planned; it is planned anew")
	}
	if err := may(ctx); err != nil {
		return record(v1alpha1.CallSkipped, err.Error())
	}
	if err := journal.Claim(ctx, hash, step.Call); err != nil {
		return "", fmt.Errorf("claiming %s: %w", step.Call, err)
	}
	sending, cancel := context.WithTimeout(awsapi.Permit(ctx, step.Call), CallDeadline)
	defer cancel()
	if err := step.Send(sending); err != nil {
		return record(resultOf(err), err.Error())
	}
	return record(v1alpha1.CallDone, "")
}

func resultOf(err error) v1alpha1.CallResult {
	if fault.Is(err, fault.Denied, fault.DeniedByOrganization) {
		return v1alpha1.CallDenied
	}
	return v1alpha1.CallFailed
}
