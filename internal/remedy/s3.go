package remedy

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var (
	putBucketBlock     = awsapi.Writes((*s3.Client).PutPublicAccessBlock, "s3:PutBucketPublicAccessBlock")
	putBucketPolicy    = awsapi.Writes((*s3.Client).PutBucketPolicy)
	deleteBucketPolicy = awsapi.Writes((*s3.Client).DeleteBucketPolicy)

	bucketBlockAgain  = read.Again(inventory.BucketPublicAccessBlock)
	bucketPolicyAgain = read.Again(inventory.BucketPolicy)
)

var _ = []remedy{
	set(action.AccountPublicAccess, sends(awsapi.Writes((*s3control.Client).PutPublicAccessBlock, "s3:PutAccountPublicAccessBlock"),
		func(account inventory.Ref, to inventory.PublicAccessBlock) *s3control.PutPublicAccessBlockInput {
			return &s3control.PutPublicAccessBlockInput{
				AccountId: &account.Account,
				PublicAccessBlockConfiguration: &controltypes.PublicAccessBlockConfiguration{
					BlockPublicAcls: &to.BlockPublicAcls, IgnorePublicAcls: &to.IgnorePublicAcls,
					BlockPublicPolicy: &to.BlockPublicPolicy, RestrictPublicBuckets: &to.RestrictPublicBuckets,
				},
			}
		})),
	set(action.BucketPublicAccess, sends(putBucketBlock, bucketBlock)),
	// It says nothing about MFA Delete, which leaves that as it is.
	set(action.BucketVersioning, sends(awsapi.Writes((*s3.Client).PutBucketVersioning),
		func(bucket inventory.Ref, to inventory.Versioning) *s3.PutBucketVersioningInput {
			return &s3.PutBucketVersioningInput{Bucket: &bucket.ID, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatus(to.Status)}}
		})),
	set(action.BucketAccessLog, sends(awsapi.Writes((*s3.Client).PutBucketLogging), func(bucket inventory.Ref, to inventory.AccessLog) *s3.PutBucketLoggingInput {
		in := &s3.PutBucketLoggingInput{Bucket: &bucket.ID, BucketLoggingStatus: &types.BucketLoggingStatus{}}
		if to.Bucket != "" {
			in.BucketLoggingStatus.LoggingEnabled = &types.LoggingEnabled{TargetBucket: &to.Bucket, TargetPrefix: &to.Prefix}
		}
		return in
	})),
	set(action.BucketEncryption, sends(awsapi.Writes((*s3.Client).PutBucketEncryption, "s3:PutEncryptionConfiguration"),
		func(bucket inventory.Ref, to inventory.BucketEncryptionRule) *s3.PutBucketEncryptionInput {
			return &s3.PutBucketEncryptionInput{
				Bucket:                            &bucket.ID,
				ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{encryptionRule(to)}},
			}
		})),
	by(denyInsecureTransport, allowInsecureTransport),
}

func bucketBlock(bucket inventory.Ref, to inventory.PublicAccessBlock) *s3.PutPublicAccessBlockInput {
	return &s3.PutPublicAccessBlockInput{
		Bucket: &bucket.ID,
		PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: &to.BlockPublicAcls, IgnorePublicAcls: &to.IgnorePublicAcls,
			BlockPublicPolicy: &to.BlockPublicPolicy, RestrictPublicBuckets: &to.RestrictPublicBuckets,
		},
	}
}

// encryptionRule is the whole rule: what it left out, S3 would drop.
func encryptionRule(to inventory.BucketEncryptionRule) types.ServerSideEncryptionRule {
	rule := types.ServerSideEncryptionRule{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryption(to.Algorithm)},
		BucketKeyEnabled:                   aws.Bool(to.BucketKey),
	}
	if to.KMSKey != "" {
		rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID = aws.String(to.KMSKey)
	}
	if len(to.Blocked) > 0 {
		rule.BlockedEncryptionTypes = &types.BlockedEncryptionTypes{}
		for _, kind := range to.Blocked {
			rule.BlockedEncryptionTypes.EncryptionType = append(rule.BlockedEncryptionTypes.EncryptionType, types.EncryptionType(kind))
		}
	}
	return rule
}

// denyInsecureTransport compares policies by what they mean: S3 gives back another text than it
// was put. It writes only what was read with our one statement, which denies nobody who comes
// over TLS, the operator included; and it never confirms that the caller may lock itself out.
func denyInsecureTransport(s *awsapi.Session, a action.DenyInsecureTransport) []Step {
	current := func(ctx context.Context) (string, error) {
		merged, err := iampolicy.Merge(a.From, iampolicy.DenyInsecureTransport(a.Bucket.ARN))
		if err != nil || merged != a.To {
			return "", &fault.Fault{Class: fault.Invalid, Operation: putBucketPolicy.Name, Message: "refused before it was sent: the policy is not the one that was read with our statement added", Cause: err}
		}
		policy, err := bucketPolicyAgain.Of(ctx, s, a.Bucket.Ref())
		return iampolicy.Canonical(policy), err
	}
	return []Step{setting(putBucketPolicy.Name, bucketPolicyAgain.Calls, current, iampolicy.Canonical(a.From), iampolicy.Canonical(a.To),
		func(ctx context.Context) error { return putPolicy(ctx, s, a.Bucket.Ref(), a.To) })}
}

func putPolicy(ctx context.Context, s *awsapi.Session, bucket inventory.Ref, policy string) error {
	return sent(putBucketPolicy.In(ctx, s.In(bucket.Region), &s3.PutBucketPolicyInput{Bucket: &bucket.ID, Policy: &policy}))
}

// allowInsecureTransport takes our statement out again, and nothing else.
func allowInsecureTransport(s *awsapi.Session, a action.DenyInsecureTransport) backward {
	put, remove := withoutStatements(s, a.Bucket.Ref(), []iampolicy.Statement{iampolicy.DenyInsecureTransport(a.Bucket.ARN)})
	// Whatever bucket it is, it was read, and is known to be where it is.
	put.Reads, remove.Reads = bucketPolicyAgain.Calls, bucketPolicyAgain.Calls
	return backward{putBucketPolicy.Name: put, deleteBucketPolicy.Name: remove}
}

// policyOf reads the policy of a bucket of the account, and where it is. The region of one that
// was just made is known; one without has to be found among the account's.
func policyOf(ctx context.Context, s *awsapi.Session, bucket inventory.Ref, absent fault.Class) (inventory.Ref, string, error) {
	if bucket.Region == "" {
		at, err := read.BucketRegion.Of(ctx, s, bucket.ID)
		if err != nil {
			return bucket, "", err
		}
		if bucket.Region = at; at == "" {
			return bucket, "", &fault.Fault{Class: absent, Operation: "s3:ListBuckets", Message: fmt.Sprintf("account %s has no bucket %s", s.Account, bucket.ID)}
		}
	}
	policy, err := bucketPolicyAgain.Of(ctx, s, bucket)
	return bucket, policy, err
}

// policyLooks are the calls of policyOf.
func policyLooks(bucket inventory.Ref) []string {
	if bucket.Region == "" {
		return slices.Concat(read.BucketRegion.Calls, bucketPolicyAgain.Calls)
	}
	return bucketPolicyAgain.Calls
}
