package fakeaws

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// roleAnswer is how AssumeRole of one role was told to answer.
type roleAnswer struct {
	refused    bool
	externalID string
	account    string
}

// RefuseRole makes the role unassumable.
func (c *Cloud) RefuseRole(arn string) { c.setRole(arn, func(r *roleAnswer) { r.refused = true }) }

// AllowRole makes a refused role assumable again.
func (c *Cloud) AllowRole(arn string) { c.setRole(arn, func(r *roleAnswer) { r.refused = false }) }

// RequireExternalID makes the role assumable only with the external id.
func (c *Cloud) RequireExternalID(arn, id string) {
	c.setRole(arn, func(r *roleAnswer) { r.externalID = id })
}

// Misdirect makes the role hand out credentials of another account, as a mix-up would.
func (c *Cloud) Misdirect(arn, account string) {
	c.setRole(arn, func(r *roleAnswer) { r.account = account })
}

func (c *Cloud) setRole(arn string, change func(*roleAnswer)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := c.roles[arn]
	change(&answer)
	c.roles[arn] = answer
}

func (c *Cloud) whois(accessKeyID string) session {
	if s, ok := c.sessions[accessKeyID]; ok {
		return s
	}
	account := strings.TrimPrefix(accessKeyID, "AKIA")
	return session{account: account, arn: fmt.Sprintf("arn:%s:iam::%s:user/administrator", c.Partition, account)}
}

func serveSTS(c *Cloud) {
	on(c, assumeRole)
	on(c, func(r *Request, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
		return &sts.GetCallerIdentityOutput{Account: aws.String(r.Account), Arn: aws.String(r.Caller), UserId: aws.String(callerID(r))}, nil
	})
}

// callerID is who calls as STS numbers it: a role's session has the session's name in it.
func callerID(r *Request) string {
	if parts := strings.Split(r.Caller, "/"); len(parts) == 3 && strings.Contains(parts[0], ":assumed-role") {
		return "AROA" + r.Account + ":" + parts[2]
	}
	return "AIDA" + r.Account
}

func assumeRole(r *Request, in *sts.AssumeRoleInput) (*sts.AssumeRoleOutput, error) {
	arn := aws.ToString(in.RoleArn)
	parts := strings.SplitN(arn, ":", 6)
	answer := r.Cloud.roles[arn]
	if len(parts) != 6 || !strings.HasPrefix(parts[5], "role/") || answer.refused || answer.externalID != "" && answer.externalID != aws.ToString(in.ExternalId) {
		return nil, failure("AccessDenied", "User: %s is not authorized to perform: sts:AssumeRole on resource: %s", r.Caller, arn)
	}
	account := parts[4]
	if answer.account != "" {
		account = answer.account
	}
	name := parts[5][strings.LastIndex(parts[5], "/")+1:]
	assumed := fmt.Sprintf("arn:%s:sts::%s:assumed-role/%s/%s", r.Cloud.Partition, account, name, aws.ToString(in.RoleSessionName))
	key := fmt.Sprintf("ASIA%s%04d", account, r.NextID())
	r.Cloud.sessions[key] = session{account: account, arn: assumed}
	return &sts.AssumeRoleOutput{
		AssumedRoleUser: &types.AssumedRoleUser{Arn: aws.String(assumed), AssumedRoleId: aws.String("AROA" + account + ":" + aws.ToString(in.RoleSessionName))},
		Credentials: &types.Credentials{
			AccessKeyId: aws.String(key), SecretAccessKey: aws.String(Secret + "-session"), SessionToken: aws.String(Secret + "-token"),
			Expiration: aws.Time(r.Now.Add(time.Hour)),
		},
	}, nil
}
