package remedy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// ownGroup makes one of the operator's groups, where its purpose still stands: that says
// Pending, or Changed where nothing may be sent. The group's path says whose it is: one of the
// name on another path is somebody else's.
func ownGroup(s *awsapi.Session, name string, purpose func(context.Context) (Standing, error)) Step {
	look := func(ctx context.Context) (Standing, error) {
		group, err := read.Group(ctx, s, name)
		switch {
		case err != nil:
			return "", err
		case group == nil:
			return Pending, nil
		case group.Path != inventory.GroupPath:
			return Changed, nil
		}
		return Done, nil
	}
	return Step{
		Call: "iam:CreateGroup",
		Look: func(ctx context.Context) (Standing, error) {
			if standing, err := purpose(ctx); err != nil || standing == Changed {
				return standing, err
			}
			return look(ctx)
		},
		Send: func(ctx context.Context) error {
			_, err := s.In("").IAM().CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String(name), Path: aws.String(inventory.GroupPath)})
			if fault.Code(err) == "EntityAlreadyExists" {
				if standing, lookErr := look(ctx); lookErr == nil && standing == Done {
					return nil
				}
			}
			return err
		},
	}
}

func requireMFA(s *awsapi.Session, a action.RequireMFA) []Step {
	policy := action.MFAPolicy(a.User.Partition)
	return []Step{
		ownGroup(s, inventory.MFAGroup, func(ctx context.Context) (Standing, error) { return withoutMFA(ctx, s, a.User.ID) }),
		{
			Call: "iam:PutGroupPolicy",
			Look: func(ctx context.Context) (Standing, error) {
				there, err := read.GroupPolicy(ctx, s, inventory.MFAGroup, inventory.MFAPolicy)
				switch {
				case err != nil:
					return "", err
				case iampolicy.Equal(there, policy):
					return Done, nil
				case there == "", iampolicy.Equal(there, a.Policy):
					return Pending, nil
				}
				return Changed, nil
			},
			Send: func(ctx context.Context) error {
				return putGroupPolicy(ctx, s, inventory.MFAGroup, inventory.MFAPolicy, policy)
			},
		},
		{
			Call: "iam:AddUserToGroup",
			Look: func(ctx context.Context) (Standing, error) {
				if member, err := read.InGroup(ctx, s, a.User.ID, inventory.MFAGroup); err != nil || member {
					return Done, err
				}
				there, err := read.GroupPolicy(ctx, s, inventory.MFAGroup, inventory.MFAPolicy)
				if err != nil || !iampolicy.Equal(there, policy) {
					return Changed, err
				}
				return withoutMFA(ctx, s, a.User.ID)
			},
			Send: func(ctx context.Context) error { return addToGroup(ctx, s, a.User.ID, inventory.MFAGroup) },
		},
	}
}

// releaseFromMFA takes the user out of the group; the others in it stay as they are.
func releaseFromMFA(s *awsapi.Session, a action.RequireMFA) backward {
	return backward{"iam:RemoveUserFromGroup": {
		Look: func(ctx context.Context) (Standing, error) {
			member, err := read.InGroup(ctx, s, a.User.ID, inventory.MFAGroup)
			return ours(member, true), err
		},
		Send: func(ctx context.Context) error {
			return sent(s.In("").IAM().RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{GroupName: aws.String(inventory.MFAGroup), UserName: aws.String(a.User.ID)}))
		},
	}}
}

// withoutMFA says whether the user still signs in with the password alone: whoever enrolled in
// the meantime, or has no password any more, is not touched.
func withoutMFA(ctx context.Context, s *awsapi.Session, user string) (Standing, error) {
	password, err := read.Password(ctx, s, user)
	if err != nil {
		return "", err
	}
	devices, err := read.MFADevices(ctx, s, user)
	if err != nil {
		return "", err
	}
	if !password.Set || devices > 0 {
		return Changed, nil
	}
	return Pending, nil
}

func putGroupPolicy(ctx context.Context, s *awsapi.Session, group, name, document string) error {
	return sent(s.In("").IAM().PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{GroupName: aws.String(group), PolicyName: aws.String(name), PolicyDocument: aws.String(document)}))
}

func addToGroup(ctx context.Context, s *awsapi.Session, user, group string) error {
	return sent(s.In("").IAM().AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: aws.String(group), UserName: aws.String(user)}))
}
