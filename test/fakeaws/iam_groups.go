package fakeaws

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

type iamGroup struct {
	iamHolder
	path, id, arn string
	created       time.Time
}

// Quotas of groups: characters of inline policies, and groups that a user is in.
const (
	groupInline   = 5120
	groupsPerUser = 10
)

func serveIAMGroups(c *Cloud) {
	on(c, createGroup)
	on(c, deleteGroup)
	on(c, getGroup)
	on(c, listGroups)
	on(c, listGroupsForUser)
	on(c, addUserToGroup)
	on(c, func(r *Request, in *iam.RemoveUserFromGroupInput) (*iam.RemoveUserFromGroupOutput, error) {
		group, user, err := r.groupAndUser(in.GroupName, in.UserName)
		if err != nil {
			return nil, err
		}
		at := slices.Index(user.groups, group.name)
		if at < 0 {
			return nil, noSuchEntity("User %s is not in group %s.", user.name, group.name)
		}
		user.groups = slices.Delete(user.groups, at, at+1)
		return &iam.RemoveUserFromGroupOutput{}, nil
	})
}

func (r *Request) iamGroup(name *string) (*iamGroup, error) {
	group, ok := r.iam().groups[aws.ToString(name)]
	if !ok {
		return nil, noSuchEntity("The group with name %s cannot be found.", aws.ToString(name))
	}
	return group, nil
}

func (r *Request) groupAndUser(groupName, userName *string) (*iamGroup, *iamUser, error) {
	group, err := r.iamGroup(groupName)
	if err != nil {
		return nil, nil, err
	}
	user, err := r.iamUser(userName)
	return group, user, err
}

func (group *iamGroup) shown() *types.Group {
	return &types.Group{
		Arn: aws.String(group.arn), GroupName: aws.String(group.name), GroupId: aws.String(group.id), Path: aws.String(group.path), CreateDate: aws.Time(group.created),
	}
}

func createGroup(r *Request, in *iam.CreateGroupInput) (*iam.CreateGroupOutput, error) {
	name := aws.ToString(in.GroupName)
	path, err := iamNamed("group", name, 128, in.Path)
	if err != nil {
		return nil, err
	}
	if taken(r.iam().groups, name) {
		return nil, entityExists("Group with name %s already exists.", name)
	}
	group := &iamGroup{iamHolder: newHolder("Group", name, groupInline), path: path, id: r.iamID("AGPA"), arn: r.iamARN("group", path, name), created: r.Now}
	r.iam().groups[name] = group
	return &iam.CreateGroupOutput{Group: group.shown()}, nil
}

func deleteGroup(r *Request, in *iam.DeleteGroupInput) (*iam.DeleteGroupOutput, error) {
	group, err := r.iamGroup(in.GroupName)
	if err != nil {
		return nil, err
	}
	if err := group.empty(); err != nil {
		return nil, err
	}
	if len(r.membersOf(group.name)) > 0 {
		return nil, deleteConflict("Cannot delete entity, must remove users from group first.")
	}
	delete(r.iam().groups, group.name)
	return &iam.DeleteGroupOutput{}, nil
}

func (r *Request) membersOf(group string) []types.User {
	members := []types.User{}
	for _, user := range r.sortedUsers() {
		if slices.Contains(user.groups, group) {
			members = append(members, *user.shown())
		}
	}
	return members
}

func getGroup(r *Request, in *iam.GetGroupInput) (*iam.GetGroupOutput, error) {
	group, err := r.iamGroup(in.GroupName)
	if err != nil {
		return nil, err
	}
	users, marker, more, err := iamPage(r.membersOf(group.name), in.Marker, in.MaxItems)
	return &iam.GetGroupOutput{Group: group.shown(), Users: users, Marker: marker, IsTruncated: more}, err
}

func (r *Request) sortedGroups() []*iamGroup {
	var all []*iamGroup
	for _, name := range slices.Sorted(maps.Keys(r.iam().groups)) {
		all = append(all, r.iam().groups[name])
	}
	return all
}

func listGroups(r *Request, in *iam.ListGroupsInput) (*iam.ListGroupsOutput, error) {
	all := []types.Group{}
	for _, group := range r.sortedGroups() {
		all = append(all, *group.shown())
	}
	groups, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
	return &iam.ListGroupsOutput{Groups: groups, Marker: marker, IsTruncated: more}, err
}

func listGroupsForUser(r *Request, in *iam.ListGroupsForUserInput) (*iam.ListGroupsForUserOutput, error) {
	user, err := r.iamUser(in.UserName)
	if err != nil {
		return nil, err
	}
	all := []types.Group{}
	for _, name := range user.groups {
		all = append(all, *r.iam().groups[name].shown())
	}
	groups, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
	return &iam.ListGroupsForUserOutput{Groups: groups, Marker: marker, IsTruncated: more}, err
}

func addUserToGroup(r *Request, in *iam.AddUserToGroupInput) (*iam.AddUserToGroupOutput, error) {
	group, user, err := r.groupAndUser(in.GroupName, in.UserName)
	if err != nil {
		return nil, err
	}
	if slices.Contains(user.groups, group.name) {
		return &iam.AddUserToGroupOutput{}, nil
	}
	if len(user.groups) >= groupsPerUser {
		return nil, iamLimit("Cannot exceed quota for GroupsPerUser: %d", groupsPerUser)
	}
	user.groups = append(user.groups, group.name)
	return &iam.AddUserToGroupOutput{}, nil
}

func serveIAMGroupPolicies(c *Cloud) {
	on(c, func(r *Request, in *iam.PutGroupPolicyInput) (*iam.PutGroupPolicyOutput, error) {
		group, err := r.iamGroup(in.GroupName)
		if err != nil {
			return nil, err
		}
		return &iam.PutGroupPolicyOutput{}, group.put(in.PolicyName, in.PolicyDocument)
	})
	on(c, func(r *Request, in *iam.GetGroupPolicyInput) (*iam.GetGroupPolicyOutput, error) {
		group, err := r.iamGroup(in.GroupName)
		if err != nil {
			return nil, err
		}
		document, err := group.document(in.PolicyName)
		return &iam.GetGroupPolicyOutput{GroupName: in.GroupName, PolicyName: in.PolicyName, PolicyDocument: document}, err
	})
	on(c, func(r *Request, in *iam.DeleteGroupPolicyInput) (*iam.DeleteGroupPolicyOutput, error) {
		group, err := r.iamGroup(in.GroupName)
		if err != nil {
			return nil, err
		}
		return &iam.DeleteGroupPolicyOutput{}, group.drop(in.PolicyName)
	})
	on(c, func(r *Request, in *iam.ListGroupPoliciesInput) (*iam.ListGroupPoliciesOutput, error) {
		group, err := r.iamGroup(in.GroupName)
		if err != nil {
			return nil, err
		}
		names, marker, more, err := iamPage(group.names(), in.Marker, in.MaxItems)
		return &iam.ListGroupPoliciesOutput{PolicyNames: names, Marker: marker, IsTruncated: more}, err
	})
	on(c, func(r *Request, in *iam.AttachGroupPolicyInput) (*iam.AttachGroupPolicyOutput, error) {
		group, err := r.iamGroup(in.GroupName)
		if err != nil {
			return nil, err
		}
		return &iam.AttachGroupPolicyOutput{}, group.attach(r, in.PolicyArn)
	})
	on(c, func(r *Request, in *iam.DetachGroupPolicyInput) (*iam.DetachGroupPolicyOutput, error) {
		group, err := r.iamGroup(in.GroupName)
		if err != nil {
			return nil, err
		}
		return &iam.DetachGroupPolicyOutput{}, group.detach(in.PolicyArn)
	})
	on(c, func(r *Request, in *iam.ListAttachedGroupPoliciesInput) (*iam.ListAttachedGroupPoliciesOutput, error) {
		group, err := r.iamGroup(in.GroupName)
		if err != nil {
			return nil, err
		}
		policies, marker, more, err := iamPage(group.attachments(), in.Marker, in.MaxItems)
		return &iam.ListAttachedGroupPoliciesOutput{AttachedPolicies: policies, Marker: marker, IsTruncated: more}, err
	})
}
