package fakeaws

import (
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// maxBucketPolicy is how many bytes a bucket policy may have.
const maxBucketPolicy = 20 * 1024

func serveBucketPolicy(c *Cloud) {
	ofBucket(c, putBucketPolicy)
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.GetBucketPolicyInput) (*s3.GetBucketPolicyOutput, error) {
		if b.policy == "" {
			return nil, errNoPolicy()
		}
		return &s3.GetBucketPolicyOutput{Policy: aws.String(b.policy)}, nil
	})
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.GetBucketPolicyStatusInput) (*s3.GetBucketPolicyStatusOutput, error) {
		if b.policy == "" {
			return nil, errNoPolicy()
		}
		var document bucketPolicy
		_ = json.Unmarshal([]byte(b.policy), &document)
		return &s3.GetBucketPolicyStatusOutput{PolicyStatus: &types.PolicyStatus{IsPublic: aws.Bool(document.public())}}, nil
	})
	ofBucket(c, func(_ *Request, b *bucket, _ *s3.DeleteBucketPolicyInput) (*s3.DeleteBucketPolicyOutput, error) {
		b.policy = ""
		return &s3.DeleteBucketPolicyOutput{}, nil
	})
}

func errNoPolicy() error {
	return failure("NoSuchBucketPolicy", "The bucket policy does not exist")
}

func putBucketPolicy(r *Request, b *bucket, in *s3.PutBucketPolicyInput) (*s3.PutBucketPolicyOutput, error) {
	text := aws.ToString(in.Policy)
	// AWS would let who asks so lock themselves out; the operator never asks.
	if in.ConfirmRemoveSelfBucketAccess != nil {
		return nil, failure("LockOut", "PutBucketPolicy with ConfirmRemoveSelfBucketAccess is never to be sent")
	}
	if len(text) > maxBucketPolicy {
		return nil, failure("PolicyTooLarge", "Policy exceeds the maximum allowed document size.")
	}
	document, err := parseBucketPolicy(r, text, b.arn(r, aws.ToString(in.Bucket)))
	if err != nil {
		return nil, err
	}
	if document.public() && r.blocksPublicPolicy(b) {
		return nil, failure("AccessDenied", "User: %s is not authorized to perform: s3:PutBucketPolicy on resource: %q because public policies are blocked by the BlockPublicPolicy block public access setting.", r.Caller, b.arn(r, aws.ToString(in.Bucket)))
	}
	kept, err := json.Marshal(document)
	if err != nil {
		return nil, failure("InternalError", "keeping the policy: %v", err)
	}
	b.policy = string(kept)
	return &s3.PutBucketPolicyOutput{}, nil
}

func (r *Request) blocksPublicPolicy(b *bucket) bool {
	account := stateOf[s3controlState](r.Cloud, b.account, "").effective()
	return b.block != nil && aws.ToBool(b.block.BlockPublicPolicy) || account != nil && aws.ToBool(account.BlockPublicPolicy)
}
