package fakeaws

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

type iamKey struct {
	id            string
	active        bool
	created       time.Time
	used          time.Time
	region, usage string
}

// keysPerUser is IAM's quota, which nobody can raise.
const keysPerUser = 2

// UseAccessKey makes the access key last used at the time, for the service in the region.
func (c *Cloud) UseAccessKey(account, id string, at time.Time, service, region string) {
	c.edit(account, "", func(r *Request) {
		if _, key, err := r.accessKey(&id, nil); err == nil {
			key.used, key.usage, key.region = at, service, region
		}
	})
}

func serveIAMKeys(c *Cloud) {
	on(c, createAccessKey)
	on(c, listAccessKeys)
	on(c, accessKeyLastUsed)
	on(c, func(r *Request, in *iam.UpdateAccessKeyInput) (*iam.UpdateAccessKeyOutput, error) {
		_, key, err := r.accessKey(in.AccessKeyId, in.UserName)
		if err != nil {
			return nil, err
		}
		key.active = in.Status == types.StatusTypeActive
		return &iam.UpdateAccessKeyOutput{}, nil
	})
	on(c, func(r *Request, in *iam.DeleteAccessKeyInput) (*iam.DeleteAccessKeyOutput, error) {
		user, key, err := r.accessKey(in.AccessKeyId, in.UserName)
		if err != nil {
			return nil, err
		}
		user.keys = slices.DeleteFunc(user.keys, func(k *iamKey) bool { return k == key })
		return &iam.DeleteAccessKeyOutput{}, nil
	})
}

// accessKey finds a key, of the user if one is named.
func (r *Request) accessKey(id, userName *string) (*iamUser, *iamKey, error) {
	for _, user := range r.sortedUsers() {
		if userName != nil && user.name != *userName {
			continue
		}
		for _, key := range user.keys {
			if key.id == aws.ToString(id) {
				return user, key, nil
			}
		}
	}
	return nil, nil, noSuchEntity("The Access Key with id %s cannot be found.", aws.ToString(id))
}

func (key *iamKey) status() types.StatusType {
	if key.active {
		return types.StatusTypeActive
	}
	return types.StatusTypeInactive
}

func createAccessKey(r *Request, in *iam.CreateAccessKeyInput) (*iam.CreateAccessKeyOutput, error) {
	user, err := r.iamUser(in.UserName)
	if err != nil {
		return nil, err
	}
	if len(user.keys) >= keysPerUser {
		return nil, iamLimit("Cannot exceed quota for AccessKeysPerUser: %d", keysPerUser)
	}
	key := &iamKey{id: fmt.Sprintf("AKIA%016d", r.NextID()), active: true, created: r.Now}
	user.keys = append(user.keys, key)
	return &iam.CreateAccessKeyOutput{AccessKey: &types.AccessKey{
		AccessKeyId: aws.String(key.id), SecretAccessKey: aws.String("secret"), UserName: aws.String(user.name), Status: key.status(), CreateDate: aws.Time(key.created),
	}}, nil
}

func listAccessKeys(r *Request, in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
	user, err := r.iamUser(in.UserName)
	if err != nil {
		return nil, err
	}
	all := []types.AccessKeyMetadata{}
	for _, key := range user.keys {
		all = append(all, types.AccessKeyMetadata{AccessKeyId: aws.String(key.id), UserName: aws.String(user.name), Status: key.status(), CreateDate: aws.Time(key.created)})
	}
	keys, marker, more, err := iamPage(all, in.Marker, in.MaxItems)
	return &iam.ListAccessKeysOutput{AccessKeyMetadata: keys, Marker: marker, IsTruncated: more}, err
}

func accessKeyLastUsed(r *Request, in *iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
	user, key, err := r.accessKey(in.AccessKeyId, nil)
	if err != nil {
		return nil, err
	}
	used := &types.AccessKeyLastUsed{Region: aws.String("N/A"), ServiceName: aws.String("N/A")}
	if !key.used.IsZero() {
		used = &types.AccessKeyLastUsed{LastUsedDate: aws.Time(key.used), Region: aws.String(key.region), ServiceName: aws.String(key.usage)}
	}
	return &iam.GetAccessKeyLastUsedOutput{UserName: aws.String(user.name), AccessKeyLastUsed: used}, nil
}
