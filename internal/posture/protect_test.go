package posture_test

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

const account = "arn:aws:iam::111111111111:"

func TestProtectionRefuses(t *testing.T) {
	protection := posture.Protection{
		Own:        []string{account + "role/guardrails-audit", account + "role/ops/guardrails-remediation", account + "user/guardrails", "i-0operator"},
		Principals: []string{"break-glass*", account + "role/admin/*", "alice"},
		Resources:  []string{"arn:aws:s3:::crown-*", "sg-0prod", "*jewels*", "[odd]?"},
	}
	principal := func(kind, id, arn string) action.Description {
		return action.Description{Target: inventory.Ref{Type: "AWS::IAM::" + kind, ID: id, ARN: arn}}
	}
	thing := func(kind, id, arn string, touches ...string) action.Description {
		return action.Description{Target: inventory.Ref{Type: kind, ID: id, ARN: arn}, Touches: touches}
	}
	for name, row := range map[string]struct {
		what action.Description
		want string
	}{
		"the operator's audit role":             {principal("Role", "", account+"role/guardrails-audit"), "the operator's own role " + account + "role/guardrails-audit"},
		"the operator's role, by name alone":    {principal("Role", "guardrails-audit", ""), "the operator's own role guardrails-audit"},
		"the operator's role with a path":       {principal("Role", "guardrails-remediation", ""), "the operator's own role guardrails-remediation"},
		"the operator's role, touched":          {thing("AWS::KMS::Key", "k", "", account+"role/ops/guardrails-remediation"), "the operator's own role " + account + "role/ops/guardrails-remediation"},
		"the operator's session":                {thing("AWS::KMS::Key", "k", "", "arn:aws:sts::111111111111:assumed-role/guardrails-audit/guardrails@shop"), "the operator's own role arn:aws:sts::111111111111:assumed-role/guardrails-audit/guardrails@shop"},
		"the user that the operator is":         {principal("User", "guardrails", account+"user/guardrails"), "the operator's own user " + account + "user/guardrails"},
		"the instance that it runs on":          {thing("AWS::EC2::Instance", "i-0operator", ""), "the operator's own instance i-0operator"},
		"an instance that it does not run on":   {thing("AWS::EC2::Instance", "i-0other", ""), ""},
		"a bucket that is called like the role": {thing("AWS::S3::Bucket", "guardrails-audit", "arn:aws:s3:::guardrails-audit"), ""},
		"a service-linked role":                 {principal("Role", "AWSServiceRoleForConfig", account+"role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"), "reserved by AWS: " + account + "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"},
		"a role of IAM Identity Center":         {principal("Role", "AWSReservedSSO_Admin_0", account+"role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0"), "reserved by AWS: " + account + "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0"},
		"a log group of such a name":            {thing("AWS::Logs::LogGroup", "/aws-service-role/x", "arn:aws:logs:eu-west-1:111111111111:log-group:/aws-service-role/x"), ""},
		"an object of such a name":              {thing("AWS::S3::Bucket", "b", "arn:aws:s3:::b", "arn:aws:s3:::b/aws-reserved/:oidc-provider/x"), ""},
		"a role of another service":             {thing("AWS::IoT::RoleAlias", "x", "arn:aws:iot:eu-west-1:111111111111:role/aws-service-role/x"), ""},
		"its session in another account":        {thing("AWS::KMS::Key", "k", "", "arn:aws:sts::222222222222:assumed-role/guardrails-audit/someone"), ""},
		"its name in another account":           {action.Description{Target: inventory.Ref{Type: "AWS::IAM::Role", Account: "222222222222", ID: "guardrails-audit", ARN: "arn:aws:iam::222222222222:role/guardrails-audit"}}, ""},
		"its name in its account":               {action.Description{Target: inventory.Ref{Type: "AWS::IAM::Role", Account: "111111111111", ID: "guardrails-audit"}}, "the operator's own role guardrails-audit"},
		"an OIDC provider":                      {principal("OIDCProvider", "x", account+"oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/X"), "federation that workloads sign in by: " + account + "oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/X"},
		"a SAML provider":                       {principal("SAMLProvider", "x", account+"saml-provider/corp"), "federation that workloads sign in by: " + account + "saml-provider/corp"},
		"break-glass by name":                   {principal("User", "break-glass-1", account+"user/break-glass-1"), "protected principal break-glass-1"},
		"break-glass by name in a path":         {principal("User", "", account+"user/people/break-glass-1"), "protected principal " + account + "user/people/break-glass-1"},
		"break-glass, touched by ARN":           {thing("AWS::EC2::VPC", "vpc-1", "", account+"user/break-glass-1"), "protected principal " + account + "user/break-glass-1"},
		"a role under a protected path":         {principal("Role", "deep", account+"role/admin/a/b/deep"), "protected principal " + account + "role/admin/a/b/deep"},
		"whoever is not protected":              {principal("User", "bob", account+"user/bob"), ""},
		"a longer name":                         {principal("User", "alice2", account+"user/alice2"), ""},
		"a bucket that is called like a person": {thing("AWS::S3::Bucket", "alice", "arn:aws:s3:::alice"), ""},
		"a protected bucket":                    {thing("AWS::S3::Bucket", "crown-1", "arn:aws:s3:::crown-1"), "protected resource arn:aws:s3:::crown-1"},
		"a protected group by id":               {thing("AWS::EC2::SecurityGroup", "sg-0prod", ""), "protected resource sg-0prod"},
		"stars on both sides":                   {thing("AWS::S3::Bucket", "the-jewels-2", ""), "protected resource the-jewels-2"},
		"a protected resource, touched":         {thing("AWS::CloudTrail::Trail", "t", "", "arn:aws:s3:::crown-logs"), "protected resource arn:aws:s3:::crown-logs"},
		"brackets and ? stand for themselves":   {thing("Test::Thing", "[odd]?", ""), "protected resource [odd]?"},
		"and for nothing else":                  {thing("Test::Thing", "ox", ""), ""},
		"a resource that is not protected":      {thing("AWS::S3::Bucket", "photos", "arn:aws:s3:::photos"), ""},
		"no name at all":                        {thing("Test::Thing", "", ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := protection.Refuses(row.what); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
	if got := (posture.Protection{Own: []string{""}}).Refuses(principal("User", "bob", "")); got != "" {
		t.Errorf("no role of its own protects nobody, but %q", got)
	}
}

func TestKeysOfOtherAccounts(t *testing.T) {
	protection := posture.Protection{KeyAccounts: []string{"333333333333"}}
	for key, trusted := range map[string]bool{
		"arn:aws:kms:eu-west-1:111111111111:key/1":     true,
		"arn:aws:kms:eu-west-1:333333333333:key/1":     true,
		"arn:aws:kms:eu-west-1:222222222222:key/1":     false,
		"arn:aws:kms:eu-west-1:222222222222:alias/ebs": false,
		"alias/ebs":                            true,
		"1234abcd-12ab-34cd-56ef-1234567890ab": true,
	} {
		got := protection.Distrusts(action.Description{Target: inventory.Ref{Account: "111111111111"}, Keys: []string{key}})
		if (got == "") != trusted || !trusted && !strings.Contains(got, key+" is of account 222222222222") {
			t.Errorf("%s: got %q", key, got)
		}
	}
}

func TestManagedElsewhere(t *testing.T) {
	for name, row := range map[string]struct {
		tags map[string]string
		want string
	}{
		"no tags":                 {map[string]string{}, ""},
		"other tags":              {map[string]string{"team": "web", "kubernetes.io/name": "x"}, ""},
		"CloudFormation":          {map[string]string{"aws:cloudformation:stack-name": "shop"}, "CloudFormation shop"},
		"Kubernetes":              {map[string]string{"kubernetes.io/cluster/prod": "owned"}, "Kubernetes owned"},
		"EKS":                     {map[string]string{"eks:cluster-name": "prod"}, "EKS prod"},
		"load balancer":           {map[string]string{"elbv2.k8s.aws/cluster": "prod"}, "AWS Load Balancer Controller prod"},
		"ACK":                     {map[string]string{"services.k8s.aws/controller-version": "s3-1"}, "ACK s3-1"},
		"Crossplane":              {map[string]string{"crossplane-name": "x"}, "Crossplane x"},
		"Terraform":               {map[string]string{"terraform": "true"}, "Terraform true"},
		"managed-by":              {map[string]string{"managed-by": "Terraform"}, "Terraform Terraform"},
		"ManagedBy":               {map[string]string{"ManagedBy": "terraform"}, "Terraform terraform"},
		"managed_by":              {map[string]string{"managed_by": "terraform"}, "Terraform terraform"},
		"managedBy":               {map[string]string{"managedBy": "terraform"}, "Terraform terraform"},
		"Managed-By":              {map[string]string{"Managed-By": "OpenTofu"}, "OpenTofu OpenTofu"},
		"Terraform, capital":      {map[string]string{"Terraform": "true"}, "Terraform true"},
		"not Terraform":           {map[string]string{"terraform": "false"}, ""},
		"not Terraform, No":       {map[string]string{"Terraform": "No"}, ""},
		"not Terraform, 0":        {map[string]string{"terraform": "0"}, ""},
		"Pulumi":                  {map[string]string{"pulumi:project": "shop"}, "Pulumi shop"},
		"Pulumi by word":          {map[string]string{"pulumi": "true"}, "Pulumi true"},
		"not Pulumi":              {map[string]string{"pulumi": "false"}, ""},
		"shared by clusters":      {map[string]string{"kubernetes.io/cluster/prod": "shared"}, ""},
		"the guard's key":         {map[string]string{"Spacelift-Stack": "web"}, "spacelift-stack web"},
		"the guard's, denied":     {map[string]string{"spacelift-stack": "no"}, ""},
		"the guard's value":       {map[string]string{"Owner": "Platform Team"}, "owner Platform Team"},
		"not the guard's value":   {map[string]string{"owner": "web-team"}, ""},
		"managed by a person":     {map[string]string{"ManagedBy": "alice"}, ""},
		"two, always the first":   {map[string]string{"terraform": "1", "eks:cluster-name": "prod", "crossplane-a": "1"}, "EKS prod"},
		"the first key of many":   {map[string]string{"services.k8s.aws/b": "2", "services.k8s.aws/a": "1", "services.k8s.aws/c": "3"}, "ACK 1"},
		"hostile value":           {map[string]string{"terraform": "a\x1b[31mb\u202e"}, "Terraform a [31mb"},
		"a value that is nothing": {map[string]string{"crossplane-kind": ""}, "Crossplane"},
	} {
		t.Run(name, func(t *testing.T) {
			ref := inventory.Ref{ID: "x", Tags: inventory.Seen(row.tags, asOf)}
			for range 20 {
				if got := (posture.Protection{OwnerTags: []string{"spacelift-stack", "owner=platform-*"}}).ManagedElsewhere(ref); got != row.want {
					t.Fatalf("got %q, want %q", got, row.want)
				}
			}
			if got := (posture.Protection{IncludeManagedElsewhere: true}).ManagedElsewhere(ref); got != "" {
				t.Errorf("the guard lets it be planned, but %q", got)
			}
		})
	}
}
