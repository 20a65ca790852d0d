package fakeaws

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

type iamUser struct {
	iamHolder
	path, id, arn string
	created       time.Time
	tags          map[string]string
	groups        []string
	password      *iamPassword
	// signedIn is when the user last signed in; it outlives the password, as in IAM.
	signedIn time.Time
	keys     []*iamKey
	// devices are the serial numbers of the user's MFA devices.
	devices []string
}

const userInline = 2048

func serveIAMUsers(c *Cloud) {
	on(c, createUser)
	on(c, deleteUser)
	on(c, listUsers)
	on(c, func(r *Request, in *iam.GetUserInput) (*iam.GetUserOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		shown := user.shown()
		shown.Tags = iamTags(user.tags)
		return &iam.GetUserOutput{User: shown}, nil
	})
	on(c, func(r *Request, in *iam.TagUserInput) (*iam.TagUserOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		user.tags = setTags(user.tags, in.Tags)
		return &iam.TagUserOutput{}, nil
	})
	on(c, func(r *Request, in *iam.UntagUserInput) (*iam.UntagUserOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		dropTags(user.tags, in.TagKeys)
		return &iam.UntagUserOutput{}, nil
	})
	on(c, func(r *Request, in *iam.ListUserTagsInput) (*iam.ListUserTagsOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		tags, marker, more, err := iamPage(iamTags(user.tags), in.Marker, in.MaxItems)
		return &iam.ListUserTagsOutput{Tags: tags, Marker: marker, IsTruncated: more}, err
	})
}

// iamUser finds a user: the caller where none is named, which no role is.
func (r *Request) iamUser(name *string) (*iamUser, error) {
	wanted := aws.ToString(name)
	if wanted == "" {
		_, own, isUser := strings.Cut(r.Caller, ":user/")
		if !isUser {
			return nil, failure("ValidationError", "Must specify userName when calling with non-User credentials")
		}
		wanted = own
	}
	user, ok := r.iam().users[wanted]
	if !ok {
		return nil, noSuchEntity("The user with name %s cannot be found.", wanted)
	}
	return user, nil
}

func (user *iamUser) shown() *types.User {
	shown := &types.User{
		Arn: aws.String(user.arn), UserName: aws.String(user.name), UserId: aws.String(user.id), Path: aws.String(user.path), CreateDate: aws.Time(user.created),
	}
	if !user.signedIn.IsZero() {
		shown.PasswordLastUsed = aws.Time(user.signedIn)
	}
	return shown
}

func createUser(r *Request, in *iam.CreateUserInput) (*iam.CreateUserOutput, error) {
	name := aws.ToString(in.UserName)
	path, err := iamNamed("user", name, 64, in.Path)
	if err != nil {
		return nil, err
	}
	if taken(r.iam().users, name) {
		return nil, entityExists("User with name %s already exists.", name)
	}
	user := &iamUser{
		iamHolder: newHolder("User", name, userInline), path: path, id: r.iamID("AIDA"), arn: r.iamARN("user", path, name),
		created: r.Now, tags: setTags(nil, in.Tags),
	}
	r.iam().users[name] = user
	shown := user.shown()
	shown.Tags = iamTags(user.tags)
	return &iam.CreateUserOutput{User: shown}, nil
}

// deleteUser refuses a user that still has anything, as IAM does.
func deleteUser(r *Request, in *iam.DeleteUserInput) (*iam.DeleteUserOutput, error) {
	user, err := r.iamUser(in.UserName)
	if err != nil {
		return nil, err
	}
	if err := user.empty(); err != nil {
		return nil, err
	}
	for what, has := range map[string]bool{
		"delete login profile": user.password != nil, "delete access keys": len(user.keys) > 0,
		"deactivate MFA device": len(user.devices) > 0, "remove users from group": len(user.groups) > 0,
	} {
		if has {
			return nil, deleteConflict("Cannot delete entity, must %s first.", what)
		}
	}
	delete(r.iam().users, user.name)
	return &iam.DeleteUserOutput{}, nil
}

// sortedUsers are the users in the order that lists have.
func (r *Request) sortedUsers() []*iamUser {
	var all []*iamUser
	for _, name := range slices.Sorted(maps.Keys(r.iam().users)) {
		all = append(all, r.iam().users[name])
	}
	return all
}

func listUsers(r *Request, in *iam.ListUsersInput) (*iam.ListUsersOutput, error) {
	all := []types.User{}
	for _, user := range r.sortedUsers() {
		if strings.HasPrefix(user.path, aws.ToString(in.PathPrefix)) {
			all = append(all, *user.shown())
		}
	}
	users, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
	return &iam.ListUsersOutput{Users: users, Marker: marker, IsTruncated: more}, err
}

func serveIAMUserPolicies(c *Cloud) {
	on(c, func(r *Request, in *iam.PutUserPolicyInput) (*iam.PutUserPolicyOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		return &iam.PutUserPolicyOutput{}, user.put(in.PolicyName, in.PolicyDocument)
	})
	on(c, func(r *Request, in *iam.GetUserPolicyInput) (*iam.GetUserPolicyOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		document, err := user.document(in.PolicyName)
		return &iam.GetUserPolicyOutput{UserName: in.UserName, PolicyName: in.PolicyName, PolicyDocument: document}, err
	})
	on(c, func(r *Request, in *iam.DeleteUserPolicyInput) (*iam.DeleteUserPolicyOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		return &iam.DeleteUserPolicyOutput{}, user.drop(in.PolicyName)
	})
	on(c, func(r *Request, in *iam.ListUserPoliciesInput) (*iam.ListUserPoliciesOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		names, marker, more, err := iamPage(user.names(), in.Marker, in.MaxItems)
		return &iam.ListUserPoliciesOutput{PolicyNames: names, Marker: marker, IsTruncated: more}, err
	})
	on(c, func(r *Request, in *iam.AttachUserPolicyInput) (*iam.AttachUserPolicyOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		return &iam.AttachUserPolicyOutput{}, user.attach(r, in.PolicyArn)
	})
	on(c, func(r *Request, in *iam.DetachUserPolicyInput) (*iam.DetachUserPolicyOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		return &iam.DetachUserPolicyOutput{}, user.detach(in.PolicyArn)
	})
	on(c, func(r *Request, in *iam.ListAttachedUserPoliciesInput) (*iam.ListAttachedUserPoliciesOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		policies, marker, more, err := iamPage(user.attachments(), in.Marker, in.MaxItems)
		return &iam.ListAttachedUserPoliciesOutput{AttachedPolicies: policies, Marker: marker, IsTruncated: more}, err
	})
}
