package fakeaws

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func serveBucketTagging(c *Cloud) {
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.GetBucketTaggingInput) (*s3.GetBucketTaggingOutput, error) {
		if len(b.tags) == 0 {
			return nil, failure("NoSuchTagSet", "The TagSet does not exist")
		}
		return &s3.GetBucketTaggingOutput{TagSet: b.tags}, nil
	})
	ofBucket(c, putBucketTagging)
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.DeleteBucketTaggingInput) (*s3.DeleteBucketTaggingOutput, error) {
		b.tags = nil
		return &s3.DeleteBucketTaggingOutput{}, nil
	})
}

// putBucketTagging replaces every tag but those that AWS itself sets.
func putBucketTagging(_ *Request, b *bucket, in *s3.PutBucketTaggingInput) (*s3.PutBucketTaggingOutput, error) {
	seen := map[string]bool{}
	for _, tag := range in.Tagging.TagSet {
		key := aws.ToString(tag.Key)
		switch {
		case strings.HasPrefix(key, "aws:"):
			return nil, failure("InvalidTag", "System tags cannot be added/updated by requester")
		case seen[key]:
			return nil, failure("InvalidTag", "Cannot provide multiple Tags with the same key")
		}
		seen[key] = true
	}
	kept := slices.DeleteFunc(slices.Clone(b.tags), func(tag types.Tag) bool { return !strings.HasPrefix(aws.ToString(tag.Key), "aws:") })
	for _, tag := range in.Tagging.TagSet {
		if aws.ToString(tag.Value) == "" {
			tag.Value = nil // an empty element reads as none
		}
		kept = append(kept, tag)
	}
	b.tags = kept
	return &s3.PutBucketTaggingOutput{}, nil
}

// TagBucket sets a tag on a bucket, also one that only AWS itself can set, as CloudFormation's.
func (c *Cloud) TagBucket(account, name, key, value string) {
	c.edit(account, "", func(r *Request) {
		if b := global[s3State](r).buckets[name]; b != nil {
			b.tags = append(b.tags, types.Tag{Key: aws.String(key), Value: aws.String(value)})
		}
	})
}
