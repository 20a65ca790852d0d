package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var getEventSelectors = awsapi.Reads((*cloudtrail.Client).GetEventSelectors)

// EventSelectors are which events a trail records.
var EventSelectors = look(func(ctx context.Context, s *awsapi.Session, trail inventory.Ref) (inventory.EventSelectors, error) {
	out, err := getEventSelectors.In(ctx, s.In(trail.Region), &cloudtrail.GetEventSelectorsInput{TrailName: &trail.ARN})
	if err != nil {
		return inventory.EventSelectors{}, fmt.Errorf("reading event selectors: %w", err)
	}
	var selectors inventory.EventSelectors
	for _, basic := range out.EventSelectors {
		selectors.Basic = append(selectors.Basic, basicSelector(basic))
	}
	for _, advanced := range out.AdvancedEventSelectors {
		selectors.Advanced = append(selectors.Advanced, advancedSelector(advanced))
	}
	return selectors, nil
}, getEventSelectors)

// basicSelector takes a value that is not there as its documented default.
func basicSelector(in types.EventSelector) inventory.EventSelector {
	out := inventory.EventSelector{
		ReadWriteType: string(in.ReadWriteType), IncludeManagementEvents: in.IncludeManagementEvents == nil || *in.IncludeManagementEvents,
		ExcludeManagementEventSources: some(in.ExcludeManagementEventSources),
	}
	if out.ReadWriteType == "" {
		out.ReadWriteType = string(types.ReadWriteTypeAll)
	}
	for _, data := range in.DataResources {
		out.DataResources = append(out.DataResources, inventory.DataResource{Type: aws.ToString(data.Type), Values: some(data.Values)})
	}
	return out
}

func advancedSelector(in types.AdvancedEventSelector) inventory.AdvancedSelector {
	out := inventory.AdvancedSelector{Name: aws.ToString(in.Name)}
	for _, f := range in.FieldSelectors {
		out.FieldSelectors = append(out.FieldSelectors, inventory.FieldSelector{
			Field: aws.ToString(f.Field), Equals: some(f.Equals), NotEquals: some(f.NotEquals), StartsWith: some(f.StartsWith),
			NotStartsWith: some(f.NotStartsWith), EndsWith: some(f.EndsWith), NotEndsWith: some(f.NotEndsWith),
		})
	}
	return out
}

// some makes an empty list nil, so that two readings of the same compare equal.
func some[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
