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

var (
	describeTrails = awsapi.Reads((*cloudtrail.Client).DescribeTrails)
	listTrails     = awsapi.Lists(cloudtrail.NewListTrailsPaginator)
	getTrailStatus = awsapi.Reads((*cloudtrail.Client).GetTrailStatus)
	listTrailTags  = awsapi.Reads((*cloudtrail.Client).ListTags)
)

var _ = made(inventory.Trails,
	list(listedTrails, describeTrails),
	wholly[inventory.Trail](listTrails),
	tagged[inventory.Trail](trailTags, listTrailTags),
)

// auditTrailCalls read the account's audit trail.
var auditTrailCalls = []awsapi.Named{describeTrails, getTrailStatus, getEventSelectors, listTrailTags}

// shownTrails are the trails that the home region shows: all that record several regions, and
// its own. A trail of an organization is shown once though it is everyone's.
func shownTrails(ctx context.Context, s *Scope) ([]inventory.Trail, error) {
	return once(s, "cloudtrail.shown", func() ([]inventory.Trail, error) { return trailsNamed(ctx, s) })
}

func trailsNamed(ctx context.Context, s *Scope, arns ...string) ([]inventory.Trail, error) {
	out, err := describeTrails.In(ctx, s.AWS, &cloudtrail.DescribeTrailsInput{TrailNameList: arns})
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
		Ref:   s.ref(inventory.Trails.Type.Name, aws.ToString(t.HomeRegion), aws.ToString(t.Name), arn),
		Owner: accountOf(arn), MultiRegion: aws.ToBool(t.IsMultiRegionTrail), Organization: aws.ToBool(t.IsOrganizationTrail),
		LogValidation: aws.ToBool(t.LogFileValidationEnabled), Bucket: aws.ToString(t.S3BucketName),
		DefaultSelectors: t.HasCustomEventSelectors != nil && !*t.HasCustomEventSelectors,
		LogGroup:         strings.TrimSuffix(aws.ToString(t.CloudWatchLogsLogGroupArn), ":*"),
	}
}

// accountOf returns the account that an ARN names, or "".
func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

// listedTrails adds to the shown trails those that record only a region of their own, if it is
// in scope. One is described where it is.
func listedTrails(ctx context.Context, s *Scope, id string) ([]inventory.Trail, error) {
	if id != "" {
		return trailsNamed(ctx, s, id)
	}
	shown, err := shownTrails(ctx, s)
	if err != nil {
		return nil, err
	}
	var hidden []string
	err = listTrails.In(ctx, s.AWS, &cloudtrail.ListTrailsInput{}, func(page *cloudtrail.ListTrailsOutput) error {
		for _, t := range page.Trails {
			arn := aws.ToString(t.TrailARN)
			known := slices.ContainsFunc(shown, func(have inventory.Trail) bool { return have.ARN == arn })
			if !known && slices.Contains(s.Regions, aws.ToString(t.HomeRegion)) {
				hidden = append(hidden, arn)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing trails: %w", err)
	}
	if len(hidden) == 0 {
		return slices.Clone(shown), nil
	}
	more, err := trailsNamed(ctx, s, hidden...)
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
		found := inventory.AuditTrail{Ref: s.ref(inventory.Trails.Type.Name, "", s.Account, ""), Home: s.Home, Trails: slices.Clone(shown)}
		look := func(among func(inventory.Trail) bool) {
			each(found.Trails, func(t *inventory.Trail) {
				if among(*t) {
					t.Status = observeCall(s, func() (inventory.TrailStatus, error) { return TrailStatus.Of(ctx, s.Session, t.Ref) })
					t.Selectors = observeCall(s, func() (inventory.EventSelectors, error) { return selectorsOf(ctx, s, *t) })
				}
			})
		}
		look(func(t inventory.Trail) bool { return t.MultiRegion })
		if !slices.ContainsFunc(found.Trails, func(t inventory.Trail) bool { gaps, err := t.Gaps(); return err == nil && len(gaps) == 0 }) {
			look(func(t inventory.Trail) bool { return !t.MultiRegion && t.Ours() })
		}
		return found, nil
	})
}

// selectorsOf reads a trail's selectors. A trail that AWS says has no selectors of its own, and
// that shows none, records all management events.
func selectorsOf(ctx context.Context, s *Scope, t inventory.Trail) (inventory.EventSelectors, error) {
	selectors, err := EventSelectors.Of(ctx, s.Session, t.Ref)
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
	found.OwnBuckets = observeCall(s, func() ([]string, error) { return ownBuckets(ctx, s, found.Trails) })
	return []inventory.AuditTrail{found}, nil
}

// ownBuckets are those of the account that its own trails of all regions deliver to. Where an
// organization's trail delivers to, the organization says.
func ownBuckets(ctx context.Context, s *Scope, trails []inventory.Trail) (own []string, err error) {
	for _, t := range trails {
		if !t.MultiRegion || !t.Ours() || t.Organization || slices.Contains(own, t.Bucket) {
			continue
		}
		found, err := bucketNamed(ctx, s.Session, t.Bucket)
		if err != nil {
			return nil, err
		}
		if found != nil {
			own = append(own, t.Bucket)
		}
	}
	return own, nil
}

// FindTrail reads the trail that a reference names by its ARN; nil where there is none.
var FindTrail = look(func(ctx context.Context, s *awsapi.Session, of inventory.Ref) (*types.Trail, error) {
	out, err := describeTrails.In(ctx, s.In(of.Region), &cloudtrail.DescribeTrailsInput{TrailNameList: []string{of.ARN}})
	if err != nil {
		return nil, fmt.Errorf("describing trail %s: %w", of.ARN, err)
	}
	for _, t := range out.TrailList {
		if aws.ToString(t.TrailARN) == of.ARN {
			return &t, nil
		}
	}
	return nil, nil
}, describeTrails)

// NoOtherTrail says whether the account has no trail but the planned one.
var NoOtherTrail = look(func(ctx context.Context, s *awsapi.Session, planned inventory.Ref) (bool, error) {
	out, err := describeTrails.In(ctx, s.In(planned.Region), &cloudtrail.DescribeTrailsInput{})
	if err != nil {
		return false, fmt.Errorf("looking for other trails: %w", err)
	}
	return !slices.ContainsFunc(out.TrailList, func(t types.Trail) bool {
		arn := aws.ToString(t.TrailARN)
		return arn != planned.ARN && accountOf(arn) == s.Account
	}), nil
}, describeTrails)

// TrailStatus is what a trail is doing.
var TrailStatus = look(func(ctx context.Context, s *awsapi.Session, trail inventory.Ref) (inventory.TrailStatus, error) {
	out, err := getTrailStatus.In(ctx, s.In(trail.Region), &cloudtrail.GetTrailStatusInput{Name: &trail.ARN})
	if err != nil {
		return inventory.TrailStatus{}, fmt.Errorf("reading trail status: %w", err)
	}
	return inventory.TrailStatus{
		Logging: aws.ToBool(out.IsLogging), DeliveryError: aws.ToString(out.LatestDeliveryError), LogGroupError: aws.ToString(out.LatestCloudWatchLogsDeliveryError),
	}, nil
}, getTrailStatus)

// trailTags has none of a trail of another account, which only that may ask for.
func trailTags(ctx context.Context, s *Scope, trail inventory.Ref) (map[string]string, error) {
	if accountOf(trail.ARN) != trail.Account {
		return nil, nil
	}
	return TrailTags.Of(ctx, s.Session, trail)
}

// auditTrailTags reads who owns the trail that would be changed.
func auditTrailTags(ctx context.Context, s *Scope, a inventory.AuditTrail) inventory.AuditTrail {
	if best, ok := a.Best(); ok {
		a.Tags = observeCall(s, func() (map[string]string, error) { return TrailTags.Of(ctx, s.Session, best.Ref) })
	}
	return a
}

// TrailTags are the tags of a trail.
var TrailTags = look(func(ctx context.Context, s *awsapi.Session, trail inventory.Ref) (map[string]string, error) {
	out, err := listTrailTags.In(ctx, s.In(trail.Region), &cloudtrail.ListTagsInput{ResourceIdList: []string{trail.ARN}})
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
}, listTrailTags)
