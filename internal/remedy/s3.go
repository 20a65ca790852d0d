package remedy

import (
	"context"

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

var s3Remedies = []remedy{
	setAccountPublicAccess, by(blockBucketPublicAccess, unblockBucketPublicAccess), by(enableBucketVersioning, suspendBucketVersioning),
	by(encryptBucket, undoEncryptBucket), by(denyInsecureTransport, allowInsecureTransport),
}

var setAccountPublicAccess = set(action.AccountPublicAccess, sends(awsapi.Writes((*s3control.Client).PutPublicAccessBlock, "s3:PutAccountPublicAccessBlock"),
	func(account inventory.Ref, to inventory.PublicAccessBlock) *s3control.PutPublicAccessBlockInput {
		return &s3control.PutPublicAccessBlockInput{
			AccountId: &account.Account,
			PublicAccessBlockConfiguration: &controltypes.PublicAccessBlockConfiguration{
				BlockPublicAcls: &to.BlockPublicAcls, IgnorePublicAcls: &to.IgnorePublicAcls,
				BlockPublicPolicy: &to.BlockPublicPolicy, RestrictPublicBuckets: &to.RestrictPublicBuckets,
			},
		}
	}))

// bucketSetting is the step that changes one setting of a bucket, called at its region.
func bucketSetting[S any](s *awsapi.Session, call string, bucket action.Target, current func(context.Context, *awsapi.Session, string, string) (S, error), from, to S, send func(context.Context, *s3.Client, *string) error) []Step {
	return []Step{setting(call,
		func(ctx context.Context) (S, error) { return current(ctx, s, bucket.Region, bucket.ID) },
		from, to,
		func(ctx context.Context) error { return send(ctx, s.In(bucket.Region).S3(), aws.String(bucket.ID)) },
	)}
}

func blockBucketPublicAccess(s *awsapi.Session, a action.BlockBucketPublicAccess) []Step {
	return bucketBlock(s, a.Bucket, a.From, inventory.AllBlocked)
}

func unblockBucketPublicAccess(s *awsapi.Session, a action.BlockBucketPublicAccess) backward {
	return one(bucketBlock(s, a.Bucket, inventory.AllBlocked, a.From))
}

func bucketBlock(s *awsapi.Session, bucket action.Target, from, to inventory.PublicAccessBlock) []Step {
	return bucketSetting(s, "s3:PutPublicAccessBlock", bucket, read.BucketPublicAccessBlock, from, to,
		func(ctx context.Context, client *s3.Client, bucket *string) error {
			return sent(client.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
				Bucket: bucket,
				PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
					BlockPublicAcls: aws.Bool(to.BlockPublicAcls), IgnorePublicAcls: aws.Bool(to.IgnorePublicAcls),
					BlockPublicPolicy: aws.Bool(to.BlockPublicPolicy), RestrictPublicBuckets: aws.Bool(to.RestrictPublicBuckets),
				},
			}))
		})
}

func enableBucketVersioning(s *awsapi.Session, a action.EnableBucketVersioning) []Step {
	return bucketVersioning(s, a.Bucket, a.From, a.To())
}

func suspendBucketVersioning(s *awsapi.Session, a action.EnableBucketVersioning) backward {
	return one(bucketVersioning(s, a.Bucket, a.To(), a.Back()))
}

// bucketVersioning says nothing about MFA Delete, which leaves it as it is.
func bucketVersioning(s *awsapi.Session, bucket action.Target, from, to inventory.Versioning) []Step {
	return bucketSetting(s, "s3:PutBucketVersioning", bucket, read.BucketVersioning, from, to,
		func(ctx context.Context, client *s3.Client, bucket *string) error {
			return sent(client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
				Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatus(to.Status)},
			}))
		})
}

func undoEncryptBucket(s *awsapi.Session, a action.EncryptBucket) backward {
	return one(encryptBucket(s, action.EncryptBucket{Bucket: a.Bucket, From: a.To, To: a.From}))
}

func encryptBucket(s *awsapi.Session, a action.EncryptBucket) []Step {
	return bucketSetting(s, "s3:PutBucketEncryption", a.Bucket, read.BucketEncryption, a.From, a.To,
		func(ctx context.Context, client *s3.Client, bucket *string) error {
			return sent(client.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
				Bucket:                            bucket,
				ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{encryptionRule(a.To)}},
			}))
		})
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
	current := func(ctx context.Context, s *awsapi.Session, region, bucket string) (string, error) {
		merged, err := iampolicy.Merge(a.From, iampolicy.DenyInsecureTransport(a.Bucket.ARN))
		if err != nil || merged != a.To {
			return "", &fault.Fault{Class: fault.Invalid, Operation: "s3:PutBucketPolicy", Message: "refused before it was sent: the policy is not the one that was read with our statement added", Cause: err}
		}
		policy, err := read.BucketPolicy(ctx, s, region, bucket)
		return iampolicy.Canonical(policy), err
	}
	return bucketSetting(s, "s3:PutBucketPolicy", a.Bucket, current, iampolicy.Canonical(a.From), iampolicy.Canonical(a.To),
		func(ctx context.Context, client *s3.Client, bucket *string) error {
			return sent(client.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String(a.To)}))
		})
}

// allowInsecureTransport takes our statement out again, and nothing else.
func allowInsecureTransport(s *awsapi.Session, a action.DenyInsecureTransport) backward {
	put, remove := withoutStatements(s, a.Bucket.Region, a.Bucket.ID, []iampolicy.Statement{iampolicy.DenyInsecureTransport(a.Bucket.ARN)})
	return backward{"s3:PutBucketPolicy": put, "s3:DeleteBucketPolicy": remove}
}
