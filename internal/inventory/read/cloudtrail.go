package read

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

const trailType = "AWS::CloudTrail::Trail"

// shownTrails are the trails that the home region shows: all that record several regions, and
// its own. A trail of an organization is shown once though it is everyone's.
func shownTrails(ctx context.Context, s *Scope) ([]inventory.Trail, error) {
	return once(s, "cloudtrail.shown", func() ([]inventory.Trail, error) { return describeTrails(ctx, s) })
}

func describeTrails(ctx context.Context, s *Scope, arns ...string) ([]inventory.Trail, error) {
	out, err := s.AWS.CloudTrail().DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{TrailNameList: arns})
	if err != nil {
		return nil, fmt.Errorf("describing trails: %w", err)
	}
	all := make([]inventory.Trail, 0, len(out.TrailList))
	for _, t := range out.TrailList {
		all = append(all, trailOf(s, t))
	}
	slices.SortFunc(all, func(a, b inventory.Trail) int { return strings.Compare(a.ARN, b.ARN) })
	return slices.CompactFunc(all, func(a, b inventory.Trail) bool { return a.ARN == b.ARN }), nil
}

func trailOf(s *Scope, t types.Trail) inventory.Trail {
	arn := aws.ToString(t.TrailARN)
	return inventory.Trail{
		Ref:   s.ref(trailType, aws.ToString(t.HomeRegion), aws.ToString(t.Name), arn),
		Owner: AccountOf(arn), MultiRegion: aws.ToBool(t.IsMultiRegionTrail), Organization: aws.ToBool(t.IsOrganizationTrail),
		LogValidation: aws.ToBool(t.LogFileValidationEnabled), Bucket: aws.ToString(t.S3BucketName),
		DefaultSelectors: t.HasCustomEventSelectors != nil && !*t.HasCustomEventSelectors,
		LogGroup:         strings.TrimSuffix(aws.ToString(t.CloudWatchLogsLogGroupArn), ":*"),
	}
}

// AccountOf returns the account that an ARN names, or "".
func AccountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

// trails adds to the shown trails those that record only a region of their own, if it is in
// scope.
func trails(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Trail, error) {
	shown, err := shownTrails(ctx, s)
	if err != nil {
		return nil, err
	}
	var hidden []string
	pages := cloudtrail.NewListTrailsPaginator(s.AWS.CloudTrail(), &cloudtrail.ListTrailsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing trails: %w", err)
		}
		for _, t := range page.Trails {
			arn := aws.ToString(t.TrailARN)
			known := slices.ContainsFunc(shown, func(have inventory.Trail) bool { return have.ARN == arn })
			if !known && slices.Contains(s.Regions, aws.ToString(t.HomeRegion)) {
				hidden = append(hidden, arn)
			}
		}
	}
	if len(hidden) == 0 {
		return slices.Clone(shown), nil
	}
	more, err := describeTrails(ctx, s, hidden...)
	return append(slices.Clone(shown), more...), err
}

// auditTrail reads more of those trails that could be the account's audit trail: all that record
// several regions; only where none of them does it, also the account's others.
func auditTrail(ctx context.Context, s *Scope) (inventory.AuditTrail, error) {
	return once(s, "cloudtrail.audit", func() (inventory.AuditTrail, error) {
		shown, err := shownTrails(ctx, s)
		if err != nil {
			return inventory.AuditTrail{}, err
		}
		found := inventory.AuditTrail{Ref: s.ref(trailType, "", s.Account, ""), Home: s.Home, Trails: slices.Clone(shown)}
		look := func(among func(inventory.Trail) bool) {
			each(found.Trails, func(t *inventory.Trail) {
				if among(*t) {
					t.Status = observeCall(s, func() (inventory.TrailStatus, error) { return TrailStatus(ctx, s.Session, t.Region, t.ARN) })
					t.Selectors = observeCall(s, func() (inventory.EventSelectors, error) { return selectorsOf(ctx, s, *t) })
				}
			})
		}
		look(func(t inventory.Trail) bool { return t.MultiRegion })
		if !slices.ContainsFunc(found.Trails, func(t inventory.Trail) bool { gaps, err := t.Gaps(); return err == nil && len(gaps) == 0 }) {
			look(func(t inventory.Trail) bool { return !t.MultiRegion && t.Own() })
		}
		return found, nil
	})
}

// selectorsOf reads a trail's selectors. A trail that AWS says has no selectors of its own, and
// that shows none, records all management events.
func selectorsOf(ctx context.Context, s *Scope, t inventory.Trail) (inventory.EventSelectors, error) {
	selectors, err := EventSelectors(ctx, s.Session, t.Region, t.ARN)
	if err == nil && t.DefaultSelectors && len(selectors.Basic)+len(selectors.Advanced) == 0 {
		selectors, _ = selectors.WithAllManagement()
	}
	return selectors, err
}

func observeCall[T any](s *Scope, call func() (T, error)) inventory.Observed[T] {
	value, err := call()
	return observed(s, value, err)
}

func auditTrails(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.AuditTrail, error) {
	found, err := auditTrail(ctx, s)
	if err != nil {
		return nil, err
	}
	return []inventory.AuditTrail{found}, nil
}

// FindTrail reads one trail of the account; nil where there is none.
func FindTrail(ctx context.Context, s *awsapi.Session, region, arn string) (*types.Trail, error) {
	out, err := s.In(region).CloudTrail().DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{TrailNameList: []string{arn}})
	if err != nil {
		return nil, fmt.Errorf("describing trail %s: %w", arn, err)
	}
	for _, t := range out.TrailList {
		if aws.ToString(t.TrailARN) == arn {
			return &t, nil
		}
	}
	return nil, nil
}

// TrailStatus reads what a trail is doing.
func TrailStatus(ctx context.Context, s *awsapi.Session, region, arn string) (inventory.TrailStatus, error) {
	out, err := s.In(region).CloudTrail().GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: aws.String(arn)})
	if err != nil {
		return inventory.TrailStatus{}, fmt.Errorf("reading trail status: %w", err)
	}
	return inventory.TrailStatus{
		Logging: aws.ToBool(out.IsLogging), DeliveryError: aws.ToString(out.LatestDeliveryError), LogGroupError: aws.ToString(out.LatestCloudWatchLogsDeliveryError),
	}, nil
}

// trailTags reads who owns a trail with which something is wrong.
func trailTags(ctx context.Context, s *Scope, t inventory.Trail) inventory.Trail {
	if t.Own() {
		t.Tags = observeCall(s, func() (map[string]string, error) { return TrailTags(ctx, s.Session, t.Region, t.ARN) })
	}
	return t
}

// auditTrailTags reads who owns the trail that would be changed.
func auditTrailTags(ctx context.Context, s *Scope, a inventory.AuditTrail) inventory.AuditTrail {
	if best, ok := a.Best(); ok {
		a.Tags = trailTags(ctx, s, best).Tags
	}
	return a
}

// TrailTags reads the tags of a trail.
func TrailTags(ctx context.Context, s *awsapi.Session, region, arn string) (map[string]string, error) {
	out, err := s.In(region).CloudTrail().ListTags(ctx, &cloudtrail.ListTagsInput{ResourceIdList: []string{arn}})
	if err != nil {
		return nil, fmt.Errorf("reading trail tags: %w", err)
	}
	tags := map[string]string{}
	for _, resource := range out.ResourceTagList {
		for _, tag := range resource.TagsList {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	return tags, nil
}
