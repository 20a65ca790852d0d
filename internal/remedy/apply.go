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
// the run. A run in which more than a tenth of the actions fail, and at least two, is stopped,
// and so is one whose credentials turn out to be another account's.
func Apply(ctx context.Context, s *awsapi.Session, intents []Intent, journal Journal, may func(context.Context) error) (Outcome, error) {
	var outcome Outcome
	for _, intent := range intents {
		if outcome.Failed >= 2 && outcome.Failed*10 > len(intents) {
			outcome.Stopped = fmt.Errorf("%d of %d actions failed", outcome.Failed, len(intents))
			break
		}
		steps, err := Steps(s, intent.Action)
		if err != nil {
			return outcome, err
		}
		one := pass{hash: intent.Hash, journal: journal, may: may}
		if err := one.take(ctx, steps); err != nil {
			return outcome, err
		}
		outcome.count(one.result)
		if outcome.Stopped = one.stop; outcome.Stopped != nil {
			break
		}
	}
	return outcome, journal.Flush(ctx)
}

func (o *Outcome) count(result v1alpha1.CallResult) {
	switch result {
	case v1alpha1.CallDone, v1alpha1.CallAlreadySo:
		o.Applied++
	case v1alpha1.CallChanged:
		o.Changed++
	case v1alpha1.CallDenied, v1alpha1.CallFailed:
		o.Failed++
	case v1alpha1.CallSkipped, v1alpha1.CallClaimed:
	}
}

// pass takes the steps of one action.
type pass struct {
	hash    string
	journal Journal
	may     func(context.Context) error

	// result is how the last step ended, and stop why the run must not go on, if so.
	result v1alpha1.CallResult
	stop   error
}

// take takes steps until one of them does not end well.
func (p *pass) take(ctx context.Context, steps []Step) error {
	p.result = v1alpha1.CallAlreadySo
	for _, step := range steps {
		if ended, ok := p.journal.Ended(p.hash, step.Call); ok {
			p.result = ended
		} else if err := p.step(ctx, step); err != nil {
			return err
		}
		if p.result != v1alpha1.CallDone && p.result != v1alpha1.CallAlreadySo {
			break
		}
	}
	return nil
}

// step looks, and sends what is pending.
func (p *pass) step(ctx context.Context, step Step) error {
	standing, err := step.look(ctx)
	switch {
	case fault.Is(err, fault.NotFound):
		p.record(step, v1alpha1.CallChanged, "the target is gone: "+err.Error())
		return nil
	case err != nil:
		return p.failed(ctx, step, err)
	case standing == Done:
		p.record(step, v1alpha1.CallAlreadySo, "")
		return nil
	case standing == Changed:
		p.record(step, v1alpha1.CallChanged, "the target is not as it was planned; it is planned anew")
		return nil
	}
	if p.stop = p.may(ctx); p.stop != nil {
		p.record(step, v1alpha1.CallSkipped, p.stop.Error())
		return nil
	}
	if err := p.journal.Claim(ctx, p.hash, step.Call); err != nil {
		return fmt.Errorf("claiming %s: %w", step.Call, err)
	}
	if err = step.send(ctx); err == nil {
		p.record(step, v1alpha1.CallDone, "")
		return nil
	}
	// The answer may have been lost, not the call.
	if standing, looking := step.look(ctx); looking == nil && standing == Done {
		p.record(step, v1alpha1.CallDone, "read again, it is as intended, though the answer was: "+err.Error())
		return nil
	}
	return p.failed(ctx, step, err)
}

// failed records an error. What a context that ended kept from being known is not recorded:
// the next pass over the run looks again.
func (p *pass) failed(ctx context.Context, step Step, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	result := v1alpha1.CallFailed
	if fault.Is(err, fault.Denied, fault.DeniedByOrganization) {
		result = v1alpha1.CallDenied
	}
	if fault.Is(err, fault.WrongAccount) {
		p.stop = err
	}
	p.record(step, result, err.Error())
	return nil
}

func (p *pass) record(step Step, result v1alpha1.CallResult, message string) {
	p.result = result
	p.journal.Record(p.hash, step.Call, result, inventory.Clean(message, 400))
}

func (s Step) look(ctx context.Context) (Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, CallDeadline)
	defer cancel()
	return s.Look(ctx)
}

func (s Step) send(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(awsapi.Permit(ctx, s.Call), CallDeadline)
	defer cancel()
	return s.Send(ctx)
}
