package remedy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var (
	startLoggingCall  = awsapi.Writes((*cloudtrail.Client).StartLogging)
	stopLoggingCall   = awsapi.Writes((*cloudtrail.Client).StopLogging)
	putEventSelectors = awsapi.Writes((*cloudtrail.Client).PutEventSelectors)
	// CloudTrail assumes the role for the caller, who must be allowed to pass it.
	updateTrailCall = awsapi.Writes(with((*cloudtrail.Client).UpdateTrail, untilRoleIsKnown), "cloudtrail:UpdateTrail", "iam:PassRole")
)

func startTrail(s *awsapi.Session, a action.StartTrail) []Step {
	return []Step{startLogging(s, a.Trail)}
}

func startLogging(s *awsapi.Session, trail action.Target) Step {
	return ensure(startLoggingCall.Name, read.TrailStatus.Calls,
		func(ctx context.Context) (bool, error) {
			status, err := read.TrailStatus.Of(ctx, s, trail.Ref())
			return status.Logging, err
		},
		func(ctx context.Context) error {
			return sent(startLoggingCall.In(ctx, s.In(trail.Region), &cloudtrail.StartLoggingInput{Name: aws.String(trail.ID)}))
		})
}

// updateTrail is the step that changes one setting of a trail: it names no other, which leaves
// them as they are.
func updateTrail[S any](s *awsapi.Session, trail action.Target, value func(*types.Trail) S, from, to S, change *cloudtrail.UpdateTrailInput) Step {
	change.Name = aws.String(trail.ID)
	return setting(updateTrailCall.Name, read.FindTrail.Calls,
		func(ctx context.Context) (S, error) {
			found, err := read.FindTrail.Of(ctx, s, trail.Ref())
			switch {
			case err != nil:
				return *new(S), err
			case found == nil:
				return *new(S), noTrail(trail)
			}
			return value(found), nil
		},
		from, to,
		func(ctx context.Context) error {
			return sent(updateTrailCall.In(ctx, s.In(trail.Region), change))
		})
}

func noTrail(trail action.Target) error {
	return &fault.Fault{Class: fault.NotFound, Operation: "cloudtrail:DescribeTrails", Message: "there is no trail " + trail.ID}
}

func recordAllRegions(s *awsapi.Session, a action.RecordAllRegions) []Step {
	return multiRegion(s, a.Trail, true)
}

func recordOneRegion(s *awsapi.Session, a action.RecordAllRegions) backward {
	return one(multiRegion(s, a.Trail, false))
}

func multiRegion(s *awsapi.Session, trail action.Target, on bool) []Step {
	return []Step{updateTrail(s, trail, func(t *types.Trail) bool { return aws.ToBool(t.IsMultiRegionTrail) }, !on, on,
		&cloudtrail.UpdateTrailInput{IsMultiRegionTrail: aws.Bool(on)})}
}

var _ = set(action.TrailValidation, sends(updateTrailCall, func(trail inventory.Ref, on bool) *cloudtrail.UpdateTrailInput {
	return &cloudtrail.UpdateTrailInput{Name: &trail.ID, EnableLogFileValidation: &on}
}))

func stopTrail(s *awsapi.Session, a action.StartTrail) backward {
	return backward{stopLoggingCall.Name: stopLogging(s, a.Trail)}
}

func stopLogging(s *awsapi.Session, trail action.Target) Step {
	return Step{
		Reads: read.TrailStatus.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			status, err := read.TrailStatus.Of(ctx, s, trail.Ref())
			return ours(status.Logging, true), err
		},
		Send: func(ctx context.Context) error {
			return sent(stopLoggingCall.In(ctx, s.In(trail.Region), &cloudtrail.StopLoggingInput{Name: aws.String(trail.ID)}))
		},
	}
}

func undoManagementEvents(s *awsapi.Session, a action.RecordManagementEvents) backward {
	return one(recordManagementEvents(s, action.RecordManagementEvents{Trail: a.Trail, From: a.To, To: a.From}))
}

func recordManagementEvents(s *awsapi.Session, a action.RecordManagementEvents) []Step {
	trail := a.Trail
	return []Step{setting(putEventSelectors.Name, read.EventSelectors.Calls,
		func(ctx context.Context) (inventory.EventSelectors, error) {
			return read.EventSelectors.Of(ctx, s, trail.Ref())
		},
		a.From, a.To,
		func(ctx context.Context) error {
			input := &cloudtrail.PutEventSelectorsInput{TrailName: aws.String(trail.ID)}
			for _, selector := range a.To.Basic {
				input.EventSelectors = append(input.EventSelectors, basicSelector(selector))
			}
			for _, selector := range a.To.Advanced {
				input.AdvancedEventSelectors = append(input.AdvancedEventSelectors, advancedSelector(selector))
			}
			return sent(putEventSelectors.In(ctx, s.In(trail.Region), input))
		})}
}

func basicSelector(in inventory.EventSelector) types.EventSelector {
	out := types.EventSelector{
		ReadWriteType: types.ReadWriteType(in.ReadWriteType), IncludeManagementEvents: aws.Bool(in.IncludeManagementEvents),
		ExcludeManagementEventSources: in.ExcludeManagementEventSources,
	}
	for _, data := range in.DataResources {
		out.DataResources = append(out.DataResources, types.DataResource{Type: aws.String(data.Type), Values: data.Values})
	}
	return out
}

func advancedSelector(in inventory.AdvancedSelector) types.AdvancedEventSelector {
	var out types.AdvancedEventSelector
	if in.Name != "" {
		out.Name = aws.String(in.Name)
	}
	for _, f := range in.FieldSelectors {
		out.FieldSelectors = append(out.FieldSelectors, types.AdvancedFieldSelector{
			Field: aws.String(f.Field), Equals: f.Equals, NotEquals: f.NotEquals, StartsWith: f.StartsWith, NotStartsWith: f.NotStartsWith, EndsWith: f.EndsWith, NotEndsWith: f.NotEndsWith,
		})
	}
	return out
}
