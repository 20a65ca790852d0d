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
	on(c, putBucketPolicy)
	on(c, func(r *Request, in *s3.GetBucketPolicyInput) (*s3.GetBucketPolicyOutput, error) {
		b, err := r.policed(in.Bucket, in.ExpectedBucketOwner)
		if err != nil {
			return nil, err
		}
		return &s3.GetBucketPolicyOutput{Policy: aws.String(b.policy)}, nil
	})
	on(c, func(r *Request, in *s3.GetBucketPolicyStatusInput) (*s3.GetBucketPolicyStatusOutput, error) {
		b, err := r.policed(in.Bucket, in.ExpectedBucketOwner)
		if err != nil {
			return nil, err
		}
		var document bucketPolicy
		_ = json.Unmarshal([]byte(b.policy), &document)
		return &s3.GetBucketPolicyStatusOutput{PolicyStatus: &types.PolicyStatus{IsPublic: aws.Bool(document.public())}}, nil
	})
	on(c, func(r *Request, in *s3.DeleteBucketPolicyInput) (*s3.DeleteBucketPolicyOutput, error) {
		b, err := r.bucket(in.Bucket, in.ExpectedBucketOwner)
		if err != nil {
			return nil, err
		}
		b.policy = ""
		return &s3.DeleteBucketPolicyOutput{}, nil
	})
}

// policed finds a bucket that has a policy.
func (r *Request) policed(name, owner *string) (*bucket, error) {
	b, err := r.bucket(name, owner)
	if err != nil {
		return nil, err
	}
	if b.policy == "" {
		return nil, failure("NoSuchBucketPolicy", "The bucket policy does not exist")
	}
	return b, nil
}

func putBucketPolicy(r *Request, in *s3.PutBucketPolicyInput) (*s3.PutBucketPolicyOutput, error) {
	b, err := r.bucket(in.Bucket, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	text := aws.ToString(in.Policy)
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
