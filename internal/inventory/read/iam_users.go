package read

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// authorization is all users and groups with their policies, as one paged call tells them.
type authorization struct {
	users  []types.UserDetail
	groups map[string]*inventory.Group
}

// detailsPage is the most that GetAccountAuthorizationDetails gives at once.
const detailsPage = 1000

var getAuthorization = awsapi.Lists(iam.NewGetAccountAuthorizationDetailsPaginator)

// authorized reads users and groups, once for all collections that are made of them.
func (s *Scope) authorized(ctx context.Context) (authorization, error) {
	return once(s, "iam.authorization", func() (authorization, error) {
		all := authorization{groups: map[string]*inventory.Group{}}
		err := getAuthorization.In(ctx, s.AWS, &iam.GetAccountAuthorizationDetailsInput{
			Filter: []types.EntityType{types.EntityTypeUser, types.EntityTypeGroup}, MaxItems: aws.Int32(detailsPage),
		}, func(page *iam.GetAccountAuthorizationDetailsOutput) error {
			all.users = append(all.users, page.UserDetailList...)
			for _, g := range page.GroupDetailList {
				inline, err := inlineOf(g.GroupPolicyList)
				if err != nil {
					return fmt.Errorf("group %s: %w", aws.ToString(g.GroupName), err)
				}
				all.groups[aws.ToString(g.GroupName)] = &inventory.Group{
					Name: aws.ToString(g.GroupName), Path: aws.ToString(g.Path), Attached: attachedOf(g.AttachedManagedPolicies), Inline: inline,
				}
			}
			return nil
		})
		if err != nil {
			return authorization{}, fmt.Errorf("reading users and groups: %w", err)
		}
		s.join(all)
		return all, nil
	})
}

// join tells each group its members, whom IAM lists the other way round.
func (s *Scope) join(all authorization) {
	for _, u := range all.users {
		for _, name := range u.GroupList {
			group := all.groups[name]
			if group == nil {
				continue
			}
			group.Members = append(group.Members, aws.ToString(u.UserName))
			if s.kind(u) == inventory.BreakGlass {
				group.BreakGlass = append(group.BreakGlass, aws.ToString(u.UserName))
			}
		}
	}
	for _, group := range all.groups {
		slices.Sort(group.Members)
		slices.Sort(group.BreakGlass)
	}
}

func (s *Scope) kind(u types.UserDetail) inventory.Kind {
	return s.Who.Of(aws.ToString(u.UserName), aws.ToString(u.Arn))
}

// userRef identifies a user, with the tags that came with it.
func (s *Scope) userRef(u types.UserDetail) inventory.Ref {
	ref := s.ref("AWS::IAM::User", "", aws.ToString(u.UserName), aws.ToString(u.Arn))
	tags := map[string]string{}
	for _, tag := range u.Tags {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	ref.Tags = inventory.Seen(tags, s.AsOf)
	return ref
}

func users(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.User, error) {
	all, err := s.authorized(ctx)
	if err != nil {
		return nil, err
	}
	found := make([]inventory.User, 0, len(all.users))
	for _, u := range all.users {
		inline, err := inlineOf(u.UserPolicyList)
		if err != nil {
			return nil, fmt.Errorf("reading user %s: %w", aws.ToString(u.UserName), err)
		}
		found = append(found, inventory.User{
			Ref: s.userRef(u), Kind: s.kind(u), Attached: attachedOf(u.AttachedManagedPolicies), Inline: inline,
			Groups: slices.Sorted(slices.Values(u.GroupList)), Landing: all.groups[inventory.LandingGroup(aws.ToString(u.UserName))],
		})
	}
	return found, nil
}

func attachedOf(policies []types.AttachedPolicy) []string {
	var arns []string
	for _, policy := range policies {
		arns = append(arns, aws.ToString(policy.PolicyArn))
	}
	slices.Sort(arns)
	return arns
}

func inlineOf(policies []types.PolicyDetail) ([]inventory.InlinePolicy, error) {
	var inline []inventory.InlinePolicy
	for _, policy := range policies {
		document, err := decoded(policy.PolicyDocument)
		if err != nil {
			return nil, fmt.Errorf("reading policy %s: %w", aws.ToString(policy.PolicyName), err)
		}
		inline = append(inline, inventory.InlinePolicy{Name: aws.ToString(policy.PolicyName), Document: document})
	}
	return inline, nil
}

// decoded undoes the URL encoding that IAM returns documents in.
func decoded(document *string) (string, error) {
	plain, err := url.PathUnescape(aws.ToString(document))
	if err != nil {
		return "", fmt.Errorf("decoding the document: %w", err)
	}
	return plain, nil
}
