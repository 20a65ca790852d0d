package remedy

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

var (
	getRole       = awsapi.Reads((*iam.Client).GetRole)
	getRolePolicy = awsapi.Reads((*iam.Client).GetRolePolicy)
	createRole    = awsapi.Writes((*iam.Client).CreateRole, "iam:CreateRole", "iam:TagRole")
	putRolePolicy = awsapi.Writes((*iam.Client).PutRolePolicy)
)

// ownServiceRole is the steps that make a role of the operator's own be there for a service: the
// role, which nobody but the service may take, and its one inline policy of the same name.
func ownServiceRole(s *awsapi.Session, name, trust, permissions string) []Step {
	create := owned(createRole.Name, "role "+name, []string{getRole.Name},
		func(ctx context.Context) (found, error) {
			out, err := getRole.In(ctx, s.In(""), &iam.GetRoleInput{RoleName: aws.String(name)})
			switch {
			case fault.Code(err) == "NoSuchEntity":
				return found{}, nil
			case err != nil:
				return found{}, err
			case !ownRole(out.Role):
				return untagged, nil
			case !iampolicy.Equal(aws.ToString(out.Role.AssumeRolePolicyDocument), trust):
				return found{there: true, foreign: "its trust policy is not the one that the operator gives it"}, nil
			}
			return found{there: true}, nil
		},
		func(ctx context.Context) error {
			return sent(createRole.In(ctx, s.In(""), &iam.CreateRoleInput{
				RoleName: aws.String(name), AssumeRolePolicyDocument: aws.String(trust), Tags: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(v1alpha1.OwnerValue)}},
			}))
		})
	allow := ensure(putRolePolicy.Name, []string{getRolePolicy.Name},
		func(ctx context.Context) (bool, error) {
			out, err := getRolePolicy.In(ctx, s.In(""), &iam.GetRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String(name)})
			switch {
			case fault.Code(err) == "NoSuchEntity":
				return false, nil
			case err != nil:
				return false, fmt.Errorf("reading the policy of role %s: %w", name, err)
			}
			return iampolicy.Equal(aws.ToString(out.PolicyDocument), permissions), nil
		},
		func(ctx context.Context) error {
			return sent(putRolePolicy.In(ctx, s.In(""), &iam.PutRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String(name), PolicyDocument: aws.String(permissions)}))
		})
	return []Step{create, allow}
}

func ownRole(role *types.Role) bool {
	return slices.ContainsFunc(role.Tags, func(tag types.Tag) bool {
		return aws.ToString(tag.Key) == v1alpha1.OwnerTag && aws.ToString(tag.Value) == v1alpha1.OwnerValue
	})
}
