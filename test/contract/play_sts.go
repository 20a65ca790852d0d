package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func playSTS(p *play) {
	home := sts.NewFromConfig(p.in("us-east-1"))
	call(p, "ask who calls", home.GetCallerIdentity, &sts.GetCallerIdentityInput{})
	call(p, "ask who calls in Ireland", sts.NewFromConfig(p.in("eu-west-1")).GetCallerIdentity, &sts.GetCallerIdentityInput{})

	role := aws.String("arn:aws:iam::" + stranger + ":role/guardrails/reader")
	assumed := call(p, "assume another's role", home.AssumeRole, &sts.AssumeRoleInput{RoleArn: role, RoleSessionName: aws.String("contract")})
	if assumed.Credentials == nil {
		return
	}
	there := p.in("us-east-1")
	there.Credentials = credentials.NewStaticCredentialsProvider(aws.ToString(assumed.Credentials.AccessKeyId), aws.ToString(assumed.Credentials.SecretAccessKey), aws.ToString(assumed.Credentials.SessionToken))
	client := sts.NewFromConfig(there)
	call(p, "ask who calls by the role", client.GetCallerIdentity, &sts.GetCallerIdentityInput{})
	call(p, "assume a role from the role", client.AssumeRole, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + p.script.Account + ":role/back"), RoleSessionName: aws.String("contract-back")})
	call(p, "assume what is no role", home.AssumeRole, &sts.AssumeRoleInput{RoleArn: aws.String("no role, but long enough"), RoleSessionName: aws.String("contract")})
}
