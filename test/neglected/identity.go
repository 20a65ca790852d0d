package neglected

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// names of people, so that the story is about someone.
var names = []string{"ada", "barbara", "claude", "donald", "edsger", "frances", "grace", "hedy", "ivan", "john", "karen", "leslie", "margaret", "niklaus", "ole", "radia", "shafi", "tony", "ursula", "vint"}

// root has access keys and no MFA.
func (a *account) root(context.Context) {
	a.cloud.SetRoot(a.id, fakeaws.RootUser{Password: true, AccessKeys: 1})
}

// people have passwords, some of them no MFA, old keys and policies of their own.
func (a *account) people(ctx context.Context) {
	client := iam.NewFromConfig(a.in("us-east-1"))
	for i := range a.size.Users * 4 / 5 {
		name := names[i%len(names)]
		if i >= len(names) {
			name = fmt.Sprintf("%s-%d", name, i/len(names)+1)
		}
		a.ago(30+i*17, func() {
			a.user(ctx, client, name)
			must[*iam.CreateLoginProfileOutput](a, "password of "+name)(client.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: aws.String(name), Password: aws.String("Correct-Horse-7-Battery")}))
			if i%3 == 0 {
				a.key(ctx, client, name, i)
			}
		})
		if i%2 == 0 {
			a.device(ctx, client, name)
		}
		a.cloud.SignIn(a.id, name, a.today.AddDate(0, 0, -i*4))
		if i%5 == 0 {
			must[*iam.PutUserPolicyOutput](a, "policy of "+name)(client.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
				UserName: aws.String(name), PolicyName: aws.String("deploy"),
				PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:Describe*","Resource":"*"}]}`),
			}))
		}
	}
}

// programs have keys and no password.
func (a *account) programs(ctx context.Context) {
	client := iam.NewFromConfig(a.in("us-east-1"))
	for i := range a.size.Users - a.size.Users*4/5 {
		name := fmt.Sprintf("ci-%d", i+1)
		a.ago(20+i*60, func() {
			a.user(ctx, client, name)
			a.key(ctx, client, name, i)
		})
	}
}

func (a *account) user(ctx context.Context, client *iam.Client, name string) {
	must[*iam.CreateUserOutput](a, "user "+name)(client.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String(name)}))
}

// key makes an access key that was last used days ago.
func (a *account) key(ctx context.Context, client *iam.Client, user string, days int) {
	out := must[*iam.CreateAccessKeyOutput](a, "key of "+user)(client.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String(user)}))
	if out != nil {
		a.cloud.UseAccessKey(a.id, aws.ToString(out.AccessKey.AccessKeyId), a.today.AddDate(0, 0, -days), "s3", "us-east-1")
	}
}

func (a *account) device(ctx context.Context, client *iam.Client, user string) {
	out := must[*iam.CreateVirtualMFADeviceOutput](a, "MFA of "+user)(client.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String(user)}))
	if out == nil {
		return
	}
	must[*iam.EnableMFADeviceOutput](a, "MFA of "+user)(client.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: aws.String(user), SerialNumber: out.VirtualMFADevice.SerialNumber, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	}))
}
