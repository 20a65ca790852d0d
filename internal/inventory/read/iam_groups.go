package read

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Group reads one group with its members and policies; nil where there is none.
func Group(ctx context.Context, s *awsapi.Session, name string) (*inventory.Group, error) {
	group := &inventory.Group{Name: name}
	members := iam.NewGetGroupPaginator(s.In("").IAM(), &iam.GetGroupInput{GroupName: aws.String(name), MaxItems: aws.Int32(detailsPage)})
	for members.HasMorePages() {
		page, err := members.NextPage(ctx)
		if fault.Code(err) == noSuchEntity {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading group %s: %w", name, err)
		}
		group.Path = aws.ToString(page.Group.Path)
		for _, user := range page.Users {
			group.Members = append(group.Members, aws.ToString(user.UserName))
		}
	}
	attached := iam.NewListAttachedGroupPoliciesPaginator(s.In("").IAM(), &iam.ListAttachedGroupPoliciesInput{GroupName: aws.String(name)})
	for attached.HasMorePages() {
		page, err := attached.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading policies of group %s: %w", name, err)
		}
		group.Attached = append(group.Attached, attachedOf(page.AttachedPolicies)...)
	}
	inline := iam.NewListGroupPoliciesPaginator(s.In("").IAM(), &iam.ListGroupPoliciesInput{GroupName: aws.String(name)})
	for inline.HasMorePages() {
		page, err := inline.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading policies of group %s: %w", name, err)
		}
		for _, policy := range page.PolicyNames {
			document, err := GroupPolicy(ctx, s, name, policy)
			if err != nil {
				return nil, err
			}
			group.Inline = append(group.Inline, inventory.InlinePolicy{Name: policy, Document: document})
		}
	}
	return group, nil
}

// GroupPolicy reads a group's inline policy; "" where there is none.
func GroupPolicy(ctx context.Context, s *awsapi.Session, group, policy string) (string, error) {
	out, err := s.In("").IAM().GetGroupPolicy(ctx, &iam.GetGroupPolicyInput{GroupName: aws.String(group), PolicyName: aws.String(policy)})
	if fault.Code(err) == noSuchEntity {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading policy %s of group %s: %w", policy, group, err)
	}
	return decoded(out.PolicyDocument)
}

// InGroup reads whether the user is in the group.
func InGroup(ctx context.Context, s *awsapi.Session, user, group string) (bool, error) {
	pages := iam.NewListGroupsForUserPaginator(s.In("").IAM(), &iam.ListGroupsForUserInput{UserName: aws.String(user)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, fmt.Errorf("reading groups of user %s: %w", user, err)
		}
		for _, g := range page.Groups {
			if aws.ToString(g.GroupName) == group {
				return true, nil
			}
		}
	}
	return false, nil
}

// UserPolicies reads what is attached to the user itself.
func UserPolicies(ctx context.Context, s *awsapi.Session, user string) (attached []string, inline []inventory.InlinePolicy, err error) {
	managed := iam.NewListAttachedUserPoliciesPaginator(s.In("").IAM(), &iam.ListAttachedUserPoliciesInput{UserName: aws.String(user)})
	for managed.HasMorePages() {
		page, err := managed.NextPage(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("reading policies of user %s: %w", user, err)
		}
		attached = slices.Concat(attached, attachedOf(page.AttachedPolicies))
	}
	own := iam.NewListUserPoliciesPaginator(s.In("").IAM(), &iam.ListUserPoliciesInput{UserName: aws.String(user)})
	for own.HasMorePages() {
		page, err := own.NextPage(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("reading policies of user %s: %w", user, err)
		}
		for _, name := range page.PolicyNames {
			out, err := s.In("").IAM().GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: aws.String(user), PolicyName: aws.String(name)})
			if err != nil {
				return nil, nil, fmt.Errorf("reading policy %s of user %s: %w", name, user, err)
			}
			document, err := decoded(out.PolicyDocument)
			if err != nil {
				return nil, nil, err
			}
			inline = append(inline, inventory.InlinePolicy{Name: name, Document: document})
		}
	}
	return attached, inline, nil
}
