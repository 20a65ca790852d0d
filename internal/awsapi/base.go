package awsapi

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Base names what the operator itself signs in as, before it assumes any role: its IAM user or
// role by ARN, and the EC2 instance that lends it the role, where one does. AWS is asked once.
func (p *Pool) Base(ctx context.Context, from Target) ([]string, error) {
	p.mu.Lock()
	known := p.self
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	config := p.base.Copy()
	config.Region = from.Home
	config.APIOptions = append(append([]apiOption{}, p.base.APIOptions...), p.Meter.measure(p.limits, from.Account))
	who, err := sts.NewFromConfig(config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, classify(getCallerIdentity.Name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.self = signsInBy(aws.ToString(who.Arn))
	return p.self, nil
}

// signsInBy makes of the ARN of a session the ARN of its role, without the path, which it does not
// tell. A session that an instance lends bears the instance's id.
func signsInBy(arn string) []string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) != 6 {
		return []string{arn}
	}
	session, is := strings.CutPrefix(parts[5], "assumed-role/")
	if !is {
		return []string{arn}
	}
	role, name, _ := strings.Cut(session, "/")
	names := []string{strings.Join([]string{"arn", parts[1], "iam", "", parts[4], "role/" + role}, ":")}
	if strings.HasPrefix(name, "i-") {
		names = append(names, name)
	}
	return names
}
