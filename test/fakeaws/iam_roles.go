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

type iamRole struct {
	iamHolder
	path, id, arn, trust string
	description          *string
	session              *int32
	created              time.Time
	tags                 map[string]string
}

// Quotas of a role, in characters without white space.
const (
	roleInline = 10240
	roleTrust  = 2048
)

func serveIAMRoles(c *Cloud) {
	on(c, createRole)
	on(c, createServiceLinkedRole)
	on(c, listRoles)
	on(c, deleteRole)
	on(c, updateTrust)
	on(c, func(r *Request, in *iam.GetRoleInput) (*iam.GetRoleOutput, error) {
		role, err := r.iamRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		return &iam.GetRoleOutput{Role: role.shown(true)}, nil
	})
	on(c, func(r *Request, in *iam.TagRoleInput) (*iam.TagRoleOutput, error) {
		role, err := r.changeableRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		role.tags = setTags(role.tags, in.Tags)
		return &iam.TagRoleOutput{}, nil
	})
	on(c, func(r *Request, in *iam.UntagRoleInput) (*iam.UntagRoleOutput, error) {
		role, err := r.changeableRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		dropTags(role.tags, in.TagKeys)
		return &iam.UntagRoleOutput{}, nil
	})
	on(c, func(r *Request, in *iam.ListRoleTagsInput) (*iam.ListRoleTagsOutput, error) {
		role, err := r.iamRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		tags, marker, more, err := iamPage(iamTags(role.tags), in.Marker, in.MaxItems)
		return &iam.ListRoleTagsOutput{Tags: tags, Marker: marker, IsTruncated: more}, err
	})
	serveIAMRolePolicies(c)
}

func serveIAMRolePolicies(c *Cloud) {
	on(c, func(r *Request, in *iam.PutRolePolicyInput) (*iam.PutRolePolicyOutput, error) {
		role, err := r.changeableRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		return &iam.PutRolePolicyOutput{}, role.put(in.PolicyName, in.PolicyDocument)
	})
	on(c, func(r *Request, in *iam.GetRolePolicyInput) (*iam.GetRolePolicyOutput, error) {
		role, err := r.iamRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		document, err := role.document(in.PolicyName)
		return &iam.GetRolePolicyOutput{RoleName: in.RoleName, PolicyName: in.PolicyName, PolicyDocument: document}, err
	})
	on(c, func(r *Request, in *iam.DeleteRolePolicyInput) (*iam.DeleteRolePolicyOutput, error) {
		role, err := r.changeableRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		return &iam.DeleteRolePolicyOutput{}, role.drop(in.PolicyName)
	})
	on(c, func(r *Request, in *iam.ListRolePoliciesInput) (*iam.ListRolePoliciesOutput, error) {
		role, err := r.iamRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		names, marker, more, err := iamPage(role.names(), in.Marker, in.MaxItems)
		return &iam.ListRolePoliciesOutput{PolicyNames: names, Marker: marker, IsTruncated: more}, err
	})
	on(c, func(r *Request, in *iam.AttachRolePolicyInput) (*iam.AttachRolePolicyOutput, error) {
		role, err := r.changeableRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		return &iam.AttachRolePolicyOutput{}, role.attach(r, in.PolicyArn)
	})
	on(c, func(r *Request, in *iam.DetachRolePolicyInput) (*iam.DetachRolePolicyOutput, error) {
		role, err := r.changeableRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		return &iam.DetachRolePolicyOutput{}, role.detach(in.PolicyArn)
	})
	on(c, func(r *Request, in *iam.ListAttachedRolePoliciesInput) (*iam.ListAttachedRolePoliciesOutput, error) {
		role, err := r.iamRole(in.RoleName)
		if err != nil {
			return nil, err
		}
		policies, marker, more, err := iamPage(role.attachments(), in.Marker, in.MaxItems)
		return &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: policies, Marker: marker, IsTruncated: more}, err
	})
}

func (r *Request) iamRole(name *string) (*iamRole, error) {
	role, ok := r.iam().roles[aws.ToString(name)]
	if !ok {
		return nil, noSuchEntity("The role with name %s cannot be found.", aws.ToString(name))
	}
	return role, nil
}

// changeableRole finds a role that its account may change; those of services and of Identity
// Center belong to AWS.
func (r *Request) changeableRole(name *string) (*iamRole, error) {
	role, err := r.iamRole(name)
	if err == nil && (strings.HasPrefix(role.path, "/aws-service-role/") || strings.HasPrefix(role.path, "/aws-reserved/")) {
		return nil, &types.UnmodifiableEntityException{Message: aws.String("Cannot perform the operation on the protected role '" + role.name + "' - this role is only modifiable by AWS")}
	}
	return role, err
}

// roleByARN finds a role of the called account for the services that are handed one, or nil.
func (r *Request) roleByARN(arn string) *iamRole {
	for _, role := range r.iam().roles {
		if role.arn == arn {
			return role
		}
	}
	return nil
}

// trusts says whether the role's trust policy names the service.
func (role *iamRole) trusts(service string) bool {
	return role != nil && strings.Contains(role.trust, `"`+service+`"`)
}

func (role *iamRole) shown(whole bool) *types.Role {
	shown := &types.Role{
		Arn: aws.String(role.arn), RoleName: aws.String(role.name), RoleId: aws.String(role.id), Path: aws.String(role.path),
		CreateDate: aws.Time(role.created), AssumeRolePolicyDocument: escaped(role.trust), Description: role.description, MaxSessionDuration: role.session,
	}
	if whole {
		shown.Tags = iamTags(role.tags)
		shown.RoleLastUsed = &types.RoleLastUsed{}
	}
	return shown
}

func createRole(r *Request, in *iam.CreateRoleInput) (*iam.CreateRoleOutput, error) {
	name := aws.ToString(in.RoleName)
	path, err := iamNamed("role", name, 64, in.Path)
	switch {
	case err != nil:
		return nil, err
	case taken(r.iam().roles, name):
		return nil, entityExists("Role with name %s already exists.", name)
	case strings.HasPrefix(path, "/aws-service-role/"), strings.HasPrefix(path, "/aws-reserved/"):
		return nil, failure("ValidationError", "Reserved path %s", path)
	}
	role := r.newRole(name, path, aws.ToString(in.AssumeRolePolicyDocument))
	if err := role.setTrust(role.trust); err != nil {
		return nil, err
	}
	role.description, role.session, role.tags = in.Description, in.MaxSessionDuration, setTags(nil, in.Tags)
	if role.session == nil {
		role.session = aws.Int32(3600)
	}
	r.iam().roles[name] = role
	return &iam.CreateRoleOutput{Role: role.shown(true)}, nil
}

func (r *Request) newRole(name, path, trust string) *iamRole {
	return &iamRole{
		iamHolder: newHolder("Role", name, roleInline), path: path, id: r.iamID("AROA"), arn: r.iamARN("role", path, name),
		trust: trust, created: r.Now, session: aws.Int32(3600),
	}
}

func (role *iamRole) setTrust(document string) error {
	if err := validDocument(document); err != nil {
		return err
	}
	if bare(document) > roleTrust {
		return iamLimit("Cannot exceed quota for ACLSizePerRole: %d", roleTrust)
	}
	if !strings.Contains(document, `"Principal"`) {
		return &types.MalformedPolicyDocumentException{Message: aws.String("AssumeRolepolicy must contain principals")}
	}
	role.trust = document
	return nil
}

func updateTrust(r *Request, in *iam.UpdateAssumeRolePolicyInput) (*iam.UpdateAssumeRolePolicyOutput, error) {
	role, err := r.changeableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	return &iam.UpdateAssumeRolePolicyOutput{}, role.setTrust(aws.ToString(in.PolicyDocument))
}

func deleteRole(r *Request, in *iam.DeleteRoleInput) (*iam.DeleteRoleOutput, error) {
	role, err := r.changeableRole(in.RoleName)
	if err != nil {
		return nil, err
	}
	if err := role.empty(); err != nil {
		return nil, err
	}
	delete(r.iam().roles, role.name)
	return &iam.DeleteRoleOutput{}, nil
}

// listRoles shows neither tags nor last use, as IAM does.
func listRoles(r *Request, in *iam.ListRolesInput) (*iam.ListRolesOutput, error) {
	all := []types.Role{}
	for _, name := range slices.Sorted(maps.Keys(r.iam().roles)) {
		if role := r.iam().roles[name]; strings.HasPrefix(role.path, aws.ToString(in.PathPrefix)) {
			all = append(all, *role.shown(false))
		}
	}
	roles, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
	return &iam.ListRolesOutput{Roles: roles, Marker: marker, IsTruncated: more}, err
}
