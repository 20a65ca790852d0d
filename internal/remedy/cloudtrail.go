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

func startTrail(s *awsapi.Session, a action.StartTrail) []Step {
	return []Step{startLogging(s, a.Trail)}
}

func startLogging(s *awsapi.Session, trail action.Target) Step {
	return ensure("cloudtrail:StartLogging",
		func(ctx context.Context) (bool, error) {
			status, err := read.TrailStatus(ctx, s, trail.Region, trail.ARN)
			return status.Logging, err
		},
		func(ctx context.Context) error {
			return sent(s.In(trail.Region).CloudTrail().StartLogging(ctx, &cloudtrail.StartLoggingInput{Name: aws.String(trail.ID)}))
		})
}

// updateTrail is the step that changes one setting of a trail: it names no other, which leaves
// them as they are.
func updateTrail[S any](s *awsapi.Session, trail action.Target, value func(*types.Trail) S, from, to S, change *cloudtrail.UpdateTrailInput) Step {
	change.Name = aws.String(trail.ID)
	return setting("cloudtrail:UpdateTrail",
		func(ctx context.Context) (S, error) {
			found, err := read.FindTrail(ctx, s, trail.Region, trail.ARN)
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
			return sent(s.In(trail.Region).CloudTrail().UpdateTrail(ctx, change, untilRoleIsKnown))
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

func validateTrailLogs(s *awsapi.Session, a action.ValidateTrailLogs) []Step {
	return trailValidation(s, a.Trail, true)
}

func undoTrailValidation(s *awsapi.Session, a action.ValidateTrailLogs) backward {
	return one(trailValidation(s, a.Trail, false))
}

func trailValidation(s *awsapi.Session, trail action.Target, on bool) []Step {
	return []Step{updateTrail(s, trail, func(t *types.Trail) bool { return aws.ToBool(t.LogFileValidationEnabled) }, !on, on,
		&cloudtrail.UpdateTrailInput{EnableLogFileValidation: aws.Bool(on)})}
}

func stopTrail(s *awsapi.Session, a action.StartTrail) backward {
	return backward{"cloudtrail:StopLogging": stopLogging(s, a.Trail)}
}

func stopLogging(s *awsapi.Session, trail action.Target) Step {
	return Step{
		Look: func(ctx context.Context) (Standing, error) {
			status, err := read.TrailStatus(ctx, s, trail.Region, trail.ARN)
			return ours(status.Logging, true), err
		},
		Send: func(ctx context.Context) error {
			return sent(s.In(trail.Region).CloudTrail().StopLogging(ctx, &cloudtrail.StopLoggingInput{Name: aws.String(trail.ID)}))
		},
	}
}

func undoManagementEvents(s *awsapi.Session, a action.RecordManagementEvents) backward {
	return one(recordManagementEvents(s, action.RecordManagementEvents{Trail: a.Trail, From: a.To, To: a.From}))
}

func recordManagementEvents(s *awsapi.Session, a action.RecordManagementEvents) []Step {
	trail := a.Trail
	return []Step{setting("cloudtrail:PutEventSelectors",
		func(ctx context.Context) (inventory.EventSelectors, error) {
			return read.EventSelectors(ctx, s, trail.Region, trail.ARN)
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
			return sent(s.In(trail.Region).CloudTrail().PutEventSelectors(ctx, input))
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
