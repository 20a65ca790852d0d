package neglected

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

var uses = []string{"logs", "photos", "invoices", "backups", "exports", "uploads", "reports", "assets"}

// buckets are as AWS made them before 2023: open to whoever is let in. Some have a policy.
func (a *account) buckets(ctx context.Context) {
	for i := range a.size.Buckets {
		region := a.region(i)
		client := s3.NewFromConfig(a.in(region))
		name := fmt.Sprintf("shop-%s-%s-%d", a.id[8:], uses[i%len(uses)], i)
		in := &s3.CreateBucketInput{Bucket: aws.String(name)}
		if region != "us-east-1" {
			in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
		}
		a.ago(2000, func() { must[*s3.CreateBucketOutput](a, "bucket "+name)(client.CreateBucket(ctx, in)) })
		if i%4 == 0 {
			must[*s3.PutBucketPolicyOutput](a, "policy of "+name)(client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{
				Bucket: aws.String(name),
				Policy: aws.String(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Partner","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*"}]}`, a.id, name)),
			}))
		}
	}
}

// keys do not rotate, and one is about to be lost.
func (a *account) keys(ctx context.Context) {
	for i := range a.size.Keys {
		client := kms.NewFromConfig(a.in(a.region(i)))
		out := must[*kms.CreateKeyOutput](a, "key")(client.CreateKey(ctx, &kms.CreateKeyInput{Description: aws.String(uses[i%len(uses)])}))
		if i == 1 && out != nil {
			must[*kms.ScheduleKeyDeletionOutput](a, "deletion of a key")(client.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: out.KeyMetadata.KeyId, PendingWindowInDays: aws.Int32(7)}))
		}
	}
}
