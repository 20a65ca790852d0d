package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var (
	getGroup          = awsapi.Lists(iam.NewGetGroupPaginator)
	listGroupPolicies = awsapi.Lists(iam.NewListGroupPoliciesPaginator)
	listGroupAttached = awsapi.Lists(iam.NewListAttachedGroupPoliciesPaginator)
	listGroupsForUser = awsapi.Lists(iam.NewListGroupsForUserPaginator)
	listUserPolicies  = awsapi.Lists(iam.NewListUserPoliciesPaginator)
	listUserAttached  = awsapi.Lists(iam.NewListAttachedUserPoliciesPaginator)
	getGroupPolicy    = awsapi.Reads((*iam.Client).GetGroupPolicy)
	getUserPolicy     = awsapi.Reads((*iam.Client).GetUserPolicy)
)

// Group is one group with its members and policies; nil where there is none.
var Group = look(func(ctx context.Context, s *awsapi.Session, name string) (*inventory.Group, error) {
	group, in := &inventory.Group{Name: name}, s.In("")
	err := getGroup.In(ctx, in, &iam.GetGroupInput{GroupName: aws.String(name), MaxItems: aws.Int32(detailsPage)}, func(page *iam.GetGroupOutput) error {
		group.Path = aws.ToString(page.Group.Path)
		for _, user := range page.Users {
			group.Members = append(group.Members, aws.ToString(user.UserName))
		}
		return nil
	})
	if fault.Code(err) == noSuchEntity {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading group %s: %w", name, err)
	}
	err = listGroupAttached.In(ctx, in, &iam.ListAttachedGroupPoliciesInput{GroupName: aws.String(name)}, func(page *iam.ListAttachedGroupPoliciesOutput) error {
		group.Attached = append(group.Attached, attachedOf(page.AttachedPolicies)...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading policies of group %s: %w", name, err)
	}
	err = listGroupPolicies.In(ctx, in, &iam.ListGroupPoliciesInput{GroupName: aws.String(name)}, func(page *iam.ListGroupPoliciesOutput) error {
		for _, policy := range page.PolicyNames {
			document, err := GroupPolicy.Of(ctx, s, PolicyOf{Group: name, Policy: policy})
			if err != nil {
				return err
			}
			group.Inline = append(group.Inline, inventory.InlinePolicy{Name: policy, Document: document})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading policies of group %s: %w", name, err)
	}
	return group, nil
}, getGroup, listGroupAttached, listGroupPolicies, getGroupPolicy)

// PolicyOf names an inline policy of a group.
type PolicyOf struct{ Group, Policy string }

// GroupPolicy is a group's inline policy; "" where there is none.
var GroupPolicy = look(func(ctx context.Context, s *awsapi.Session, of PolicyOf) (string, error) {
	out, err := getGroupPolicy.In(ctx, s.In(""), &iam.GetGroupPolicyInput{GroupName: aws.String(of.Group), PolicyName: aws.String(of.Policy)})
	if fault.Code(err) == noSuchEntity {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading policy %s of group %s: %w", of.Policy, of.Group, err)
	}
	return decoded(out.PolicyDocument)
}, getGroupPolicy)

// GroupsOf are the names of the groups that a user is in.
var GroupsOf = look(func(ctx context.Context, s *awsapi.Session, user string) ([]string, error) {
	groups, err := gather(ctx, s.In(""), listGroupsForUser, &iam.ListGroupsForUserInput{UserName: aws.String(user)},
		func(page *iam.ListGroupsForUserOutput) []types.Group { return page.Groups }, func(g types.Group) string { return aws.ToString(g.GroupName) })
	if err != nil {
		return nil, fmt.Errorf("reading groups of user %s: %w", user, err)
	}
	return groups, nil
}, listGroupsForUser)

// Attachments are what is attached to a user itself: managed policies, by ARN, and inline ones.
type Attachments struct {
	Managed []string
	Inline  []inventory.InlinePolicy
}

// UserPolicies are what is attached to the user itself.
var UserPolicies = look(func(ctx context.Context, s *awsapi.Session, user string) (all Attachments, err error) {
	in := s.In("")
	err = listUserAttached.In(ctx, in, &iam.ListAttachedUserPoliciesInput{UserName: aws.String(user)}, func(page *iam.ListAttachedUserPoliciesOutput) error {
		all.Managed = append(all.Managed, attachedOf(page.AttachedPolicies)...)
		return nil
	})
	if err != nil {
		return all, fmt.Errorf("reading policies of user %s: %w", user, err)
	}
	err = listUserPolicies.In(ctx, in, &iam.ListUserPoliciesInput{UserName: aws.String(user)}, func(page *iam.ListUserPoliciesOutput) error {
		for _, name := range page.PolicyNames {
			out, err := getUserPolicy.In(ctx, in, &iam.GetUserPolicyInput{UserName: aws.String(user), PolicyName: aws.String(name)})
			if err != nil {
				return fmt.Errorf("reading policy %s: %w", name, err)
			}
			document, err := decoded(out.PolicyDocument)
			if err != nil {
				return fmt.Errorf("reading policy %s: %w", name, err)
			}
			all.Inline = append(all.Inline, inventory.InlinePolicy{Name: name, Document: document})
		}
		return nil
	})
	if err != nil {
		return all, fmt.Errorf("reading policies of user %s: %w", user, err)
	}
	return all, nil
}, listUserAttached, listUserPolicies, getUserPolicy)
