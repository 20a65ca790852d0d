package fakeaws

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

type iamPassword struct {
	created, changed time.Time
	reset            bool
}

// SignIn makes the user's password last used at the time.
func (c *Cloud) SignIn(account, user string, at time.Time) {
	c.edit(account, "", func(r *Request) {
		if have := r.iam().users[user]; have != nil {
			have.signedIn = at
		}
	})
}

func serveIAMPasswords(c *Cloud) {
	on(c, func(r *Request, in *iam.CreateLoginProfileInput) (*iam.CreateLoginProfileOutput, error) {
		user, err := r.iamUser(in.UserName)
		if err != nil {
			return nil, err
		}
		if user.password != nil {
			return nil, entityExists("Login Profile for user %s already exists.", user.name)
		}
		user.password = &iamPassword{created: r.Now, changed: r.Now, reset: in.PasswordResetRequired}
		return &iam.CreateLoginProfileOutput{LoginProfile: user.profile()}, nil
	})
	on(c, func(r *Request, in *iam.GetLoginProfileInput) (*iam.GetLoginProfileOutput, error) {
		user, err := r.withPassword(in.UserName)
		if err != nil {
			return nil, err
		}
		return &iam.GetLoginProfileOutput{LoginProfile: user.profile()}, nil
	})
	on(c, func(r *Request, in *iam.UpdateLoginProfileInput) (*iam.UpdateLoginProfileOutput, error) {
		user, err := r.withPassword(in.UserName)
		if err != nil {
			return nil, err
		}
		if in.Password != nil {
			user.password.changed = r.Now
		}
		if in.PasswordResetRequired != nil {
			user.password.reset = *in.PasswordResetRequired
		}
		return &iam.UpdateLoginProfileOutput{}, nil
	})
	on(c, func(r *Request, in *iam.DeleteLoginProfileInput) (*iam.DeleteLoginProfileOutput, error) {
		user, err := r.withPassword(in.UserName)
		if err != nil {
			return nil, err
		}
		user.password = nil
		return &iam.DeleteLoginProfileOutput{}, nil
	})
}

func (r *Request) withPassword(name *string) (*iamUser, error) {
	user, err := r.iamUser(name)
	if err == nil && user.password == nil {
		return nil, noSuchEntity("Login Profile for User %s cannot be found.", user.name)
	}
	return user, err
}

func (user *iamUser) profile() *types.LoginProfile {
	return &types.LoginProfile{UserName: aws.String(user.name), CreateDate: aws.Time(user.password.created), PasswordResetRequired: user.password.reset}
}
