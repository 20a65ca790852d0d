package fakeaws

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

func updateTrail(r *Request, in *cloudtrail.UpdateTrailInput) (*cloudtrail.UpdateTrailOutput, error) {
	t, err := r.changeableTrail(in.Name)
	if err != nil {
		return nil, err
	}
	changed := *t
	changed.S3BucketName, changed.S3KeyPrefix = cmp.Or(in.S3BucketName, t.S3BucketName), cmp.Or(in.S3KeyPrefix, t.S3KeyPrefix)
	changed.IsMultiRegionTrail, changed.IsOrganizationTrail = cmp.Or(in.IsMultiRegionTrail, t.IsMultiRegionTrail), cmp.Or(in.IsOrganizationTrail, t.IsOrganizationTrail)
	changed.IncludeGlobalServiceEvents = cmp.Or(in.IncludeGlobalServiceEvents, t.IncludeGlobalServiceEvents)
	changed.LogFileValidationEnabled = cmp.Or(in.EnableLogFileValidation, t.LogFileValidationEnabled)
	changed.CloudWatchLogsLogGroupArn = cmp.Or(in.CloudWatchLogsLogGroupArn, t.CloudWatchLogsLogGroupArn)
	changed.CloudWatchLogsRoleArn, changed.KmsKeyId = cmp.Or(in.CloudWatchLogsRoleArn, t.CloudWatchLogsRoleArn), cmp.Or(in.KmsKeyId, t.KmsKeyId)
	if err := r.checkTrail(&changed); err != nil {
		return nil, err
	}
	*t = changed
	return &cloudtrail.UpdateTrailOutput{
		Name: t.Name, TrailARN: t.TrailARN, S3BucketName: t.S3BucketName, S3KeyPrefix: t.S3KeyPrefix, IsMultiRegionTrail: t.IsMultiRegionTrail,
		IsOrganizationTrail: t.IsOrganizationTrail, IncludeGlobalServiceEvents: t.IncludeGlobalServiceEvents, LogFileValidationEnabled: t.LogFileValidationEnabled,
		CloudWatchLogsLogGroupArn: t.CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn: t.CloudWatchLogsRoleArn, KmsKeyId: t.KmsKeyId,
	}, nil
}

func (r *Request) setLogging(name *string, logging bool) error {
	t, err := r.changeableTrail(name)
	if err != nil {
		return err
	}
	if logging && !t.logging {
		t.started = aws.Time(r.Now)
	}
	if !logging && t.logging {
		t.stopped = aws.Time(r.Now)
	}
	t.logging = logging
	return nil
}

func getTrailStatus(r *Request, in *cloudtrail.GetTrailStatusInput) (*cloudtrail.GetTrailStatusOutput, error) {
	t, err := r.trail(in.Name)
	if err != nil {
		return nil, err
	}
	none := aws.String("")
	out := &cloudtrail.GetTrailStatusOutput{
		IsLogging: aws.Bool(t.logging), StartLoggingTime: t.started, StopLoggingTime: t.stopped, TimeLoggingStarted: spelledTime(t.started), TimeLoggingStopped: spelledTime(t.stopped),
		LatestDeliveryAttemptTime: none, LatestDeliveryAttemptSucceeded: none, LatestNotificationAttemptTime: none, LatestNotificationAttemptSucceeded: none,
	}
	if t.started == nil {
		return out, nil
	}
	if failed := r.deliveryError(t); failed != "" {
		out.LatestDeliveryError = aws.String(failed)
	} else {
		out.LatestDeliveryTime = aws.Time(r.Now)
		out.LatestDeliveryAttemptTime, out.LatestDeliveryAttemptSucceeded = spelledTime(&r.Now), spelledTime(&r.Now)
	}
	return out, nil
}

// spelledTime is a time in those fields of a status that are no longer in use; no time is "".
func spelledTime(t *time.Time) *string {
	if t == nil {
		return aws.String("")
	}
	return aws.String(t.UTC().Format(time.RFC3339))
}

func serveTrailTags(c *Cloud) {
	on(c, func(r *Request, in *cloudtrail.AddTagsInput) (*cloudtrail.AddTagsOutput, error) {
		t, err := r.changeableTrail(in.ResourceId)
		if err != nil {
			return nil, err
		}
		for _, tag := range in.TagsList {
			t.tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		return &cloudtrail.AddTagsOutput{}, nil
	})
	on(c, func(r *Request, in *cloudtrail.ListTagsInput) (*cloudtrail.ListTagsOutput, error) {
		out := &cloudtrail.ListTagsOutput{ResourceTagList: []types.ResourceTag{}}
		for _, arn := range in.ResourceIdList {
			t, err := r.trail(&arn)
			if err != nil {
				return nil, &types.ResourceNotFoundException{Message: aws.String("The resource " + arn + " does not exist.")}
			}
			listed := types.ResourceTag{ResourceId: t.TrailARN, TagsList: []types.Tag{}}
			for _, key := range slices.Sorted(maps.Keys(t.tags)) {
				listed.TagsList = append(listed.TagsList, types.Tag{Key: aws.String(key), Value: aws.String(t.tags[key])})
			}
			out.ResourceTagList = append(out.ResourceTagList, listed)
		}
		return out, nil
	})
}
