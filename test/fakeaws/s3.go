package fakeaws

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// s3State is an account's buckets.
type s3State struct{ buckets map[string]*bucket }

type bucket struct {
	region  string
	created time.Time
	block   *types.PublicAccessBlockConfiguration
	tags    []types.Tag
}

func serveS3(c *Cloud) {
	on(c, createBucket)
	on(c, listBuckets)
	on(c, getBucketTagging)
	on(c, func(r *Request, in *s3.GetPublicAccessBlockInput) (*s3.GetPublicAccessBlockOutput, error) {
		b, err := r.bucket(in.Bucket, in.ExpectedBucketOwner)
		if err != nil {
			return nil, err
		}
		if b.block == nil {
			return nil, failure("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
		}
		return &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: b.block}, nil
	})
	on(c, func(r *Request, in *s3.PutPublicAccessBlockInput) (*s3.PutPublicAccessBlockOutput, error) {
		b, err := r.bucket(in.Bucket, in.ExpectedBucketOwner)
		if err != nil {
			return nil, err
		}
		b.block = in.PublicAccessBlockConfiguration
		return &s3.PutPublicAccessBlockOutput{}, nil
	})
}

func getBucketTagging(r *Request, in *s3.GetBucketTaggingInput) (*s3.GetBucketTaggingOutput, error) {
	b, err := r.bucket(in.Bucket, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	if len(b.tags) == 0 {
		return nil, failure("NoSuchTagSet", "The TagSet does not exist")
	}
	return &s3.GetBucketTaggingOutput{TagSet: b.tags}, nil
}

// bucket finds a bucket as S3 does: by name in all accounts, then by owner and region.
func (r *Request) bucket(name, owner *string) (*bucket, error) {
	for key, state := range r.Cloud.states {
		s3s, ok := state.(*s3State)
		if !ok {
			continue
		}
		b, ok := s3s.buckets[aws.ToString(name)]
		if !ok {
			continue
		}
		if key.account != r.Account || owner != nil && *owner != key.account {
			return nil, failure("AccessDenied", "Access Denied")
		}
		if b.region != r.Region {
			return nil, failure("PermanentRedirect", "The bucket %s must be addressed in region %s", aws.ToString(name), b.region)
		}
		return b, nil
	}
	return nil, &types.NoSuchBucket{Message: aws.String("The specified bucket does not exist")}
}

func createBucket(r *Request, in *s3.CreateBucketInput) (*s3.CreateBucketOutput, error) {
	name := aws.ToString(in.Bucket)
	for key, state := range r.Cloud.states {
		s3s, ok := state.(*s3State)
		if !ok || s3s.buckets[name] == nil {
			continue
		}
		if key.account == r.Account {
			return nil, &types.BucketAlreadyOwnedByYou{Message: aws.String("Your previous request to create the named bucket succeeded and you already own it.")}
		}
		return nil, &types.BucketAlreadyExists{Message: aws.String("The requested bucket name is not available.")}
	}
	state := global[s3State](r)
	if state.buckets == nil {
		state.buckets = map[string]*bucket{}
	}
	state.buckets[name] = &bucket{region: r.Region, created: r.Now}
	return &s3.CreateBucketOutput{Location: aws.String("/" + name)}, nil
}

func listBuckets(r *Request, in *s3.ListBucketsInput) (*s3.ListBucketsOutput, error) {
	var all []types.Bucket
	for name, b := range global[s3State](r).buckets {
		all = append(all, types.Bucket{Name: aws.String(name), CreationDate: aws.Time(b.created), BucketRegion: aws.String(b.region)})
	}
	slices.SortFunc(all, func(a, b types.Bucket) int { return strings.Compare(*a.Name, *b.Name) })
	items, next, err := page(all, in.ContinuationToken, int(aws.ToInt32(in.MaxBuckets)), 10000, "InvalidArgument")
	if err != nil {
		return nil, err
	}
	return &s3.ListBucketsOutput{Buckets: items, ContinuationToken: next}, nil
}
