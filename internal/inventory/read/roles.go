package read

import (
	"context"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

// RoleStanding reads whether the account has a role of the name, and whether we made it.
func RoleStanding(ctx context.Context, s *awsapi.Session, name string) (exists, own bool, err error) {
	out, err := s.In("").IAM().GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
	if fault.Code(err) == "NoSuchEntity" {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("reading role %s: %w", name, err)
	}
	for _, tag := range out.Role.Tags {
		own = own || aws.ToString(tag.Key) == v1alpha1.OwnerTag
	}
	return true, own, nil
}

// RolePolicy reads a role's inline policy of the name; empty where there is none.
func RolePolicy(ctx context.Context, s *awsapi.Session, role, policy string) (string, error) {
	out, err := s.In("").IAM().GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String(role), PolicyName: aws.String(policy)})
	if fault.Code(err) == "NoSuchEntity" {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading policy %s of role %s: %w", policy, role, err)
	}
	document, err := url.PathUnescape(aws.ToString(out.PolicyDocument))
	if err != nil {
		return "", fmt.Errorf("reading policy %s of role %s: %w", policy, role, err)
	}
	return document, nil
}
