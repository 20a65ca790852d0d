package fakeaws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"
)

// s3controlState is an account's own Block Public Access, one for all regions.
type s3controlState struct {
	block *s3types.PublicAccessBlockConfiguration
	// organization says that a policy above the account turns everything on.
	organization bool
}

// OrganizationBlocksPublicAccess makes a policy of the organization block public access in the
// account: its settings show all on, and it may not change them.
func (c *Cloud) OrganizationBlocksPublicAccess(account string) {
	c.edit(account, "", func(r *Request) { global[s3controlState](r).organization = true })
}

func serveS3Control(c *Cloud) {
	on(c, func(r *Request, in *s3control.GetPublicAccessBlockInput) (*s3control.GetPublicAccessBlockOutput, error) {
		state, err := r.accountBlock(in.AccountId)
		if err != nil {
			return nil, err
		}
		effective := state.effective()
		if effective == nil {
			return nil, &types.NoSuchPublicAccessBlockConfiguration{Message: aws.String("The public access block configuration was not found")}
		}
		return &s3control.GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: effective.BlockPublicAcls, IgnorePublicAcls: effective.IgnorePublicAcls,
			BlockPublicPolicy: effective.BlockPublicPolicy, RestrictPublicBuckets: effective.RestrictPublicBuckets,
		}}, nil
	})
	on(c, func(r *Request, in *s3control.PutPublicAccessBlockInput) (*s3control.PutPublicAccessBlockOutput, error) {
		state, err := r.accountBlock(in.AccountId)
		if err != nil {
			return nil, err
		}
		if state.organization {
			return nil, failure("AccessDenied", "Access Denied: the public access block is managed by an organization policy")
		}
		asked := in.PublicAccessBlockConfiguration
		state.block = spelledOut(&s3types.PublicAccessBlockConfiguration{
			BlockPublicAcls: asked.BlockPublicAcls, IgnorePublicAcls: asked.IgnorePublicAcls,
			BlockPublicPolicy: asked.BlockPublicPolicy, RestrictPublicBuckets: asked.RestrictPublicBuckets,
		})
		return &s3control.PutPublicAccessBlockOutput{}, nil
	})
	on(c, func(r *Request, in *s3control.DeletePublicAccessBlockInput) (*s3control.DeletePublicAccessBlockOutput, error) {
		state, err := r.accountBlock(in.AccountId)
		if err != nil {
			return nil, err
		}
		if state.organization {
			return nil, failure("AccessDenied", "Access Denied: the public access block is managed by an organization policy")
		}
		state.block = nil
		return &s3control.DeletePublicAccessBlockOutput{}, nil
	})
}

// accountBlock returns the called account's state; nobody sees another account's.
func (r *Request) accountBlock(account *string) (*s3controlState, error) {
	if aws.ToString(account) != r.Account {
		return nil, failure("AccessDenied", "Access Denied")
	}
	return global[s3controlState](r), nil
}

// effective is what holds: the organization's block where there is one, else the account's.
func (s *s3controlState) effective() *s3types.PublicAccessBlockConfiguration {
	if !s.organization {
		return s.block
	}
	return blockAll()
}
