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

// iamManagedPolicy is a customer-managed policy.
type iamManagedPolicy struct {
	name, path, id, arn string
	description         *string
	created             time.Time
	document            string
	tags                map[string]string
}

const managedSize = 6144

func serveIAMManagedPolicies(c *Cloud) {
	on(c, createPolicy)
	on(c, listPolicies)
	on(c, deletePolicy)
	on(c, func(r *Request, in *iam.GetPolicyInput) (*iam.GetPolicyOutput, error) {
		policy, err := r.managedPolicy(aws.ToString(in.PolicyArn))
		if err != nil {
			return nil, err
		}
		shown := policy.shown(r)
		if shown.Tags == nil {
			shown.Tags = []types.Tag{}
		}
		return &iam.GetPolicyOutput{Policy: shown}, nil
	})
	on(c, func(r *Request, in *iam.GetPolicyVersionInput) (*iam.GetPolicyVersionOutput, error) {
		policy, err := r.managedPolicy(aws.ToString(in.PolicyArn))
		if err != nil {
			return nil, err
		}
		if aws.ToString(in.VersionId) != "v1" {
			return nil, noSuchEntity("Policy %s version %s does not exist or is not attachable.", policy.arn, aws.ToString(in.VersionId))
		}
		return &iam.GetPolicyVersionOutput{PolicyVersion: &types.PolicyVersion{
			VersionId: in.VersionId, IsDefaultVersion: true, CreateDate: aws.Time(policy.created), Document: escaped(policy.document),
		}}, nil
	})
}

// managedPolicy finds a policy of the account. Of AWS's own it knows any name: which exist
// changes from week to week.
func (r *Request) managedPolicy(arn string) (*iamManagedPolicy, error) {
	if policy, ok := r.iam().policies[arn]; ok {
		return policy, nil
	}
	if ours := "arn:" + r.Cloud.Partition + ":iam::aws:policy/"; strings.HasPrefix(arn, ours) && len(arn) > len(ours) {
		rest := strings.TrimPrefix(arn, ours)
		return &iamManagedPolicy{
			arn: arn, name: rest[strings.LastIndex(rest, "/")+1:], path: "/" + rest[:strings.LastIndex(rest, "/")+1], id: "ANPA" + rest,
			document: `{"Version":"2012-10-17","Statement":[]}`,
		}, nil
	}
	return nil, noSuchEntity("Policy %s does not exist or is not attachable.", arn)
}

func (policy *iamManagedPolicy) shown(r *Request) *types.Policy {
	return &types.Policy{
		Arn: aws.String(policy.arn), PolicyName: aws.String(policy.name), PolicyId: aws.String(policy.id), Path: aws.String(policy.path),
		CreateDate: aws.Time(policy.created), UpdateDate: aws.Time(policy.created), DefaultVersionId: aws.String("v1"), IsAttachable: true,
		AttachmentCount: aws.Int32(r.attachmentsOf(policy.arn)), Description: policy.description, Tags: iamTags(policy.tags),
	}
}

func (r *Request) attachmentsOf(arn string) (n int32) {
	for _, holder := range r.holders() {
		if slices.Contains(holder.attached, arn) {
			n++
		}
	}
	return n
}

// holders are all that policies can be attached to.
func (r *Request) holders() []*iamHolder {
	var all []*iamHolder
	for _, role := range r.iam().roles {
		all = append(all, &role.iamHolder)
	}
	for _, user := range r.iam().users {
		all = append(all, &user.iamHolder)
	}
	for _, group := range r.iam().groups {
		all = append(all, &group.iamHolder)
	}
	return all
}

func createPolicy(r *Request, in *iam.CreatePolicyInput) (*iam.CreatePolicyOutput, error) {
	name := aws.ToString(in.PolicyName)
	path, err := iamNamed("policy", name, 128, in.Path)
	if err != nil {
		return nil, err
	}
	for _, have := range r.iam().policies {
		if strings.EqualFold(have.name, name) {
			return nil, entityExists("A policy called %s already exists. Duplicate names are not allowed.", name)
		}
	}
	document := aws.ToString(in.PolicyDocument)
	if err := validDocument(document); err != nil {
		return nil, err
	}
	if bare(document) > managedSize {
		return nil, iamLimit("Cannot exceed quota for PolicySize: %d", managedSize)
	}
	policy := &iamManagedPolicy{
		name: name, path: path, id: r.iamID("ANPA"), arn: r.iamARN("policy", path, name), description: in.Description,
		created: r.Now, document: document, tags: setTags(nil, in.Tags),
	}
	r.iam().policies[policy.arn] = policy
	return &iam.CreatePolicyOutput{Policy: policy.shown(r)}, nil
}

func deletePolicy(r *Request, in *iam.DeletePolicyInput) (*iam.DeletePolicyOutput, error) {
	arn := aws.ToString(in.PolicyArn)
	if _, ok := r.iam().policies[arn]; !ok {
		return nil, noSuchEntity("Policy %s was not found.", arn)
	}
	if r.attachmentsOf(arn) > 0 {
		return nil, deleteConflict("Cannot delete a policy attached to entities.")
	}
	delete(r.iam().policies, arn)
	return &iam.DeletePolicyOutput{}, nil
}

// listPolicies lists the account's own policies; of AWS's own only those that are attached.
func listPolicies(r *Request, in *iam.ListPoliciesInput) (*iam.ListPoliciesOutput, error) {
	all := []types.Policy{}
	for _, arn := range r.knownPolicies() {
		policy, err := r.managedPolicy(arn)
		if err != nil {
			return nil, err
		}
		scope := types.PolicyScopeTypeAws
		if r.iam().policies[arn] != nil {
			scope = types.PolicyScopeTypeLocal
		}
		inScope := in.Scope == "" || in.Scope == types.PolicyScopeTypeAll || in.Scope == scope
		if inScope && (!in.OnlyAttached || r.attachmentsOf(arn) > 0) {
			all = append(all, *policy.shown(r))
		}
	}
	policies, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
	return &iam.ListPoliciesOutput{Policies: policies, Marker: marker, IsTruncated: more}, err
}

func (r *Request) knownPolicies() []string {
	arns := map[string]bool{}
	for arn := range r.iam().policies {
		arns[arn] = true
	}
	for _, holder := range r.holders() {
		for _, arn := range holder.attached {
			arns[arn] = true
		}
	}
	return slices.Sorted(maps.Keys(arns))
}
