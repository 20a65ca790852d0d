package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var s3Readers = []reader{
	collection(inventory.Buckets, buckets, bucketTags),
	accountPublicAccessBlock,
}

// bucketPage is the most that ListBuckets gives at once; asking for it also makes S3 say each
// bucket's region.
const bucketPage = 10000

// foundBucket is a bucket while it is read.
type foundBucket struct {
	inventory.Bucket
	// dropped: it went meanwhile, or lies outside the scope.
	dropped bool
}

// buckets reads the account's buckets in the regions in scope. Those in other regions are
// neither judged nor touched, and those that went after they were listed are not there to judge.
func buckets(ctx context.Context, s *Scope, facets inventory.Facets) ([]inventory.Bucket, error) {
	var found []foundBucket
	pages := s3.NewListBucketsPaginator(s.AWS.S3(), &s3.ListBucketsInput{MaxBuckets: aws.Int32(bucketPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing buckets: %w", err)
		}
		for _, b := range page.Buckets {
			name := aws.ToString(b.Name)
			found = append(found, foundBucket{Bucket: inventory.Bucket{Ref: s.ref("AWS::S3::Bucket", aws.ToString(b.BucketRegion), name, "arn:"+s.Partition+":s3:::"+name)}})
		}
	}
	each(found, func(b *foundBucket) { b.look(ctx, s, facets) })
	var all []inventory.Bucket
	for _, b := range found {
		if !b.dropped {
			all = append(all, b.Bucket)
		}
	}
	return all, nil
}

// look reads what is wanted of a bucket, if it is in scope.
func (b *foundBucket) look(ctx context.Context, s *Scope, facets inventory.Facets) {
	if b.Region == "" {
		region, err := bucketRegion(ctx, s, b.ID)
		if err != nil {
			b.hide(err)
			return
		}
		b.Region = region
	}
	if !slices.Contains(s.Regions, b.Region) {
		b.dropped = true
		return
	}
	if facets.Has(inventory.BucketPublicAccessBlock) {
		b.PublicAccessBlock = bucketFacet(ctx, s, b, BucketPublicAccessBlock)
	}
	if facets.Has(inventory.BucketVersioning) {
		b.Versioning = bucketFacet(ctx, s, b, BucketVersioning)
	}
	if facets.Has(inventory.BucketEncryption) {
		b.Encryption = bucketFacet(ctx, s, b, BucketEncryption)
	}
	if facets.Has(inventory.BucketPolicy) {
		b.Policy = bucketFacet(ctx, s, b, BucketPolicy)
	}
}

func bucketFacet[T any](ctx context.Context, s *Scope, b *foundBucket, read func(context.Context, *awsapi.Session, string, string) (T, error)) inventory.Observed[T] {
	value, err := read(ctx, s.Session, b.Region, b.ID)
	b.dropped = b.dropped || isGone(err)
	return observed(s, value, err)
}

// hide leaves every facet unread for want of the bucket's region: whether it is in scope is not
// known, so that nothing may be concluded.
func (b *foundBucket) hide(err error) {
	b.dropped = isGone(err)
	b.PublicAccessBlock = inventory.Unseen[inventory.PublicAccessBlock](err)
	b.Versioning = inventory.Unseen[inventory.Versioning](err)
	b.Encryption = inventory.Unseen[inventory.BucketEncryptionRule](err)
	b.Policy = inventory.Unseen[string](err)
}

// isGone says whether the bucket went between the list and the look.
func isGone(err error) bool { return fault.Code(err) == "NoSuchBucket" }

// bucketRegion asks for a region that the list did not say. S3 names its first two regions by
// names of their own.
func bucketRegion(ctx context.Context, s *Scope, bucket string) (string, error) {
	out, err := s.AWS.S3().GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: aws.String(bucket)})
	if err != nil {
		return "", fmt.Errorf("reading bucket location: %w", err)
	}
	switch at := string(out.LocationConstraint); at {
	case "EU":
		return "eu-west-1", nil
	default:
		return cmp.Or(at, "us-east-1"), nil
	}
}

// bucketTags reads who owns a bucket with which something is wrong.
func bucketTags(ctx context.Context, s *Scope, b inventory.Bucket) inventory.Bucket {
	out, err := s.In(b.Region).S3().GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: aws.String(b.ID)})
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
