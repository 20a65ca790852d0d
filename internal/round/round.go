// Package round is one look at one account: read what is declared, judge it, look closer at
// what is wrong, judge again, mark what is accepted, plan. The operator, the command line and
// the tests all take it. It writes nothing.
package round

import (
	"context"
	"fmt"
	"slices"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// Input is what a round looks at.
type Input struct {
	Session *awsapi.Session
	// Regions in scope.
	Regions      []string
	Who          inventory.Who
	Declarations []posture.Declaration
	// Acceptances that are for the account.
	Acceptances []posture.Acceptance
	Rules       posture.Rules
}

// Result is what it found.
type Result struct {
	Facts  *inventory.Snapshot
	Report posture.Report
	Plan   posture.Plan
}

// Take takes one round.
func Take(ctx context.Context, in Input) (Result, error) {
	wants := make([]inventory.Want, 0, len(in.Declarations))
	for _, declaration := range in.Declarations {
		wants = append(wants, declaration.Control.WantFor(declaration.Leaf))
	}
	wants = inventory.Merge(wants)
	s := in.Session
	facts := inventory.NewSnapshot(s.Account, s.Partition, s.Home, slices.Sorted(slices.Values(in.Regions)), s.Now())
	facts.Who = in.Who
	if err := read.All(ctx, s, wants, facts); err != nil {
		return Result{}, fmt.Errorf("reading the account: %w", err)
	}
	report := posture.Judge(in.Declarations, facts)
	read.Closer(ctx, s, wants, facts, report.Wrong())
	// Accepting comes last: what was read more closely shows the tags it may go by.
	report = posture.Accept(posture.Judge(in.Declarations, facts), in.Acceptances)
	plan, err := posture.Draft(report, facts, in.Rules)
	if err != nil {
		return Result{}, err
	}
	return Result{Facts: facts, Report: report, Plan: plan}, nil
}
