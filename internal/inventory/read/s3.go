package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// bucketPage is the most that ListBuckets gives at once; asking for it also makes S3 say each
// bucket's region.
const bucketPage = 10000

// noBlock is the code for a bucket or account that never had Block Public Access set.
const noBlock = "NoSuchPublicAccessBlockConfiguration"

var (
	listBuckets       = awsapi.Lists(s3.NewListBucketsPaginator, "s3:ListAllMyBuckets")
	getBucketLocation = awsapi.Reads((*s3.Client).GetBucketLocation)
	getBucketTagging  = awsapi.Reads((*s3.Client).GetBucketTagging)
)

var _ = []*reader{
	made(inventory.Buckets,
		listed(listBuckets, s3.ListBucketsInput{MaxBuckets: aws.Int32(bucketPage)},
			func(page *s3.ListBucketsOutput) []types.Bucket { return page.Buckets },
			func(s *Scope, b types.Bucket) inventory.Bucket {
				bucket := inventory.Bucket{Ref: of(s, inventory.Buckets, aws.ToString(b.Name))}
				bucket.Region = aws.ToString(b.BucketRegion)
				return bucket
			}),
		placed[inventory.Bucket](getBucketLocation, locationOf, regionOf),
		tagged[inventory.Bucket](bucketTags, getBucketTagging),
		gone[inventory.Bucket]("NoSuchBucket"),
		asked(inventory.BucketPublicAccessBlock, awsapi.Reads((*s3.Client).GetPublicAccessBlock, "s3:GetBucketPublicAccessBlock"),
			func(b inventory.Ref) *s3.GetPublicAccessBlockInput {
				return &s3.GetPublicAccessBlockInput{Bucket: &b.ID}
			},
			func(out *s3.GetPublicAccessBlockOutput) (inventory.PublicAccessBlock, error) {
				block := out.PublicAccessBlockConfiguration
				if block == nil {
					return inventory.PublicAccessBlock{}, errNoContent
				}
				return publicAccessBlock(block.BlockPublicAcls, block.IgnorePublicAcls, block.BlockPublicPolicy, block.RestrictPublicBuckets), nil
			}, none[inventory.Bucket](noBlock)),
		// An answer that names no bucket is how S3 says that the log is off.
		asked(inventory.BucketAccessLog, awsapi.Reads((*s3.Client).GetBucketLogging),
			func(b inventory.Ref) *s3.GetBucketLoggingInput { return &s3.GetBucketLoggingInput{Bucket: &b.ID} },
			func(out *s3.GetBucketLoggingOutput) (log inventory.AccessLog, err error) {
				if on := out.LoggingEnabled; on != nil {
					log = inventory.AccessLog{Bucket: aws.ToString(on.TargetBucket), Prefix: aws.ToString(on.TargetPrefix)}
				}
				return log, nil
			}),
		asked(inventory.BucketVersioning, awsapi.Reads((*s3.Client).GetBucketVersioning),
			func(b inventory.Ref) *s3.GetBucketVersioningInput { return &s3.GetBucketVersioningInput{Bucket: &b.ID} },
			func(out *s3.GetBucketVersioningOutput) (inventory.Versioning, error) {
				return inventory.Versioning{Status: inventory.VersioningStatus(out.Status), MFADelete: out.MFADelete == types.MFADeleteStatusEnabled}, nil
			}),
		// AWS has answered for every bucket since 2023; an endpoint that still knows of none says
		// so by its code.
		asked(inventory.BucketEncryption, awsapi.Reads((*s3.Client).GetBucketEncryption, "s3:GetEncryptionConfiguration"),
			func(b inventory.Ref) *s3.GetBucketEncryptionInput { return &s3.GetBucketEncryptionInput{Bucket: &b.ID} },
			bucketEncryption, none[inventory.Bucket]("ServerSideEncryptionConfigurationNotFoundError")),
		asked(inventory.BucketPolicy, awsapi.Reads((*s3.Client).GetBucketPolicy),
			func(b inventory.Ref) *s3.GetBucketPolicyInput { return &s3.GetBucketPolicyInput{Bucket: &b.ID} },
			func(out *s3.GetBucketPolicyOutput) (string, error) {
				if aws.ToString(out.Policy) == "" {
					return "", errNoContent
				}
				return *out.Policy, nil
			}, none[inventory.Bucket]("NoSuchBucketPolicy")),
	),
	// It is what is in effect, whether the account or its organization set it.
	made(inventory.AccountPublicAccessBlocks,
		single[inventory.AccountPublicAccessBlock](),
		asked(inventory.S3PublicAccessBlock, awsapi.Reads((*s3control.Client).GetPublicAccessBlock, "s3:GetAccountPublicAccessBlock"),
			func(a inventory.Ref) *s3control.GetPublicAccessBlockInput {
				return &s3control.GetPublicAccessBlockInput{AccountId: &a.Account}
			},
			func(out *s3control.GetPublicAccessBlockOutput) (inventory.PublicAccessBlock, error) {
				block := out.PublicAccessBlockConfiguration
				if block == nil {
					return inventory.PublicAccessBlock{}, errNoContent
				}
				return publicAccessBlock(block.BlockPublicAcls, block.IgnorePublicAcls, block.BlockPublicPolicy, block.RestrictPublicBuckets), nil
			}, none[inventory.AccountPublicAccessBlock](noBlock)),
	),
}

// publicAccessBlock is a block of which a part that is not said is off.
func publicAccessBlock(blockACLs, ignoreACLs, blockPolicy, restrict *bool) inventory.PublicAccessBlock {
	return inventory.PublicAccessBlock{
		BlockPublicAcls: aws.ToBool(blockACLs), IgnorePublicAcls: aws.ToBool(ignoreACLs),
		BlockPublicPolicy: aws.ToBool(blockPolicy), RestrictPublicBuckets: aws.ToBool(restrict),
	}
}

func bucketEncryption(out *s3.GetBucketEncryptionOutput) (inventory.BucketEncryptionRule, error) {
	if out.ServerSideEncryptionConfiguration == nil || len(out.ServerSideEncryptionConfiguration.Rules) == 0 {
		return inventory.BucketEncryptionRule{}, errNoContent
	}
	rule := out.ServerSideEncryptionConfiguration.Rules[0]
	read := inventory.BucketEncryptionRule{BucketKey: aws.ToBool(rule.BucketKeyEnabled)}
	if method := rule.ApplyServerSideEncryptionByDefault; method != nil {
		read.Algorithm, read.KMSKey = string(method.SSEAlgorithm), aws.ToString(method.KMSMasterKeyID)
	}
	if rule.BlockedEncryptionTypes != nil {
		for _, kind := range rule.BlockedEncryptionTypes.EncryptionType {
			read.Blocked = append(read.Blocked, string(kind))
		}
		slices.Sort(read.Blocked)
	}
	return read, nil
}

func locationOf(b inventory.Ref) *s3.GetBucketLocationInput {
	return &s3.GetBucketLocationInput{Bucket: &b.ID}
}

// regionOf is where a bucket is. S3 names its first two regions by names of their own.
func regionOf(out *s3.GetBucketLocationOutput) string {
	if at := string(out.LocationConstraint); at != "EU" {
		return cmp.Or(at, "us-east-1")
	}
	return "eu-west-1"
}

func bucketTags(ctx context.Context, s *Scope, b inventory.Ref) (map[string]string, error) {
	out, err := getBucketTagging.In(ctx, s.In(b.Region), &s3.GetBucketTaggingInput{Bucket: &b.ID})
	if fault.Code(err) == "NoSuchTagSet" {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	return byKey(out.TagSet, func(t types.Tag) (*string, *string) { return t.Key, t.Value }), nil
}

// BucketTags are the tags of a bucket that a reference names by region and id.
var BucketTags = look(func(ctx context.Context, s *awsapi.Session, b inventory.Ref) (map[string]string, error) {
	return bucketTags(ctx, &Scope{AWS: s.In(b.Region), Session: s}, b)
}, getBucketTagging)

// BucketRegion is where the account's bucket of the name is, or "" where the account has none
// of it: a bucket of someone else's is none.
var BucketRegion = look(func(ctx context.Context, s *awsapi.Session, name string) (string, error) {
	found, err := bucketNamed(ctx, s, name)
	if err != nil || found == nil {
		return "", err
	}
	if said := aws.ToString(found.BucketRegion); said != "" {
		return said, nil
	}
	out, err := getBucketLocation.In(ctx, s.In(""), locationOf(inventory.Ref{ID: name}))
	if err != nil {
		return "", fmt.Errorf("reading bucket location: %w", err)
	}
	return regionOf(out), nil
}, listBuckets, getBucketLocation)

// bucketNamed is the account's bucket of the name, or nil.
func bucketNamed(ctx context.Context, s *awsapi.Session, name string) (*types.Bucket, error) {
	in := &s3.ListBucketsInput{MaxBuckets: aws.Int32(bucketPage), Prefix: &name}
	buckets, err := gather(ctx, s.In(""), listBuckets, in, func(page *s3.ListBucketsOutput) []types.Bucket { return page.Buckets }, same)
	if err != nil {
		return nil, fmt.Errorf("looking for bucket %s: %w", name, err)
	}
	if at := slices.IndexFunc(buckets, func(b types.Bucket) bool { return aws.ToString(b.Name) == name }); at >= 0 {
		return &buckets[at], nil
	}
	return nil, nil
}
