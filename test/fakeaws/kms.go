package fakeaws

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

// kmsState is an account's keys in one region.
type kmsState struct {
	keys    map[string]*kmsKey
	aliases map[string]*kmsAlias
}

type kmsKey struct {
	types.KeyMetadata
	policy     string
	tags       []types.Tag
	rotates    bool
	periodDays int32
}

// kmsDefaultPolicy is what KMS gives a key whose creator says nothing.
const kmsDefaultPolicy = `{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:%s:iam::%s:root"},"Action":"kms:*","Resource":"*"}]}`

// kmsServices are some of those that AWS makes keys for.
var kmsServices = []string{"dynamodb", "ebs", "rds", "s3", "secretsmanager", "sns", "sqs"}

func serveKMS(c *Cloud) {
	on(c, kmsCreateKey)
	on(c, kmsReplicateKey)
	on(c, kmsListKeys)
	on(c, func(r *Request, in *kms.DescribeKeyInput) (*kms.DescribeKeyOutput, error) {
		// Whoever asks for the key that AWS would make has it made.
		service, own := strings.CutPrefix(aws.ToString(in.KeyId), "alias/aws/")
		if own && r.kms().aliases[*in.KeyId] == nil && slices.Contains(kmsServices, service) {
			return &kms.DescribeKeyOutput{KeyMetadata: r.awsManagedKey(service).metadata()}, nil
		}
		key, err := r.kmsKeyOrAlias(in.KeyId)
		if err != nil {
			return nil, err
		}
		return &kms.DescribeKeyOutput{KeyMetadata: key.metadata()}, nil
	})
	on(c, func(r *Request, in *kms.GetKeyPolicyInput) (*kms.GetKeyPolicyOutput, error) {
		key, err := r.kmsKey(in.KeyId)
		if err != nil {
			return nil, err
		}
		return &kms.GetKeyPolicyOutput{Policy: aws.String(key.policy), PolicyName: aws.String("default")}, nil
	})
	on(c, func(r *Request, in *kms.PutKeyPolicyInput) (*kms.PutKeyPolicyOutput, error) {
		key, err := r.kmsKey(in.KeyId)
		if err != nil {
			return nil, err
		}
		key.policy = aws.ToString(in.Policy)
		return &kms.PutKeyPolicyOutput{}, nil
	})
	serveKMSStates(c)
	serveKMSRotation(c)
	serveKMSNames(c)
}

// SeedAWSManagedKey makes the key that AWS makes when a service first encrypts in a region, with
// its alias, alias/aws/ebs for ebs, and returns its id.
func (c *Cloud) SeedAWSManagedKey(account, region, service string) (id string) {
	c.edit(account, region, func(r *Request) { id = *r.awsManagedKey(service).KeyId })
	return id
}

func (r *Request) awsManagedKey(service string) *kmsKey {
	key := r.newKMSKey("")
	key.KeyManager, key.rotates, key.periodDays = types.KeyManagerTypeAws, true, 365
	key.Description = aws.String("Default key that protects my " + service + " data when no other key is defined")
	r.kms().aliases["alias/aws/"+service] = &kmsAlias{target: *key.KeyId, created: r.Now}
	return key
}

// kms returns the region's keys, without those whose time has come.
func (r *Request) kms() *kmsState { return r.kmsIn(r.Region) }

func (r *Request) kmsIn(region string) *kmsState {
	state := stateOf[kmsState](r.Cloud, r.Account, region)
	if state.keys == nil {
		state.keys, state.aliases = map[string]*kmsKey{}, map[string]*kmsAlias{}
	}
	for id, key := range state.keys {
		if key.KeyState == types.KeyStatePendingDeletion && !key.DeletionDate.After(r.Now) {
			delete(state.keys, id)
		}
	}
	return state
}

// newKMSKey makes a symmetric key with material of KMS, in the region.
func (r *Request) newKMSKey(id string) *kmsKey {
	if id == "" {
		n := r.NextID()
		id = fmt.Sprintf("%08d-0000-4000-8000-%012d", n, n)
	}
	key := &kmsKey{
		policy: fmt.Sprintf(kmsDefaultPolicy, r.Cloud.Partition, r.Account),
		KeyMetadata: types.KeyMetadata{
			KeyId: aws.String(id), Arn: aws.String(r.ARN("kms", r.Region, "key/"+id)), AWSAccountId: aws.String(r.Account), CreationDate: aws.Time(r.Now),
			Description: aws.String(""), Enabled: true, KeyState: types.KeyStateEnabled, KeyManager: types.KeyManagerTypeCustomer,
			KeySpec:  types.KeySpecSymmetricDefault,
			KeyUsage: types.KeyUsageTypeEncryptDecrypt, Origin: types.OriginTypeAwsKms, MultiRegion: aws.Bool(false),
		},
	}
	r.kms().keys[id] = key
	return key
}

func (k *kmsKey) metadata() *types.KeyMetadata {
	shown := k.KeyMetadata
	if k.MultiRegionConfiguration != nil {
		config := *k.MultiRegionConfiguration
		config.ReplicaKeys = slices.Clone(config.ReplicaKeys)
		shown.MultiRegionConfiguration = &config
	}
	return &shown
}

func kmsCreateKey(r *Request, in *kms.CreateKeyInput) (*kms.CreateKeyOutput, error) {
	id := ""
	if aws.ToBool(in.MultiRegion) {
		id = fmt.Sprintf("mrk-%032d", r.NextID())
	}
	key := r.newKMSKey(id)
	key.tags = slices.Clone(in.Tags)
	key.CustomKeyStoreId = in.CustomKeyStoreId
	if in.Description != nil {
		key.Description = in.Description
	}
	if in.Policy != nil {
		key.policy = *in.Policy
	}
	if in.KeySpec != "" {
		key.KeySpec = in.KeySpec
	}
	if in.KeyUsage != "" {
		key.KeyUsage = in.KeyUsage
	}
	if in.Origin != "" {
		key.Origin = in.Origin
	}
	if key.Origin == types.OriginTypeExternal {
		key.KeyState, key.Enabled = types.KeyStatePendingImport, false
	}
	if aws.ToBool(in.MultiRegion) {
		key.MultiRegion = aws.Bool(true)
		key.MultiRegionConfiguration = &types.MultiRegionConfiguration{
			MultiRegionKeyType: types.MultiRegionKeyTypePrimary, PrimaryKey: &types.MultiRegionKey{Arn: key.Arn, Region: aws.String(r.Region)}, ReplicaKeys: []types.MultiRegionKey{},
		}
	}
	return &kms.CreateKeyOutput{KeyMetadata: key.metadata()}, nil
}

func kmsReplicateKey(r *Request, in *kms.ReplicateKeyInput) (*kms.ReplicateKeyOutput, error) {
	primary, err := r.kmsKey(in.KeyId)
	if err != nil {
		return nil, err
	}
	config := primary.MultiRegionConfiguration
	if config == nil || config.MultiRegionKeyType != types.MultiRegionKeyTypePrimary {
		return nil, &types.UnsupportedOperationException{Message: aws.String(*primary.Arn + " is not a multi-Region primary key.")}
	}
	there := *r
	there.Region = aws.ToString(in.ReplicaRegion)
	if _, taken := there.kms().keys[*primary.KeyId]; taken {
		return nil, &types.AlreadyExistsException{Message: aws.String("A replica key already exists in " + there.Region)}
	}
	replica := there.newKMSKey(*primary.KeyId)
	replica.tags, replica.MultiRegion, replica.Origin, replica.KeySpec = slices.Clone(in.Tags), aws.Bool(true), primary.Origin, primary.KeySpec
	config.ReplicaKeys = append(config.ReplicaKeys, types.MultiRegionKey{Arn: replica.Arn, Region: in.ReplicaRegion})
	replica.MultiRegionConfiguration = &types.MultiRegionConfiguration{MultiRegionKeyType: types.MultiRegionKeyTypeReplica, PrimaryKey: config.PrimaryKey, ReplicaKeys: slices.Clone(config.ReplicaKeys)}
	return &kms.ReplicateKeyOutput{ReplicaKeyMetadata: replica.metadata(), ReplicaTags: in.Tags, ReplicaPolicy: aws.String(replica.policy)}, nil
}

func kmsListKeys(r *Request, in *kms.ListKeysInput) (*kms.ListKeysOutput, error) {
	var all []types.KeyListEntry
	for id, key := range r.kms().keys {
		all = append(all, types.KeyListEntry{KeyId: aws.String(id), KeyArn: key.Arn})
	}
	slices.SortFunc(all, func(a, b types.KeyListEntry) int { return strings.Compare(*a.KeyId, *b.KeyId) })
	items, next, err := page(all, in.Marker, kmsLimit(in.Limit, 100), 1000, "InvalidMarkerException")
	if err != nil {
		return nil, err
	}
	return &kms.ListKeysOutput{Keys: items, NextMarker: next, Truncated: next != nil}, nil
}

// kmsLimit is the size of a page: what was asked for, else the list's default.
func kmsLimit(asked *int32, usual int) int {
	if asked == nil {
		return usual
	}
	return int(*asked)
}
