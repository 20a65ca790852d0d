package read

import (
	"context"
	"errors"
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

// noBlock is the code for a bucket or account that never had Block Public Access set.
const noBlock = "NoSuchPublicAccessBlockConfiguration"

// errNothingSaid is the error of an answer without its content, which an endpoint that does not
// know the call may give; it is not the absence that S3 has a code for.
var errNothingSaid = errors.New("the answer is empty")

// BucketPublicAccessBlock reads a bucket's own Block Public Access; none is all off.
func BucketPublicAccessBlock(ctx context.Context, s *awsapi.Session, region, bucket string) (inventory.PublicAccessBlock, error) {
	out, err := s.In(region).S3().GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: aws.String(bucket)})
	if fault.Code(err) == noBlock {
		return inventory.PublicAccessBlock{}, nil
	}
	if err != nil {
		return inventory.PublicAccessBlock{}, fmt.Errorf("reading public access block: %w", err)
	}
	if out.PublicAccessBlockConfiguration == nil {
		return inventory.PublicAccessBlock{}, fmt.Errorf("reading public access block of %s: %w", bucket, errNothingSaid)
	}
	block := out.PublicAccessBlockConfiguration
	return inventory.PublicAccessBlock{
		BlockPublicAcls:       aws.ToBool(block.BlockPublicAcls),
		IgnorePublicAcls:      aws.ToBool(block.IgnorePublicAcls),
		BlockPublicPolicy:     aws.ToBool(block.BlockPublicPolicy),
		RestrictPublicBuckets: aws.ToBool(block.RestrictPublicBuckets),
	}, nil
}

// BucketVersioning reads whether a bucket keeps versions.
func BucketVersioning(ctx context.Context, s *awsapi.Session, region, bucket string) (inventory.Versioning, error) {
	out, err := s.In(region).S3().GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: aws.String(bucket)})
	if err != nil {
		return inventory.Versioning{}, fmt.Errorf("reading versioning: %w", err)
	}
	return inventory.Versioning{Status: inventory.VersioningStatus(out.Status), MFADelete: out.MFADelete == types.MFADeleteStatusEnabled}, nil
}

// BucketEncryption reads how a bucket encrypts new objects. AWS has answered for every bucket
// since 2023; an endpoint that still knows of none says so by its code.
func BucketEncryption(ctx context.Context, s *awsapi.Session, region, bucket string) (inventory.BucketEncryptionRule, error) {
	out, err := s.In(region).S3().GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: aws.String(bucket)})
	if fault.Code(err) == "ServerSideEncryptionConfigurationNotFoundError" {
		return inventory.BucketEncryptionRule{}, nil
	}
	if err != nil {
		return inventory.BucketEncryptionRule{}, fmt.Errorf("reading default encryption: %w", err)
	}
	if out.ServerSideEncryptionConfiguration == nil || len(out.ServerSideEncryptionConfiguration.Rules) == 0 {
		return inventory.BucketEncryptionRule{}, fmt.Errorf("reading default encryption of %s: %w", bucket, errNothingSaid)
	}
	return encryptionRule(out.ServerSideEncryptionConfiguration.Rules[0]), nil
}

func encryptionRule(rule types.ServerSideEncryptionRule) inventory.BucketEncryptionRule {
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
	return read
}

// BucketPolicy reads a bucket's policy; "" where there is none.
func BucketPolicy(ctx context.Context, s *awsapi.Session, region, bucket string) (string, error) {
	out, err := s.In(region).S3().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
	if fault.Code(err) == "NoSuchBucketPolicy" {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading bucket policy: %w", err)
	}
	if aws.ToString(out.Policy) == "" {
		return "", fmt.Errorf("reading bucket policy of %s: %w", bucket, errNothingSaid)
	}
	return *out.Policy, nil
}

// accountPublicAccessBlock is what is in effect, whether the account or its organization set it.
var accountPublicAccessBlock = made(inventory.AccountPublicAccessBlocks,
	single[inventory.AccountPublicAccessBlock](),
	asked(inventory.S3PublicAccessBlock, awsapi.Reads((*s3control.Client).GetPublicAccessBlock, "s3:GetAccountPublicAccessBlock"),
		func(a inventory.Ref) *s3control.GetPublicAccessBlockInput {
			return &s3control.GetPublicAccessBlockInput{AccountId: &a.Account}
		},
		func(out *s3control.GetPublicAccessBlockOutput) (inventory.PublicAccessBlock, error) {
			block := out.PublicAccessBlockConfiguration
			if block == nil {
				return inventory.PublicAccessBlock{}, errNothingSaid
			}
			return inventory.PublicAccessBlock{
				BlockPublicAcls: aws.ToBool(block.BlockPublicAcls), IgnorePublicAcls: aws.ToBool(block.IgnorePublicAcls),
				BlockPublicPolicy: aws.ToBool(block.BlockPublicPolicy), RestrictPublicBuckets: aws.ToBool(block.RestrictPublicBuckets),
			}, nil
		},
		none[inventory.AccountPublicAccessBlock](noBlock),
	),
)
