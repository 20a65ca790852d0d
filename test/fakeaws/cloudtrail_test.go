package fakeaws_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const trailBucketPolicy = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::trail-logs"},
	{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::trail-logs/AWSLogs/111111111111/*",
	 "Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}]}`

// inRegion returns the account's clients' configuration for the region.
func inRegion(cloud *fakeaws.Cloud, account, region string) aws.Config {
	config := cloud.ConfigFor(account)
	config.Region = region
	return config
}

func trailBucket(t *testing.T, cloud *fakeaws.Cloud, policy string) {
	t.Helper()
	admin := s3.NewFromConfig(cloud.ConfigFor(loggingAccount))
	_, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("trail-logs")})
	if err == nil {
		_, err = admin.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("trail-logs"), Policy: aws.String(policy)})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCreateTrailWantsABucketItMayWriteTo(t *testing.T) {
	cloud := fakeaws.New()
	client := cloudtrail.NewFromConfig(cloud.ConfigFor(loggingAccount))
	create := func() error {
		_, err := client.CreateTrail(t.Context(), &cloudtrail.CreateTrailInput{Name: aws.String("audit"), S3BucketName: aws.String("trail-logs")})
		return err
	}
	answersCode(t, create(), "S3BucketDoesNotExistException")
	trailBucket(t, cloud, strings.Replace(trailBucketPolicy, "111111111111", "222222222222", 1))
	answersCode(t, create(), "InsufficientS3BucketPolicyException")
	trails, err := client.DescribeTrails(t.Context(), &cloudtrail.DescribeTrailsInput{})
	if err != nil || trails.TrailList == nil || len(trails.TrailList) != 0 {
		t.Errorf("none: got %+v, %v", trails, err)
	}
}

func TestTrails(t *testing.T) {
	cloud := fakeaws.New()
	ctx := t.Context()
	trailBucket(t, cloud, trailBucketPolicy)
	home, away := cloudtrail.NewFromConfig(inRegion(cloud, loggingAccount, "eu-west-1")), cloudtrail.NewFromConfig(inRegion(cloud, loggingAccount, "us-east-1"))
	create := &cloudtrail.CreateTrailInput{Name: aws.String("audit"), S3BucketName: aws.String("trail-logs"), IsMultiRegionTrail: aws.Bool(true)}
	made, err := home.CreateTrail(ctx, create)
	if err != nil {
		t.Fatal(err)
	}
	_, err = home.CreateTrail(ctx, create)
	answersCode(t, err, "TrailAlreadyExistsException")

	shadow, err := away.DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{})
	if err != nil || len(shadow.TrailList) != 1 || *shadow.TrailList[0].HomeRegion != "eu-west-1" {
		t.Errorf("shadow: got %+v, %v", shadow, err)
	}
	_, err = away.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: aws.String("audit")})
	answersCode(t, err, "TrailNotFoundException")
	status, err := away.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: made.TrailARN})
	if err != nil || *status.IsLogging {
		t.Errorf("a new trail does not log: got %+v, %v", status, err)
	}
	_, err = away.StartLogging(ctx, &cloudtrail.StartLoggingInput{Name: made.TrailARN})
	answersCode(t, err, "InvalidHomeRegionException")
	selectors, err := home.GetEventSelectors(ctx, &cloudtrail.GetEventSelectorsInput{TrailName: aws.String("audit")})
	if err != nil || len(selectors.EventSelectors) != 1 || selectors.EventSelectors[0].ReadWriteType != types.ReadWriteTypeAll || selectors.AdvancedEventSelectors != nil {
		t.Errorf("selectors: got %+v, %v", selectors, err)
	}
	if _, err := home.UpdateTrail(ctx, &cloudtrail.UpdateTrailInput{Name: aws.String("audit"), EnableLogFileValidation: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	after, err := home.DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{})
	if err != nil || !*after.TrailList[0].LogFileValidationEnabled || !*after.TrailList[0].IsMultiRegionTrail {
		t.Errorf("an update keeps what it does not name: got %+v, %v", after, err)
	}
	for _, name := range []string{"two", "three", "four", "five"} {
		create.Name = aws.String(name)
		if _, err := home.CreateTrail(ctx, create); err != nil && name != "two" {
			t.Fatal(name, err)
		}
	}
	create.Name = aws.String("six")
	_, err = away.CreateTrail(ctx, create)
	answersCode(t, err, "MaximumNumberOfTrailsExceededException")
}

func TestOrganizationTrails(t *testing.T) {
	cloud := fakeaws.New()
	ctx := t.Context()
	trailBucket(t, cloud, trailBucketPolicy)
	manager, member := cloudtrail.NewFromConfig(cloud.ConfigFor(loggingAccount)), cloudtrail.NewFromConfig(cloud.ConfigFor("222222222222"))
	create := &cloudtrail.CreateTrailInput{Name: aws.String("org"), S3BucketName: aws.String("trail-logs"), IsMultiRegionTrail: aws.Bool(true), IsOrganizationTrail: aws.Bool(true)}
	_, err := manager.CreateTrail(ctx, create)
	answersCode(t, err, "OrganizationsNotInUseException")
	cloud.ShareTrails(loggingAccount, "222222222222")
	made, err := manager.CreateTrail(ctx, create)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := member.DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{})
	if err != nil || len(seen.TrailList) != 1 || *seen.TrailList[0].TrailARN != *made.TrailARN {
		t.Errorf("a member sees: got %+v, %v", seen, err)
	}
	_, err = member.StartLogging(ctx, &cloudtrail.StartLoggingInput{Name: made.TrailARN})
	answersCode(t, err, "NotOrganizationMasterAccountException")
}

func TestTrailDeliveryBreaksWithItsBucket(t *testing.T) {
	cloud := fakeaws.New()
	ctx := t.Context()
	trailBucket(t, cloud, trailBucketPolicy)
	client := cloudtrail.NewFromConfig(cloud.ConfigFor(loggingAccount))
	if _, err := client.CreateTrail(ctx, &cloudtrail.CreateTrailInput{Name: aws.String("audit"), S3BucketName: aws.String("trail-logs")}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.StartLogging(ctx, &cloudtrail.StartLoggingInput{Name: aws.String("audit")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s3.NewFromConfig(cloud.ConfigFor(loggingAccount)).DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: aws.String("trail-logs")}); err != nil {
		t.Fatal(err)
	}
	status, err := client.GetTrailStatus(ctx, &cloudtrail.GetTrailStatusInput{Name: aws.String("audit")})
	if err != nil || !*status.IsLogging || aws.ToString(status.LatestDeliveryError) != "AccessDenied" {
		t.Errorf("got %+v, %v", status, err)
	}
}
