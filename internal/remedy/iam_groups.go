package remedy

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var (
	createGroup         = awsapi.Writes((*iam.Client).CreateGroup)
	putGroupPolicy      = awsapi.Writes((*iam.Client).PutGroupPolicy)
	addUserToGroup      = awsapi.Writes((*iam.Client).AddUserToGroup)
	removeUserFromGroup = awsapi.Writes((*iam.Client).RemoveUserFromGroup)
)

// ownGroup makes one of the operator's groups, where its purpose still stands: that says
// Pending, or Changed where nothing may be sent. The group's path says whose it is: one of the
// name on another path is somebody else's.
func ownGroup(s *awsapi.Session, name string, purpose look) Step {
	found := func(ctx context.Context) (Standing, error) {
		group, err := read.Group.Of(ctx, s, name)
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
		Call:  createGroup.Name,
		Reads: slices.Concat(purpose.reads, read.Group.Calls),
		Look: func(ctx context.Context) (Standing, error) {
			if standing, err := purpose.at(ctx); err != nil || standing == Changed {
				return standing, err
			}
			return found(ctx)
		},
		Send: func(ctx context.Context) error {
			_, err := createGroup.In(ctx, s.In(""), &iam.CreateGroupInput{GroupName: aws.String(name), Path: aws.String(inventory.GroupPath)})
			if fault.Code(err) == "EntityAlreadyExists" {
				if standing, lookErr := found(ctx); lookErr == nil && standing == Done {
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
		ownGroup(s, inventory.MFAGroup, look{mfaReads, func(ctx context.Context) (Standing, error) { return withoutMFA(ctx, s, a.User.ID) }}),
		{
			Call:  putGroupPolicy.Name,
			Reads: read.GroupPolicy.Calls,
			Look: func(ctx context.Context) (Standing, error) {
				there, err := read.GroupPolicy.Of(ctx, s, read.PolicyOf{Group: inventory.MFAGroup, Policy: inventory.MFAPolicy})
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
				return sendGroupPolicy(ctx, s, inventory.MFAGroup, inventory.MFAPolicy, policy)
			},
		},
		{
			Call:  addUserToGroup.Name,
			Reads: slices.Concat(read.GroupsOf.Calls, read.GroupPolicy.Calls, mfaReads),
			Look: func(ctx context.Context) (Standing, error) {
				if groups, err := read.GroupsOf.Of(ctx, s, a.User.ID); err != nil || slices.Contains(groups, inventory.MFAGroup) {
					return Done, err
				}
				there, err := read.GroupPolicy.Of(ctx, s, read.PolicyOf{Group: inventory.MFAGroup, Policy: inventory.MFAPolicy})
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
	return backward{removeUserFromGroup.Name: {
		Reads: read.GroupsOf.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			groups, err := read.GroupsOf.Of(ctx, s, a.User.ID)
			return ours(slices.Contains(groups, inventory.MFAGroup), true), err
		},
		Send: func(ctx context.Context) error {
			return sent(removeUserFromGroup.In(ctx, s.In(""), &iam.RemoveUserFromGroupInput{GroupName: aws.String(inventory.MFAGroup), UserName: aws.String(a.User.ID)}))
		},
	}}
}

// mfaReads are the calls of withoutMFA.
var mfaReads = slices.Concat(read.Password.Calls, read.MFADevices.Calls)

// withoutMFA says whether the user still signs in with the password alone: whoever enrolled in
// the meantime, or has no password any more, is not touched.
func withoutMFA(ctx context.Context, s *awsapi.Session, user string) (Standing, error) {
	password, err := read.Password.Of(ctx, s, user)
	if err != nil {
		return "", err
	}
	devices, err := read.MFADevices.Of(ctx, s, user)
	if err != nil {
		return "", err
	}
	if !password.Set || devices > 0 {
		return Changed, nil
	}
	return Pending, nil
}

func sendGroupPolicy(ctx context.Context, s *awsapi.Session, group, name, document string) error {
	return sent(putGroupPolicy.In(ctx, s.In(""), &iam.PutGroupPolicyInput{GroupName: aws.String(group), PolicyName: aws.String(name), PolicyDocument: aws.String(document)}))
}

func addToGroup(ctx context.Context, s *awsapi.Session, user, group string) error {
	return sent(addUserToGroup.In(ctx, s.In(""), &iam.AddUserToGroupInput{GroupName: aws.String(group), UserName: aws.String(user)}))
}
