package read

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// credentials joins the users with the credential report. A user whom the report does not know
// yet, knows under an earlier life or tells unclearly is read by the calls of the one user.
func credentials(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.UserCredentials, error) {
	all, err := s.authorized(ctx)
	if err != nil {
		return nil, err
	}
	var found []inventory.UserCredentials
	for _, u := range all.users {
		found = append(found, inventory.UserCredentials{
			Ref: s.userRef(u), Kind: s.kind(u), Groups: slices.Sorted(slices.Values(u.GroupList)), MFAGroup: all.groups[inventory.MFAGroup],
		})
	}
	if len(found) == 0 {
		return nil, nil
	}
	report, err := s.credentialReport(ctx)
	if err != nil {
		return nil, err
	}
	for i, u := range all.users {
		if row, ok := report.rows[found[i].ARN]; ok && row.created.Equal(aws.ToTime(u.CreateDate).Truncate(time.Second)) {
			found[i].Password = inventory.Seen(row.password, report.at)
			found[i].MFADevices = inventory.Seen(row.devices, report.at)
			found[i].Keys = inventory.Seen(row.keys, report.at)
		}
	}
	each(found, func(c *inventory.UserCredentials) {
		if c.Keys.At().IsZero() {
			*c = s.allFresh(ctx, *c)
		}
	})
	return found, nil
}

// freshCredentials confirms what the report, which may be hours old, shows of a user: each part
// that can be wrong.
func freshCredentials(ctx context.Context, s *Scope, c inventory.UserCredentials) inventory.UserCredentials {
	if password, err := c.Password.Get(); err == nil && password.Set {
		fresh, err := Password.Of(ctx, s.Session, c.ID)
		// The report alone knows when a password was changed after it was made.
		if fresh.Set && password.Changed.After(fresh.Changed) {
			fresh.Changed = password.Changed
		}
		c.Password = observed(s, fresh, err)
		if devices, err := c.MFADevices.Get(); err == nil && devices == 0 && fresh.Set {
			devices, err = MFADevices.Of(ctx, s.Session, c.ID)
			c.MFADevices = observed(s, devices, err)
		}
	}
	keys, err := c.Keys.Get()
	if err == nil && slices.ContainsFunc(keys, func(k inventory.AccessKey) bool { return k.Active }) {
		keys, err = AccessKeys.Of(ctx, s.Session, c.ID)
		c.Keys = observed(s, keys, err)
	}
	return c
}

func (s *Scope) allFresh(ctx context.Context, c inventory.UserCredentials) inventory.UserCredentials {
	password, err := Password.Of(ctx, s.Session, c.ID)
	c.Password = observed(s, password, err)
	devices, err := MFADevices.Of(ctx, s.Session, c.ID)
	c.MFADevices = observed(s, devices, err)
	keys, err := AccessKeys.Of(ctx, s.Session, c.ID)
	c.Keys = observed(s, keys, err)
	return c
}

var (
	getLoginProfile      = awsapi.Reads((*iam.Client).GetLoginProfile)
	getUser              = awsapi.Reads((*iam.Client).GetUser)
	listMFADevices       = awsapi.Reads((*iam.Client).ListMFADevices)
	listAccessKeys       = awsapi.Reads((*iam.Client).ListAccessKeys)
	getAccessKeyLastUsed = awsapi.Reads((*iam.Client).GetAccessKeyLastUsed)
)

// Password is a user's console password as it is now.
var Password = look(func(ctx context.Context, s *awsapi.Session, user string) (inventory.Password, error) {
	profile, err := getLoginProfile.In(ctx, s.In(""), &iam.GetLoginProfileInput{UserName: aws.String(user)})
	if fault.Code(err) == noSuchEntity {
		return inventory.Password{}, nil
	}
	if err != nil {
		return inventory.Password{}, fmt.Errorf("reading the password of user %s: %w", user, err)
	}
	out, err := getUser.In(ctx, s.In(""), &iam.GetUserInput{UserName: aws.String(user)})
	if err != nil {
		return inventory.Password{}, fmt.Errorf("reading user %s: %w", user, err)
	}
	return inventory.Password{Set: true, Changed: aws.ToTime(profile.LoginProfile.CreateDate), LastUsed: aws.ToTime(out.User.PasswordLastUsed)}, nil
}, getLoginProfile, getUser)

// MFADevices are how many MFA devices a user has now, virtual ones, hardware and passkeys.
var MFADevices = look(func(ctx context.Context, s *awsapi.Session, user string) (int, error) {
	out, err := listMFADevices.In(ctx, s.In(""), &iam.ListMFADevicesInput{UserName: aws.String(user)})
	if err != nil {
		return 0, fmt.Errorf("reading the MFA devices of user %s: %w", user, err)
	}
	return len(out.MFADevices), nil
}, listMFADevices)

// AccessKeys are a user's access keys as they are now, the last use of the active ones with
// them. IAM allows two, so there is one page.
var AccessKeys = look(func(ctx context.Context, s *awsapi.Session, user string) ([]inventory.AccessKey, error) {
	out, err := listAccessKeys.In(ctx, s.In(""), &iam.ListAccessKeysInput{UserName: aws.String(user)})
	if err != nil {
		return nil, fmt.Errorf("reading the access keys of user %s: %w", user, err)
	}
	var keys []inventory.AccessKey
	for _, k := range out.AccessKeyMetadata {
		key := inventory.AccessKey{ID: aws.ToString(k.AccessKeyId), Active: k.Status == types.StatusTypeActive, Created: aws.ToTime(k.CreateDate)}
		if key.Active {
			used, err := getAccessKeyLastUsed.In(ctx, s.In(""), &iam.GetAccessKeyLastUsedInput{AccessKeyId: k.AccessKeyId})
			if err != nil {
				return nil, fmt.Errorf("reading the last use of access key %s: %w", key.ID, err)
			}
			if used.AccessKeyLastUsed != nil {
				key.LastUsed = aws.ToTime(used.AccessKeyLastUsed.LastUsedDate)
			}
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b inventory.AccessKey) int { return a.Created.Compare(b.Created) })
	return keys, nil
}, listAccessKeys, getAccessKeyLastUsed)
