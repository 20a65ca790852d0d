package fakeaws

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

type kmsAlias struct {
	target  string
	created time.Time
}

func serveKMSNames(c *Cloud) {
	on(c, kmsCreateAlias)
	on(c, kmsListAliases)
	on(c, func(r *Request, in *kms.DeleteAliasInput) (*kms.DeleteAliasOutput, error) {
		name := aws.ToString(in.AliasName)
		if r.kms().aliases[name] == nil {
			return nil, &types.NotFoundException{Message: aws.String("Alias " + r.ARN("kms", r.Region, name) + " is not found.")}
		}
		delete(r.kms().aliases, name)
		return &kms.DeleteAliasOutput{}, nil
	})
	on(c, func(r *Request, in *kms.TagResourceInput) (*kms.TagResourceOutput, error) {
		key, err := r.kmsKey(in.KeyId)
		if err != nil {
			return nil, err
		}
		for _, tag := range in.Tags {
			key.tags = slices.DeleteFunc(key.tags, func(have types.Tag) bool { return *have.TagKey == *tag.TagKey })
			key.tags = append(key.tags, tag)
		}
		return &kms.TagResourceOutput{}, nil
	})
	on(c, func(r *Request, in *kms.ListResourceTagsInput) (*kms.ListResourceTagsOutput, error) {
		key, err := r.kmsKey(in.KeyId)
		if err != nil {
			return nil, err
		}
		items, next, err := page(slices.Clone(key.tags), in.Marker, kmsLimit(in.Limit, 50), 50, "InvalidMarkerException")
		if err != nil {
			return nil, err
		}
		return &kms.ListResourceTagsOutput{Tags: items, NextMarker: next, Truncated: next != nil}, nil
	})
}

func kmsCreateAlias(r *Request, in *kms.CreateAliasInput) (*kms.CreateAliasOutput, error) {
	name := aws.ToString(in.AliasName)
	key, err := r.kmsKey(in.TargetKeyId)
	switch {
	case err != nil:
		return nil, err
	case !strings.HasPrefix(name, "alias/"):
		return nil, failure("ValidationException", "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")
	case strings.HasPrefix(name, "alias/aws/"):
		return nil, failure("NotAuthorizedException", "")
	case r.kms().aliases[name] != nil:
		return nil, &types.AlreadyExistsException{Message: aws.String("An alias with the name " + r.ARN("kms", r.Region, name) + " already exists")}
	}
	r.kms().aliases[name] = &kmsAlias{target: *key.KeyId, created: r.Now}
	return &kms.CreateAliasOutput{}, nil
}

func kmsListAliases(r *Request, in *kms.ListAliasesInput) (*kms.ListAliasesOutput, error) {
	only := ""
	if in.KeyId != nil {
		key, err := r.kmsKey(in.KeyId)
		if err != nil {
			return nil, err
		}
		only = *key.KeyId
	}
	var all []types.AliasListEntry
	for name, alias := range r.kms().aliases {
		if only == "" || alias.target == only {
			all = append(all, types.AliasListEntry{
				AliasName: aws.String(name), AliasArn: aws.String(r.ARN("kms", r.Region, name)), TargetKeyId: aws.String(alias.target),
				CreationDate: aws.Time(alias.created), LastUpdatedDate: aws.Time(alias.created),
			})
		}
	}
	slices.SortFunc(all, func(a, b types.AliasListEntry) int { return strings.Compare(*a.AliasName, *b.AliasName) })
	items, next, err := page(all, in.Marker, kmsLimit(in.Limit, 50), 100, "InvalidMarkerException")
	if err != nil {
		return nil, err
	}
	return &kms.ListAliasesOutput{Aliases: items, NextMarker: next, Truncated: next != nil}, nil
}

// kmsKey finds a key by its id or ARN.
func (r *Request) kmsKey(id *string) (*kmsKey, error) {
	name := aws.ToString(id)
	name = name[strings.LastIndex(name, "/")+1:]
	if key, ok := r.kms().keys[name]; ok {
		return key, nil
	}
	return nil, &types.NotFoundException{Message: aws.String("Key '" + r.ARN("kms", r.Region, "key/"+name) + "' does not exist")}
}

// kmsKeyOrAlias finds a key by its id, its ARN, or an alias.
func (r *Request) kmsKeyOrAlias(id *string) (*kmsKey, error) {
	name := aws.ToString(id)
	at := strings.Index(name, "alias/")
	if at < 0 {
		return r.kmsKey(id)
	}
	if alias, ok := r.kms().aliases[name[at:]]; ok {
		return r.kmsKey(aws.String(alias.target))
	}
	return nil, &types.NotFoundException{Message: aws.String("Alias " + r.ARN("kms", r.Region, name[at:]) + " is not found.")}
}
