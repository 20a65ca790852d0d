package fakeaws

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// selectorsPerTrail is how many basic selectors a trail has at most.
const selectorsPerTrail = 5

func serveEventSelectors(c *Cloud) {
	on(c, putEventSelectors)
	on(c, func(r *Request, in *cloudtrail.GetEventSelectorsInput) (*cloudtrail.GetEventSelectorsOutput, error) {
		t, err := r.trail(in.TrailName)
		if err != nil {
			return nil, err
		}
		return &cloudtrail.GetEventSelectorsOutput{TrailARN: t.TrailARN, EventSelectors: t.basicSelectors(), AdvancedEventSelectors: t.advanced}, nil
	})
}

// basicSelectors are the trail's own, or what a trail without any records.
func (t *trail) basicSelectors() []types.EventSelector {
	if t.basic != nil || t.advanced != nil {
		return t.basic
	}
	return []types.EventSelector{{
		ReadWriteType: types.ReadWriteTypeAll, IncludeManagementEvents: aws.Bool(true),
		DataResources: []types.DataResource{}, ExcludeManagementEventSources: []string{},
	}}
}

func putEventSelectors(r *Request, in *cloudtrail.PutEventSelectorsInput) (*cloudtrail.PutEventSelectorsOutput, error) {
	t, err := r.changeableTrail(in.TrailName)
	if err != nil {
		return nil, err
	}
	refused := (len(in.EventSelectors) == 0) == (len(in.AdvancedEventSelectors) == 0) || len(in.EventSelectors) > selectorsPerTrail ||
		slices.ContainsFunc(in.AdvancedEventSelectors, withoutCategory)
	if refused {
		return nil, &types.InvalidEventSelectorsException{Message: aws.String("Specify event selectors or advanced event selectors, in valid form.")}
	}
	t.basic, t.advanced = nil, slices.Clone(in.AdvancedEventSelectors)
	for _, selector := range in.EventSelectors {
		t.basic = append(t.basic, spelledSelector(selector))
	}
	t.HasCustomEventSelectors = aws.Bool(true)
	return &cloudtrail.PutEventSelectorsOutput{TrailARN: t.TrailARN, EventSelectors: t.basic, AdvancedEventSelectors: t.advanced}, nil
}

// withoutCategory says whether an advanced selector lacks the one field that it must have.
func withoutCategory(selector types.AdvancedEventSelector) bool {
	return !slices.ContainsFunc(selector.FieldSelectors, func(f types.AdvancedFieldSelector) bool {
		return aws.ToString(f.Field) == "eventCategory" && len(f.Equals) == 1
	})
}

// spelledSelector is a basic selector as CloudTrail keeps it: with its defaults.
func spelledSelector(selector types.EventSelector) types.EventSelector {
	if selector.ReadWriteType == "" {
		selector.ReadWriteType = types.ReadWriteTypeAll
	}
	selector.IncludeManagementEvents = aws.Bool(selector.IncludeManagementEvents == nil || *selector.IncludeManagementEvents)
	if selector.DataResources == nil {
		selector.DataResources = []types.DataResource{}
	}
	if selector.ExcludeManagementEventSources == nil {
		selector.ExcludeManagementEventSources = []string{}
	}
	return selector
}
