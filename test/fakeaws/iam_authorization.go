package fakeaws

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// authorizationDetails pages over users, groups, roles and policies as one list.
func authorizationDetails(r *Request, in *iam.GetAccountAuthorizationDetailsInput) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	var all []any
	for _, part := range []struct {
		kind types.EntityType
		list func(*Request) []any
	}{
		{types.EntityTypeUser, userDetails}, {types.EntityTypeGroup, groupDetails}, {types.EntityTypeRole, roleDetails}, {types.EntityTypeLocalManagedPolicy, policyDetails},
	} {
		if len(in.Filter) == 0 || slices.Contains(in.Filter, part.kind) {
			all = append(all, part.list(r)...)
		}
	}
	items, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	out := &iam.GetAccountAuthorizationDetailsOutput{
		UserDetailList: []types.UserDetail{}, GroupDetailList: []types.GroupDetail{}, RoleDetailList: []types.RoleDetail{}, Policies: []types.ManagedPolicyDetail{},
		Marker: marker, IsTruncated: more,
	}
	for _, item := range items {
		switch detail := item.(type) {
		case types.UserDetail:
			out.UserDetailList = append(out.UserDetailList, detail)
		case types.GroupDetail:
			out.GroupDetailList = append(out.GroupDetailList, detail)
		case types.RoleDetail:
			out.RoleDetailList = append(out.RoleDetailList, detail)
		case types.ManagedPolicyDetail:
			out.Policies = append(out.Policies, detail)
		}
	}
	return out, nil
}

func userDetails(r *Request) (all []any) {
	for _, user := range r.sortedUsers() {
		all = append(all, user.detail())
	}
	return all
}

func groupDetails(r *Request) (all []any) {
	for _, group := range r.sortedGroups() {
		all = append(all, group.detail())
	}
	return all
}

func roleDetails(r *Request) (all []any) {
	for _, name := range slices.Sorted(maps.Keys(r.iam().roles)) {
		all = append(all, r.iam().roles[name].detail())
	}
	return all
}

func policyDetails(r *Request) (all []any) {
	for _, arn := range slices.Sorted(maps.Keys(r.iam().policies)) {
		all = append(all, r.iam().policies[arn].detail(r))
	}
	return all
}

func (user *iamUser) detail() types.UserDetail {
	return types.UserDetail{
		Arn: aws.String(user.arn), UserName: aws.String(user.name), UserId: aws.String(user.id), Path: aws.String(user.path), CreateDate: aws.Time(user.created),
		GroupList: append([]string{}, user.groups...), UserPolicyList: user.details(), AttachedManagedPolicies: user.attachments(), Tags: iamTags(user.tags),
	}
}

func (group *iamGroup) detail() types.GroupDetail {
	return types.GroupDetail{
		Arn: aws.String(group.arn), GroupName: aws.String(group.name), GroupId: aws.String(group.id), Path: aws.String(group.path), CreateDate: aws.Time(group.created),
		GroupPolicyList: group.details(), AttachedManagedPolicies: group.attachments(),
	}
}

func (role *iamRole) detail() types.RoleDetail {
	return types.RoleDetail{
		Arn: aws.String(role.arn), RoleName: aws.String(role.name), RoleId: aws.String(role.id), Path: aws.String(role.path), CreateDate: aws.Time(role.created),
		AssumeRolePolicyDocument: escaped(role.trust), RolePolicyList: role.details(), AttachedManagedPolicies: role.attachments(), Tags: iamTags(role.tags),
		RoleLastUsed: &types.RoleLastUsed{}, InstanceProfileList: []types.InstanceProfile{},
	}
}

func (policy *iamManagedPolicy) detail(r *Request) types.ManagedPolicyDetail {
	return types.ManagedPolicyDetail{
		Arn: aws.String(policy.arn), PolicyName: aws.String(policy.name), PolicyId: aws.String(policy.id), Path: aws.String(policy.path),
		CreateDate: aws.Time(policy.created), UpdateDate: aws.Time(policy.created), DefaultVersionId: aws.String("v1"), IsAttachable: true,
		AttachmentCount:   aws.Int32(r.attachmentsOf(policy.arn)),
		PolicyVersionList: []types.PolicyVersion{{VersionId: aws.String("v1"), IsDefaultVersion: true, CreateDate: aws.Time(policy.created), Document: escaped(policy.document)}},
	}
}
