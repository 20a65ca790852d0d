// Package contract gives the fake its word: one script of calls, played through the real SDK
// clients on the fake and on an AWS that speaks the wire protocols, and everything that came of
// it compared: outputs, error codes, nil against empty. Where the two differ, differences.csv
// says who is right about AWS, and why.
package contract

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
)

// Script is the calls made of one service, in an account of its own.
type Script struct {
	Name    string
	Account string
	play    func(*play)
}

// Scripts returns the one contract, service by service.
func Scripts() []Script {
	return []Script{
		{"sts", "100000000001", playSTS},
		{"iam", "100000000002", playIAM},
		{"s3", "100000000003", playS3},
		{"kms", "100000000004", playKMS},
		{"rds", "100000000005", playRDS},
		{"dynamodb", "100000000006", playDynamoDB},
		{"guardduty", "100000000007", playGuardDuty},
		{"account", "100000000008", playAccount},
		{"ec2", "100000000009", playEC2},
		{"cloudtrail", "100000000021", playCloudTrail},
		{"logs", "100000000022", playLogs},
		{"cloudwatch", "100000000023", playCloudWatch},
		{"sns", "100000000024", playSNS},
		{"config", "100000000025", playConfig},
		{"elbv2", "100000000026", playELB},
	}
}

// Result is what came of one call.
type Result struct {
	Script, Step string
	// Operation as service:Operation.
	Operation string
	// Output is the normalised output, nil where there was an error.
	Output any
	// Error is the code of the error, with the type that the SDK made of it, or "".
	Error string
}

// Play plays the scripts on an AWS, given by how an administrator of an account reaches it.
func Play(ctx context.Context, configFor func(account string) aws.Config, scripts []Script) (results []Result, err error) {
	for _, script := range scripts {
		p := &play{ctx: ctx, script: script, configFor: configFor, names: newNames(), steps: map[string]bool{}}
		p.config = p.as(script.Account)
		if err := p.through(); err != nil {
			return nil, err
		}
		results = append(results, p.results...)
	}
	return results, nil
}

// play is one script being played.
type play struct {
	ctx       context.Context
	script    Script
	configFor func(account string) aws.Config
	config    aws.Config
	names     *names
	steps     map[string]bool
	operation string
	results   []Result
}

func (p *play) through() (err error) {
	step := func() string {
		if len(p.results) == 0 {
			return "its start"
		}
		return p.results[len(p.results)-1].Step
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("playing %s: stopped after %q: %v", p.script.Name, step(), cause)
		}
	}()
	p.script.play(p)
	return p.ctx.Err()
}

// as returns the configuration of an administrator of the account.
func (p *play) as(account string) aws.Config {
	config := p.configFor(account)
	config.APIOptions = append(append([]func(*middleware.Stack) error{}, config.APIOptions...), p.overhear)
	return config
}

// in returns the configuration of a region.
func (p *play) in(region string) aws.Config {
	config := p.config.Copy()
	config.Region = region
	return config
}

// overhear keeps the name of the operation that is called.
func (p *play) overhear(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("contract:Overhear", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		p.operation = awsapi.OperationName(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx))
		return next.HandleInitialize(ctx, in)
	}), middleware.Before)
}

// call makes one call of the script and keeps what came of it under the step's name. After an
// error the output is empty, not nil.
func call[I, O, P any](p *play, step string, method func(context.Context, *I, ...func(*P)) (*O, error), in *I) *O {
	if p.steps[step] {
		panic("two steps are named " + step)
	}
	p.steps[step] = true
	out, err := method(p.ctx, in)
	result := Result{Script: p.script.Name, Step: step, Operation: p.operation}
	if err != nil {
		result.Error, out = errorOf(err), new(O)
	} else {
		result.Output = p.names.normal(step, out)
	}
	p.results = append(p.results, result)
	return out
}

// scene makes a call that no comparison is about; a script whose scene fails stops.
func scene[I, O, P any](p *play, method func(context.Context, *I, ...func(*P)) (*O, error), in *I) {
	if _, err := method(p.ctx, in); err != nil {
		panic(err)
	}
}
