package remedy

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var (
	attachUserPolicy  = awsapi.Writes((*iam.Client).AttachUserPolicy)
	detachUserPolicy  = awsapi.Writes((*iam.Client).DetachUserPolicy)
	putUserPolicy     = awsapi.Writes((*iam.Client).PutUserPolicy)
	deleteUserPolicy  = awsapi.Writes((*iam.Client).DeleteUserPolicy)
	attachGroupPolicy = awsapi.Writes((*iam.Client).AttachGroupPolicy)
	detachGroupPolicy = awsapi.Writes((*iam.Client).DetachGroupPolicy)
	deleteGroupPolicy = awsapi.Writes((*iam.Client).DeleteGroupPolicy)
)

// landing is a user, the user's own group and the policies of both, as they are now.
type landing struct {
	user     string
	group    *inventory.Group
	attached []string
	inline   []inventory.InlinePolicy
}

func readLanding(ctx context.Context, s *awsapi.Session, user string) (landing, error) {
	group, err := read.Group.Of(ctx, s, inventory.LandingGroup(user))
	if err != nil {
		return landing{}, err
	}
	if group == nil {
		group = &inventory.Group{}
	}
	has, err := read.UserPolicies.Of(ctx, s, user)
	return landing{user: user, group: group, attached: has.Managed, inline: has.Inline}, err
}

// landingReads are the calls of readLanding.
var landingReads = slices.Concat(read.Group.Calls, read.UserPolicies.Calls)

// member says whether the user is in the group.
func (l landing) member() bool { return slices.Contains(l.group.Members, l.user) }

// alone says whether nobody but the user would get what the group is given.
func (l landing) alone() bool {
	return !slices.ContainsFunc(l.group.Members, func(m string) bool { return m != l.user })
}

// holding is how somebody stands to the policy that moves.
type holding string

// Holdings: not at all, word by word, and another policy of its name.
const (
	lacksPolicy holding = "lacks"
	hasPolicy   holding = "has"
	hasAnother  holding = "other"
)

// moving is how a move stands: the landing, and who holds the policy that moves.
type moving struct {
	landing
	byUser, byGroup holding
}

// wanted: nothing is given back that somebody took away in the meantime.
func (m moving) wanted() Standing {
	if m.byUser == hasPolicy || m.byUser == lacksPolicy && m.byGroup == hasPolicy {
		return Pending
	}
	return Changed
}

// given: the group has the policy, or may get it because nobody but the user is in it.
func (m moving) given() Standing {
	switch {
	case m.byGroup == hasPolicy:
		return Done
	case m.byUser == hasPolicy && m.byGroup == lacksPolicy && m.alone():
		return Pending
	}
	return Changed
}

// joined: the user is in the group, or would get nothing new there.
func (m moving) joined() Standing {
	switch {
	case m.member():
		return Done
	case len(m.group.Grants(m.attached, m.inline)) == 0 && m.alone():
		return Pending
	}
	return Changed
}

// taken: the policy is off the user, or may be because the group gives it.
func (m moving) taken() Standing {
	switch {
	case m.byUser == lacksPolicy:
		return Done
	case m.byUser == hasPolicy && m.byGroup == hasPolicy && m.member():
		return Pending
	}
	return Changed
}

// returned: the user has the policy again, or may get it again because the group gives it.
func (m moving) returned() Standing {
	switch {
	case m.byUser == hasPolicy:
		return Done
	case m.byUser == lacksPolicy && m.byGroup == hasPolicy && m.member():
		return Pending
	}
	return Changed
}

// revoked: the group lacks the policy, or may lose it because nobody has it from there alone.
func (m moving) revoked() Standing {
	switch {
	case m.byGroup == lacksPolicy:
		return Done
	case m.byGroup == hasPolicy && m.byUser == hasPolicy && m.alone():
		return Pending
	}
	return Changed
}

// lookAtMove reads how a move stands, and says what that means for a step.
func lookAtMove(s *awsapi.Session, user string, held func(landing) (byUser, byGroup holding)) func(func(moving) Standing) look {
	return func(at func(moving) Standing) look {
		return look{landingReads, func(ctx context.Context) (Standing, error) {
			l, err := readLanding(ctx, s, user)
			if err != nil {
				return "", err
			}
			byUser, byGroup := held(l)
			return at(moving{landing: l, byUser: byUser, byGroup: byGroup}), nil
		}}
	}
}

// movePolicy are the steps that move a policy from the user to the group: it is given there
// before it is taken off here.
func movePolicy(s *awsapi.Session, user string, held func(landing) (byUser, byGroup holding), give, take Step) []Step {
	as := lookAtMove(s, user, held)
	join := Step{Call: addUserToGroup.Name, Send: func(ctx context.Context) error {
		return addToGroup(ctx, s, user, inventory.LandingGroup(user))
	}}
	return []Step{ownGroup(s, inventory.LandingGroup(user), as(moving.wanted)), as(moving.given).before(give), as(moving.joined).before(join), as(moving.taken).before(take)}
}

// attachedBy says whether the user and the group have the managed policy attached.
func attachedBy(policy string) func(landing) (byUser, byGroup holding) {
	in := func(arns []string) holding {
		if slices.Contains(arns, policy) {
			return hasPolicy
		}
		return lacksPolicy
	}
	return func(l landing) (holding, holding) { return in(l.attached), in(l.group.Attached) }
}

// inlineBy says whether the user and the group have the inline policy.
func inlineBy(name, document string) func(landing) (byUser, byGroup holding) {
	in := func(policies []inventory.InlinePolicy) holding {
		switch there := inventory.PolicyNamed(policies, name); {
		case there == "":
			return lacksPolicy
		case iampolicy.Equal(there, document):
			return hasPolicy
		}
		return hasAnother
	}
	return func(l landing) (holding, holding) { return in(l.inline), in(l.group.Inline) }
}

func moveAttachedPolicy(s *awsapi.Session, a action.MoveAttachedPolicy) []Step {
	user, group := aws.String(a.User.ID), aws.String(inventory.LandingGroup(a.User.ID))
	return movePolicy(s, a.User.ID, attachedBy(a.Policy),
		Step{Call: attachGroupPolicy.Name, Send: func(ctx context.Context) error {
			return sent(attachGroupPolicy.In(ctx, s.In(""), &iam.AttachGroupPolicyInput{GroupName: group, PolicyArn: aws.String(a.Policy)}))
		}},
		Step{Call: detachUserPolicy.Name, Send: func(ctx context.Context) error {
			return sent(detachUserPolicy.In(ctx, s.In(""), &iam.DetachUserPolicyInput{UserName: user, PolicyArn: aws.String(a.Policy)}))
		}},
	)
}

func moveAttachedPolicyBack(s *awsapi.Session, a action.MoveAttachedPolicy) backward {
	user, group := aws.String(a.User.ID), aws.String(inventory.LandingGroup(a.User.ID))
	as := lookAtMove(s, a.User.ID, attachedBy(a.Policy))
	return backward{
		attachUserPolicy.Name: as(moving.returned).before(Step{Send: func(ctx context.Context) error {
			return sent(attachUserPolicy.In(ctx, s.In(""), &iam.AttachUserPolicyInput{UserName: user, PolicyArn: aws.String(a.Policy)}))
		}}),
		detachGroupPolicy.Name: as(moving.revoked).before(Step{Send: func(ctx context.Context) error {
			return sent(detachGroupPolicy.In(ctx, s.In(""), &iam.DetachGroupPolicyInput{GroupName: group, PolicyArn: aws.String(a.Policy)}))
		}}),
	}
}

func moveInlinePolicy(s *awsapi.Session, a action.MoveInlinePolicy) []Step {
	return movePolicy(s, a.User.ID, inlineBy(a.Policy, a.Document),
		Step{Call: putGroupPolicy.Name, Send: func(ctx context.Context) error {
			return sendGroupPolicy(ctx, s, inventory.LandingGroup(a.User.ID), a.Policy, a.Document)
		}},
		Step{Call: deleteUserPolicy.Name, Send: func(ctx context.Context) error {
			return sent(deleteUserPolicy.In(ctx, s.In(""), &iam.DeleteUserPolicyInput{UserName: aws.String(a.User.ID), PolicyName: aws.String(a.Policy)}))
		}},
	)
}

func moveInlinePolicyBack(s *awsapi.Session, a action.MoveInlinePolicy) backward {
	user, group, name := aws.String(a.User.ID), aws.String(inventory.LandingGroup(a.User.ID)), aws.String(a.Policy)
	as := lookAtMove(s, a.User.ID, inlineBy(a.Policy, a.Document))
	return backward{
		putUserPolicy.Name: as(moving.returned).before(Step{Send: func(ctx context.Context) error {
			return sent(putUserPolicy.In(ctx, s.In(""), &iam.PutUserPolicyInput{UserName: user, PolicyName: name, PolicyDocument: aws.String(a.Document)}))
		}}),
		deleteGroupPolicy.Name: as(moving.revoked).before(Step{Send: func(ctx context.Context) error {
			return sent(deleteGroupPolicy.In(ctx, s.In(""), &iam.DeleteGroupPolicyInput{GroupName: group, PolicyName: name}))
		}}),
	}
}
