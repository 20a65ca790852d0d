package fakeaws_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func TestWritesAreEvents(t *testing.T) {
	cloud := fakeaws.New()
	ctx := t.Context()
	buckets := s3.NewFromConfig(cloud.ConfigFor(loggingAccount))
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for i, name := range []string{"box", "crate"} {
		cloud.SetClock(func() time.Time { return noon.Add(time.Duration(i) * time.Minute) })
		if _, err := buckets.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(name)}); err != nil {
			t.Fatal(err)
		}
	}
	cloud.SetClock(func() time.Time { return noon.Add(2 * time.Minute) })
	_, err := buckets.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String("none")})
	answersCode(t, err, "NoSuchBucket")
	_, err = buckets.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: aws.String("box"), VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled}})
	if err != nil {
		t.Fatal(err)
	}
	cloud.Forget()
	if _, err := buckets.ListBuckets(ctx, &s3.ListBucketsInput{}); err != nil {
		t.Fatal(err)
	}
	lookUp := func(region string, in *cloudtrail.LookupEventsInput) string {
		t.Helper()
		out, err := cloudtrail.NewFromConfig(inRegion(cloud, loggingAccount, region)).LookupEvents(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		var told []string
		for _, e := range out.Events {
			if !strings.Contains(*e.CloudTrailEvent, `"arn":"arn:aws:iam::`+loggingAccount+`:user/administrator"`) || *e.Username != "administrator" || *e.ReadOnly != "false" {
				t.Errorf("by %s: %s", *e.Username, *e.CloudTrailEvent)
			}
			told = append(told, e.EventTime.Format("15:04 ")+*e.EventName+" "+*e.Resources[0].ResourceName)
		}
		if out.NextToken != nil {
			told = append(told, "more")
		}
		return strings.Join(told, ", ")
	}
	by := func(key types.LookupAttributeKey, value string) []types.LookupAttribute {
		return []types.LookupAttribute{{AttributeKey: key, AttributeValue: aws.String(value)}}
	}
	for want, in := range map[string]*cloudtrail.LookupEventsInput{
		"12:02 PutBucketVersioning box, 12:01 CreateBucket crate, 12:00 CreateBucket box": {},
		"12:02 PutBucketVersioning box, 12:00 CreateBucket box":                           {LookupAttributes: by(types.LookupAttributeKeyResourceName, "box")},
		"12:01 CreateBucket crate, 12:00 CreateBucket box":                                {LookupAttributes: by(types.LookupAttributeKeyEventName, "CreateBucket")},
		"12:02 PutBucketVersioning box":                                                   {StartTime: aws.Time(noon.Add(2 * time.Minute))},
		"12:00 CreateBucket box":                                                          {EndTime: aws.Time(noon)},
		"12:02 PutBucketVersioning box, more":                                             {MaxResults: aws.Int32(1)},
		"":                                                                                {LookupAttributes: by(types.LookupAttributeKeyReadOnly, "true")},
	} {
		if got := lookUp("us-east-1", in); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := lookUp("eu-west-1", &cloudtrail.LookupEventsInput{}); got != "" {
		t.Errorf("another region tells %s", got)
	}
	client := cloudtrail.NewFromConfig(cloud.ConfigFor(loggingAccount))
	for code, in := range map[string]*cloudtrail.LookupEventsInput{
		"InvalidTimeRangeException":        {StartTime: aws.Time(noon.Add(time.Hour)), EndTime: aws.Time(noon)},
		"InvalidMaxResultsException":       {MaxResults: aws.Int32(51)},
		"InvalidNextTokenException":        {NextToken: aws.String("x")},
		"InvalidLookupAttributesException": {LookupAttributes: append(by(types.LookupAttributeKeyEventName, "a"), by(types.LookupAttributeKeyUsername, "b")...)},
	} {
		_, err := client.LookupEvents(ctx, in)
		answersCode(t, err, code)
	}
}
