package fakeaws

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func blockAll() *types.PublicAccessBlockConfiguration {
	return &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true)}
}

func serveBucketSettings(c *Cloud) {
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.GetPublicAccessBlockInput) (*s3.GetPublicAccessBlockOutput, error) {
		if b.block == nil {
			return nil, failure("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found")
		}
		return &s3.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: b.block}, nil
	})
	ofBucket(c, func(_ *Request, b *bucket, in *s3.PutPublicAccessBlockInput) (*s3.PutPublicAccessBlockOutput, error) {
		if *in.PublicAccessBlockConfiguration == (types.PublicAccessBlockConfiguration{}) {
			return nil, failure("InvalidRequest", "Must specify at least one configuration.")
		}
		b.block = spelledOut(in.PublicAccessBlockConfiguration)
		return &s3.PutPublicAccessBlockOutput{}, nil
	})
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.DeletePublicAccessBlockInput) (*s3.DeletePublicAccessBlockOutput, error) {
		b.block = nil
		return &s3.DeletePublicAccessBlockOutput{}, nil
	})
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.GetBucketLoggingInput) (*s3.GetBucketLoggingOutput, error) {
		return &s3.GetBucketLoggingOutput{LoggingEnabled: b.logging}, nil
	})
	ofBucket(c, putBucketLogging)
	ofBucket(c, getBucketVersioning)
	ofBucket(c, putBucketVersioning)
	ofBucket(c, getBucketEncryption)
	ofBucket(c, putBucketEncryption)
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.DeleteBucketEncryptionInput) (*s3.DeleteBucketEncryptionOutput, error) {
		b.encryption = nil
		return &s3.DeleteBucketEncryptionOutput{}, nil
	})
	serveOwnership(c)
}

// spelledOut is a block as S3 keeps it: a part left out is off.
func spelledOut(in *types.PublicAccessBlockConfiguration) *types.PublicAccessBlockConfiguration {
	return &types.PublicAccessBlockConfiguration{
		BlockPublicAcls: aws.Bool(aws.ToBool(in.BlockPublicAcls)), IgnorePublicAcls: aws.Bool(aws.ToBool(in.IgnorePublicAcls)),
		BlockPublicPolicy: aws.Bool(aws.ToBool(in.BlockPublicPolicy)), RestrictPublicBuckets: aws.Bool(aws.ToBool(in.RestrictPublicBuckets)),
	}
}

// putBucketLogging takes a target of the same owner and region only.
func putBucketLogging(r *Request, b *bucket, in *s3.PutBucketLoggingInput) (*s3.PutBucketLoggingOutput, error) {
	to := in.BucketLoggingStatus.LoggingEnabled
	if to != nil {
		target := r.Cloud.anyBucket(aws.ToString(to.TargetBucket))
		switch {
		case target == nil:
			return nil, failure("InvalidTargetBucketForLogging", "The target bucket for logging does not exist")
		case target.account != b.account:
			return nil, failure("InvalidTargetBucketForLogging", "The owner for the bucket to be logged and the target bucket must be the same.")
		case target.region != b.region:
			return nil, failure("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed.")
		}
	}
	b.logging = to
	return &s3.PutBucketLoggingOutput{}, nil
}

// getBucketVersioning says no status where versioning was never on.
func getBucketVersioning(_ *Request, b *bucket, _ *s3.GetBucketVersioningInput) (*s3.GetBucketVersioningOutput, error) {
	return &s3.GetBucketVersioningOutput{Status: b.versioning}, nil
}

func putBucketVersioning(_ *Request, b *bucket, in *s3.PutBucketVersioningInput) (*s3.PutBucketVersioningOutput, error) {
	status := in.VersioningConfiguration.Status
	switch {
	case in.VersioningConfiguration.MFADelete != "" && in.MFA == nil:
		return nil, failure("InvalidRequest", "MFA Authentication must be provided")
	case !slices.Contains(status.Values(), status):
		return nil, failure("IllegalVersioningConfigurationException", "The Versioning element must be specified")
	case b.locked && status == types.BucketVersioningStatusSuspended:
		return nil, failure("InvalidBucketState", "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.")
	}
	b.versioning = status
	return &s3.PutBucketVersioningOutput{}, nil
}

// getBucketEncryption always answers: AES256 is what every bucket has that nobody changed.
func getBucketEncryption(_ *Request, b *bucket, _ *s3.GetBucketEncryptionInput) (*s3.GetBucketEncryptionOutput, error) {
	rule := b.encryption
	if rule == nil {
		rule = &types.ServerSideEncryptionRule{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
			BucketKeyEnabled:                   aws.Bool(false),
		}
	}
	return &s3.GetBucketEncryptionOutput{ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{*rule}}}, nil
}

func putBucketEncryption(_ *Request, b *bucket, in *s3.PutBucketEncryptionInput) (*s3.PutBucketEncryptionOutput, error) {
	rules := in.ServerSideEncryptionConfiguration.Rules
	if len(rules) != 1 || rules[0].ApplyServerSideEncryptionByDefault == nil {
		return nil, failure("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
	}
	rule := rules[0]
	byDefault := rule.ApplyServerSideEncryptionByDefault
	region, keyed := regionOfKey(byDefault.KMSMasterKeyID)
	switch {
	case byDefault.SSEAlgorithm == types.ServerSideEncryptionAes256 && byDefault.KMSMasterKeyID != nil:
		return nil, failure("InvalidArgument", "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")
	case keyed && region != b.region:
		return nil, failure("KMS.NotFoundException", "Invalid arn %s", region)
	}
	rule.BucketKeyEnabled = aws.Bool(aws.ToBool(rule.BucketKeyEnabled))
	b.encryption = &rule
	return &s3.PutBucketEncryptionOutput{}, nil
}

// regionOfKey returns the region of a key that is named by its ARN.
func regionOfKey(key *string) (string, bool) {
	parts := strings.Split(aws.ToString(key), ":")
	if len(parts) < 6 {
		return "", false
	}
	return parts[3], true
}

func serveOwnership(c *Cloud) {
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.GetBucketOwnershipControlsInput) (*s3.GetBucketOwnershipControlsOutput, error) {
		if b.ownership == nil {
			return nil, failure("OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
		}
		return &s3.GetBucketOwnershipControlsOutput{OwnershipControls: b.ownership}, nil
	})
	ofBucket(c, func(_ *Request, b *bucket, in *s3.PutBucketOwnershipControlsInput) (*s3.PutBucketOwnershipControlsOutput, error) {
		if len(in.OwnershipControls.Rules) != 1 {
			return nil, failure("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
		}
		b.ownership = in.OwnershipControls
		return &s3.PutBucketOwnershipControlsOutput{}, nil
	})
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.DeleteBucketOwnershipControlsInput) (*s3.DeleteBucketOwnershipControlsOutput, error) {
		b.ownership = nil
		return &s3.DeleteBucketOwnershipControlsOutput{}, nil
	})
}
