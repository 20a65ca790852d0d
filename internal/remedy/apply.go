package remedy

import (
	"context"
	"errors"
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
	// Result is how the call of the action stands by an earlier pass over the run; "" where there
	// was none.
	Result(hash, call string) v1alpha1.CallResult
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
	// Refused is how a call ends that nobody may send any more, and Why; "" where it may be sent.
	// What was claimed before is then still told as done where AWS shows it so.
	Refused v1alpha1.CallResult
	Why     string
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
		one := pass{Intent: intent, journal: journal, may: may}
		if err := one.take(ctx, steps); err != nil {
			return outcome, errors.Join(err, flush(ctx, journal))
		}
		outcome.count(one.result)
		if outcome.Stopped = one.stop; outcome.Stopped != nil {
			break
		}
	}
	return outcome, flush(ctx, journal)
}

// flush makes durable what is known, also for a process that was told to end.
func flush(ctx context.Context, journal Journal) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), CallDeadline)
	defer cancel()
	return journal.Flush(ctx)
}

// Ended says of a call that stands so whether it is not to be looked at again.
func Ended(result v1alpha1.CallResult) bool {
	return result != "" && result != v1alpha1.CallClaimed && result != v1alpha1.CallSkipped
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
	Intent
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
		if p.result = p.journal.Result(p.Hash, step.Call); !Ended(p.result) {
			if err := p.step(ctx, step); err != nil {
				return err
			}
		}
		if p.result != v1alpha1.CallDone && p.result != v1alpha1.CallAlreadySo {
			break
		}
	}
	return nil
}

// step looks, and sends what is pending. What was claimed before may have been sent by a process
// that did not live to record it: found done, it was done, and found otherwise, it stays claimed
// until it is known what became of it.
func (p *pass) step(ctx context.Context, step Step) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	claimed := p.journal.Result(p.Hash, step.Call) == v1alpha1.CallClaimed
	standing, err := step.look(ctx)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return p.failed(ctx, step, err)
	}
	if result, why := p.ends(standing, err, claimed); result != "" {
		p.record(step, result, why)
		return nil
	}
	if p.stop = p.may(ctx); p.stop != nil {
		p.result = v1alpha1.CallSkipped
		if !claimed {
			p.record(step, v1alpha1.CallSkipped, p.stop.Error())
		}
		return nil
	}
	if err := p.journal.Claim(ctx, p.Hash, step.Call); err != nil {
		return fmt.Errorf("claiming %s: %w", step.Call, err)
	}
	return p.sent(context.WithoutCancel(ctx), step)
}

// ends says how a call ends without being sent; "" where it is to be sent.
func (p *pass) ends(standing Standing, gone error, claimed bool) (result v1alpha1.CallResult, why string) {
	switch {
	case gone != nil:
		return v1alpha1.CallChanged, maybeSent(claimed, "the target is gone: "+gone.Error())
	case standing == Done && claimed:
		return v1alpha1.CallDone, "claimed before; as intended now"
	case standing == Done:
		return v1alpha1.CallAlreadySo, ""
	case p.Refused != "":
		return p.Refused, maybeSent(claimed, p.Why)
	case standing == Changed:
		return v1alpha1.CallChanged, maybeSent(claimed, "the target is not as it was planned; it is planned anew")
	}
	return "", ""
}

// maybeSent says of what is not as planned whether an earlier process may have sent it.
func maybeSent(claimed bool, why string) string {
	if claimed {
		return "claimed before, and perhaps sent; " + why
	}
	return why
}

// sent sends what was claimed, and records what became of it: once it is on its way, no end of
// the process keeps its answer from being known, but the call's own deadline.
func (p *pass) sent(ctx context.Context, step Step) error {
	err := step.send(ctx)
	if err == nil {
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
	p.journal.Record(p.Hash, step.Call, result, inventory.Clean(message, 400))
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
