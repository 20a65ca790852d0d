package fakeaws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// linkedRoles are the names of service-linked roles by service.
var linkedRoles = map[string]string{
	"config.amazonaws.com":               "AWSServiceRoleForConfig",
	"guardduty.amazonaws.com":            "AWSServiceRoleForAmazonGuardDuty",
	"cloudtrail.amazonaws.com":           "AWSServiceRoleForCloudTrail",
	"rds.amazonaws.com":                  "AWSServiceRoleForRDS",
	"support.amazonaws.com":              "AWSServiceRoleForSupport",
	"access-analyzer.amazonaws.com":      "AWSServiceRoleForAccessAnalyzer",
	"securityhub.amazonaws.com":          "AWSServiceRoleForSecurityHub",
	"inspector2.amazonaws.com":           "AWSServiceRoleForAmazonInspector2",
	"elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
}

func createServiceLinkedRole(r *Request, in *iam.CreateServiceLinkedRoleInput) (*iam.CreateServiceLinkedRoleOutput, error) {
	service := aws.ToString(in.AWSServiceName)
	name, ok := linkedRoles[service]
	if !ok {
		return nil, noSuchEntity("Could not find service-linked role template for %s", service)
	}
	if suffix := aws.ToString(in.CustomSuffix); suffix != "" {
		name += "_" + suffix
	}
	if taken(r.iam().roles, name) {
		return nil, &types.InvalidInputException{Message: aws.String("Service role name " + name + " has been taken in this account, please try a different suffix.")}
	}
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["` + service + `"]},"Action":["sts:AssumeRole"]}]}`
	role := r.newRole(name, "/aws-service-role/"+service+"/", trust)
	role.description = in.Description
	r.iam().roles[name] = role
	return &iam.CreateServiceLinkedRoleOutput{Role: role.shown(true)}, nil
}
