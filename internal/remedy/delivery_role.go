package remedy

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

// ownServiceRole is the steps that make a role of the operator's own be there for a service: the
// role, and its one inline policy of the same name. A role of the name that does not bear the
// owner tag is someone else's, and ends them.
func ownServiceRole(s *awsapi.Session, name, trust, permissions string) []Step {
	client := s.In("").IAM()
	there := func(ctx context.Context) (bool, error) {
		out, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
		switch {
		case fault.Code(err) == "NoSuchEntity":
			return false, nil
		case err != nil:
			return false, fmt.Errorf("looking for role %s: %w", name, err)
		case !ownRole(out.Role):
			return false, &fault.Fault{Class: fault.Conflict, Operation: "iam:CreateRole", Message: fmt.Sprintf("role %s is there without the tag %s: it is someone else's", name, v1alpha1.OwnerTag)}
		}
		return true, nil
	}
	create := ensure("iam:CreateRole", there, func(ctx context.Context) error {
		err := sent(client.CreateRole(ctx, &iam.CreateRoleInput{
			RoleName: aws.String(name), AssumeRolePolicyDocument: aws.String(trust), Tags: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(ownValue)}},
		}))
		// Ours since the look, if an answer was lost.
		if fault.Code(err) == "EntityAlreadyExists" {
			_, err = there(ctx)
		}
		return err
	})
	allow := ensure("iam:PutRolePolicy",
		func(ctx context.Context) (bool, error) {
			out, err := client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String(name)})
			switch {
			case fault.Code(err) == "NoSuchEntity":
				return false, nil
			case err != nil:
				return false, fmt.Errorf("reading the policy of role %s: %w", name, err)
			}
			return iampolicy.Equal(aws.ToString(out.PolicyDocument), permissions), nil
		},
		func(ctx context.Context) error {
			return sent(client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String(name), PolicyDocument: aws.String(permissions)}))
		})
	return []Step{create, allow}
}

func ownRole(role *types.Role) bool {
	for _, tag := range role.Tags {
		if aws.ToString(tag.Key) == v1alpha1.OwnerTag {
			return true
		}
	}
	return false
}
