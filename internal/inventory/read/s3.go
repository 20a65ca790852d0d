package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var s3Readers = []reader{
	collection(inventory.Buckets, buckets, bucketTags),
}

// bucketPage is the most that ListBuckets gives at once; asking for it also makes S3 say each
// bucket's region.
const bucketPage = 10000

func buckets(ctx context.Context, s *Scope, facets inventory.Facets) ([]inventory.Bucket, error) {
	var all []inventory.Bucket
	pages := s3.NewListBucketsPaginator(s.AWS.S3(), &s3.ListBucketsInput{MaxBuckets: aws.Int32(bucketPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing buckets: %w", err)
		}
		for _, b := range page.Buckets {
			name := aws.ToString(b.Name)
			all = append(all, inventory.Bucket{Ref: s.ref("AWS::S3::Bucket", aws.ToString(b.BucketRegion), name, bucketARN(s, name))})
		}
	}
	each(all, func(b *inventory.Bucket) {
		if facets.Has(inventory.BucketPublicAccessBlock) {
			block, err := BucketPublicAccessBlock(ctx, s.Session, b.Ref.Region, b.ID)
			b.PublicAccessBlock = observed(s, block, err)
		}
	})
	return all, nil
}

func bucketARN(s *Scope, name string) string {
	return "arn:" + s.Partition + ":s3:::" + name
}

// BucketPublicAccessBlock reads a bucket's own Block Public Access; none is all off.
func BucketPublicAccessBlock(ctx context.Context, s *awsapi.Session, region, bucket string) (inventory.PublicAccessBlock, error) {
	out, err := s.In(region).S3().GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: aws.String(bucket)})
	if fault.Code(err) == "NoSuchPublicAccessBlockConfiguration" {
		return inventory.PublicAccessBlock{}, nil
	}
	if err != nil {
		return inventory.PublicAccessBlock{}, fmt.Errorf("reading public access block: %w", err)
	}
	block := out.PublicAccessBlockConfiguration
	return inventory.PublicAccessBlock{
		BlockPublicAcls:       aws.ToBool(block.BlockPublicAcls),
		IgnorePublicAcls:      aws.ToBool(block.IgnorePublicAcls),
		BlockPublicPolicy:     aws.ToBool(block.BlockPublicPolicy),
		RestrictPublicBuckets: aws.ToBool(block.RestrictPublicBuckets),
	}, nil
}

// bucketTags reads who owns a bucket with which something is wrong.
func bucketTags(ctx context.Context, s *Scope, b inventory.Bucket) inventory.Bucket {
	out, err := s.In(b.Ref.Region).S3().GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: aws.String(b.ID)})
	tags := map[string]string{}
	switch {
	case fault.Code(err) == "NoSuchTagSet":
		err = nil
	case err == nil:
		for _, tag := range out.TagSet {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	b.Tags = observed(s, tags, err)
	return b
}
