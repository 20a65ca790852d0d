package fakeaws

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// trailState is an account's trails, by ARN, whatever their region.
type trailState struct {
	trails map[string]*trail
	// members see the account's organization trails.
	members []string
}

type trail struct {
	types.Trail
	account  string
	basic    []types.EventSelector
	advanced []types.AdvancedEventSelector
	tags     map[string]string
	logging  bool
	started  *time.Time
	stopped  *time.Time
}

// trailsPerRegion is how many trails a region shows at most, those of other regions included.
const trailsPerRegion = 5

func serveCloudTrail(c *Cloud) {
	on(c, createTrail)
	on(c, updateTrail)
	on(c, deleteTrail)
	on(c, describeTrails)
	on(c, listTrails)
	on(c, getTrailStatus)
	on(c, func(r *Request, in *cloudtrail.StartLoggingInput) (*cloudtrail.StartLoggingOutput, error) {
		return &cloudtrail.StartLoggingOutput{}, r.setLogging(in.Name, true)
	})
	on(c, func(r *Request, in *cloudtrail.StopLoggingInput) (*cloudtrail.StopLoggingOutput, error) {
		return &cloudtrail.StopLoggingOutput{}, r.setLogging(in.Name, false)
	})
	on(c, lookupEvents)
	serveEventSelectors(c)
	serveTrailTags(c)
}

// ShareTrails makes the accounts members of the organization that the account manages: its
// organization trails are theirs to see.
func (c *Cloud) ShareTrails(manager string, members ...string) {
	c.edit(manager, "", func(r *Request) { global[trailState](r).members = members })
}

// visible returns the trails that the called account sees in the called region, in order of ARN.
func (r *Request) visible(shadows bool) []*trail {
	var all []*trail
	for _, t := range r.everyTrail() {
		home := *t.HomeRegion == r.Region && t.account == r.Account
		if home || shadows && (*t.HomeRegion == r.Region || *t.IsMultiRegionTrail) {
			all = append(all, t)
		}
	}
	return all
}

// everyTrail returns the called account's trails of all regions and those of its organization.
func (r *Request) everyTrail() []*trail {
	var all []*trail
	for key, state := range r.Cloud.states {
		owner, ok := state.(*trailState)
		if !ok {
			continue
		}
		for _, t := range owner.trails {
			if key.account == r.Account || *t.IsOrganizationTrail && slices.Contains(owner.members, r.Account) {
				all = append(all, t)
			}
		}
	}
	slices.SortFunc(all, func(a, b *trail) int { return strings.Compare(*a.TrailARN, *b.TrailARN) })
	return all
}

// trail finds a trail as CloudTrail does: in the called region by name, and by ARN also what is
// only shown there.
func (r *Request) trail(name *string) (*trail, error) {
	wanted := aws.ToString(name)
	for _, t := range r.visible(true) {
		if *t.TrailARN == wanted || *t.Name == wanted && *t.HomeRegion == r.Region && t.account == r.Account {
			return t, nil
		}
	}
	return nil, &types.TrailNotFoundException{Message: aws.String(fmt.Sprintf("Unknown trail: %s for the user: %s", wanted, r.Account))}
}

// changeableTrail finds a trail that may be changed from here: by its owner, in its home region.
func (r *Request) changeableTrail(name *string) (*trail, error) {
	t, err := r.trail(name)
	switch {
	case err != nil:
		return nil, err
	case t.account != r.Account:
		return nil, &types.NotOrganizationMasterAccountException{Message: aws.String("The organization trail can be changed only by the management account.")}
	case *t.HomeRegion != r.Region:
		return nil, &types.InvalidHomeRegionException{Message: aws.String(fmt.Sprintf("The trail %s belongs to region %s", *t.Name, *t.HomeRegion))}
	}
	return t, nil
}

var trailName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]$`)

func createTrail(r *Request, in *cloudtrail.CreateTrailInput) (*cloudtrail.CreateTrailOutput, error) {
	name, state := aws.ToString(in.Name), global[trailState](r)
	arn := r.ARN("cloudtrail", r.Region, "trail/"+name)
	switch {
	case !trailName.MatchString(name):
		return nil, &types.InvalidTrailNameException{Message: aws.String("Trail name is not valid.")}
	case state.trails[arn] != nil:
		return nil, &types.TrailAlreadyExistsException{Message: aws.String(fmt.Sprintf("Trail %s already exists for customer: %s", name, r.Account))}
	case len(r.visible(true)) >= trailsPerRegion:
		return nil, &types.MaximumNumberOfTrailsExceededException{Message: aws.String(fmt.Sprintf("User: %s already has %d trails in %s.", r.Account, trailsPerRegion, r.Region))}
	case aws.ToBool(in.IsOrganizationTrail) && len(state.members) == 0:
		return nil, &types.OrganizationsNotInUseException{Message: aws.String("The account is not part of an organization.")}
	}
	made := &trail{account: r.Account, tags: map[string]string{}, Trail: types.Trail{
		Name: in.Name, TrailARN: aws.String(arn), HomeRegion: aws.String(r.Region), S3BucketName: in.S3BucketName, S3KeyPrefix: in.S3KeyPrefix,
		IsMultiRegionTrail: aws.Bool(aws.ToBool(in.IsMultiRegionTrail)), IsOrganizationTrail: aws.Bool(aws.ToBool(in.IsOrganizationTrail)),
		IncludeGlobalServiceEvents: aws.Bool(in.IncludeGlobalServiceEvents == nil || *in.IncludeGlobalServiceEvents),
		LogFileValidationEnabled:   aws.Bool(aws.ToBool(in.EnableLogFileValidation)), KmsKeyId: in.KmsKeyId,
		CloudWatchLogsLogGroupArn: in.CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn: in.CloudWatchLogsRoleArn,
		HasCustomEventSelectors: aws.Bool(false), HasInsightSelectors: aws.Bool(false),
	}}
	for _, tag := range in.TagsList {
		made.tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	if err := r.checkTrail(made); err != nil {
		return nil, err
	}
	if state.trails == nil {
		state.trails = map[string]*trail{}
	}
	state.trails[arn] = made
	return &cloudtrail.CreateTrailOutput{
		Name: made.Name, TrailARN: made.TrailARN, S3BucketName: made.S3BucketName, S3KeyPrefix: made.S3KeyPrefix, IsMultiRegionTrail: made.IsMultiRegionTrail,
		IsOrganizationTrail: made.IsOrganizationTrail, IncludeGlobalServiceEvents: made.IncludeGlobalServiceEvents, LogFileValidationEnabled: made.LogFileValidationEnabled,
		CloudWatchLogsLogGroupArn: made.CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn: made.CloudWatchLogsRoleArn, KmsKeyId: made.KmsKeyId,
	}, nil
}

// checkTrail refuses a trail that could not deliver, as CloudTrail does.
func (r *Request) checkTrail(t *trail) error {
	name := aws.ToString(t.S3BucketName)
	if r.Cloud.anyBucket(name) == nil {
		return &types.S3BucketDoesNotExistException{Message: aws.String("S3 bucket " + name + " does not exist!")}
	}
	if r.deliveryError(t) != "" {
		return &types.InsufficientS3BucketPolicyException{Message: aws.String("Incorrect S3 bucket policy is detected for bucket: " + name)}
	}
	group, role := aws.ToString(t.CloudWatchLogsLogGroupArn), aws.ToString(t.CloudWatchLogsRoleArn)
	switch {
	case (group == "") != (role == ""):
		return &types.InvalidParameterCombinationException{Message: aws.String("You must specify both log group ARN and role ARN.")}
	case group == "":
		return nil
	}
	if _, err := r.logGroupByARN(&group); err != nil || !strings.HasSuffix(group, ":*") {
		return &types.InvalidCloudWatchLogsLogGroupArnException{Message: aws.String("CloudTrail cannot validate the specified log group ARN.")}
	}
	if assumed := r.roleByARN(role); !assumed.trusts("cloudtrail.amazonaws.com") || len(assumed.inline)+len(assumed.attached) == 0 {
		return &types.InvalidCloudWatchLogsRoleArnException{Message: aws.String("Access denied. Check the trust relationships for your role.")}
	}
	return nil
}

// deliveryError is what CloudTrail meets on writing to the trail's bucket, or "".
func (r *Request) deliveryError(t *trail) string {
	name := aws.ToString(t.S3BucketName)
	bucket := r.Cloud.anyBucket(name)
	if bucket == nil {
		return "NoSuchBucket"
	}
	d := delivery{service: "cloudtrail.amazonaws.com", folder: "CloudTrail", account: t.account, source: *t.TrailARN}
	if !r.mayDeliver(name, bucket, d, aws.ToString(t.S3KeyPrefix), "s3:GetBucketAcl", "s3:PutObject") {
		return "AccessDenied"
	}
	return ""
}

func deleteTrail(r *Request, in *cloudtrail.DeleteTrailInput) (*cloudtrail.DeleteTrailOutput, error) {
	t, err := r.changeableTrail(in.Name)
	if err != nil {
		return nil, err
	}
	delete(global[trailState](r).trails, *t.TrailARN)
	return &cloudtrail.DeleteTrailOutput{}, nil
}

func describeTrails(r *Request, in *cloudtrail.DescribeTrailsInput) (*cloudtrail.DescribeTrailsOutput, error) {
	all := []types.Trail{}
	shown := r.visible(in.IncludeShadowTrails == nil || *in.IncludeShadowTrails)
	if len(in.TrailNameList) > 0 {
		shown = slices.DeleteFunc(r.everyTrail(), func(t *trail) bool {
			here := *t.HomeRegion == r.Region && t.account == r.Account && slices.Contains(in.TrailNameList, *t.Name)
			return !here && !slices.Contains(in.TrailNameList, *t.TrailARN)
		})
	}
	for _, t := range shown {
		all = append(all, t.Trail)
	}
	return &cloudtrail.DescribeTrailsOutput{TrailList: all}, nil
}

func listTrails(r *Request, _ *cloudtrail.ListTrailsInput) (*cloudtrail.ListTrailsOutput, error) {
	all := []types.TrailInfo{}
	for _, t := range r.everyTrail() {
		all = append(all, types.TrailInfo{Name: t.Name, TrailARN: t.TrailARN, HomeRegion: t.HomeRegion})
	}
	return &cloudtrail.ListTrailsOutput{Trails: all}, nil
}
