package scenes

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const halfAYear = 183 * 24 * time.Hour

var iamScenes = []Scene{
	{
		Control: "iam-root-access-key", Settled: v1alpha1.Fail,
		Posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{RootAccessKey: &v1alpha1.RootAccessKey{}}},
		seed: func(cloud *fakeaws.Cloud, account string) {
			cloud.SetRoot(account, fakeaws.RootUser{Password: true, AccessKeys: 1})
		},
		OffWire: "Moto's root has no access keys, and none can be made", OnWire: v1alpha1.Pass,
	},
	{
		Control: "iam-root-mfa", Settled: v1alpha1.Fail,
		Posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{RootMFA: &v1alpha1.RootMFA{}}},
		seed:    func(cloud *fakeaws.Cloud, account string) { cloud.SetRoot(account, fakeaws.RootUser{Password: true}) },
	},
	{
		Control: "iam-password-policy", Settled: v1alpha1.Pass, set: weakPasswords,
		Posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{PasswordPolicy: &v1alpha1.PasswordPolicy{MinLength: 14, CharacterClasses: aws.Bool(true), ReusePrevention: 24}}},
	},
	{
		Control: "iam-user-mfa", Settled: v1alpha1.Contained, set: people,
		Posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{UserMFA: &v1alpha1.UserMFA{}}},
	},
	{
		Control: "iam-access-key-rotation", Settled: v1alpha1.NotApplicable, set: people, Later: halfAYear,
		Posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{MaxAgeDays: 90}}},
	},
	{
		Control: "iam-unused-credentials", Settled: v1alpha1.NotApplicable, set: people, Later: halfAYear,
		Posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{UnusedCredentials: &v1alpha1.UnusedCredentials{MaxUnusedDays: 45}}},
	},
	{
		Control: "iam-no-direct-policies", Settled: v1alpha1.Pass, set: directPolicies,
		Posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{NoDirectPolicies: &v1alpha1.NoDirectPolicies{}}},
	},
}

const readBuckets = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"}]}`

func weakPasswords(s *stage) {
	do(s, iam.NewFromConfig(s.config).UpdateAccountPasswordPolicy, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(8), RequireNumbers: true})
}

// people are two users with passwords, of whom one has a key too.
func people(s *stage) {
	client := iam.NewFromConfig(s.config)
	for _, name := range []string{"alice", "bob"} {
		do(s, client.CreateUser, &iam.CreateUserInput{UserName: aws.String(name)})
		do(s, client.CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: aws.String(name), Password: aws.String("Correct-horse-9-battery")})
	}
	do(s, client.CreateAccessKey, &iam.CreateAccessKeyInput{UserName: aws.String("bob")})
}

// directPolicies are an inline and an attached policy on one user.
func directPolicies(s *stage) {
	client := iam.NewFromConfig(s.config)
	do(s, client.CreateUser, &iam.CreateUserInput{UserName: aws.String("bob")})
	do(s, client.CreateUser, &iam.CreateUserInput{UserName: aws.String("alice")})
	policy := do(s, client.CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("readers"), PolicyDocument: aws.String(readBuckets)}).Policy
	if policy == nil {
		return
	}
	do(s, client.AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: aws.String("bob"), PolicyArn: policy.Arn})
	do(s, client.PutUserPolicy, &iam.PutUserPolicyInput{UserName: aws.String("bob"), PolicyName: aws.String("buckets"), PolicyDocument: aws.String(readBuckets)})
}
