package read

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// dbPage is the most that RDS describes at once.
const dbPage = 100

// otherEngines share RDS's calls, but are services of their own: DocumentDB and Neptune.
var otherEngines = []string{"docdb", "neptune"}

var (
	describeDBClusters  = awsapi.Lists(rds.NewDescribeDBClustersPaginator)
	describeDBInstances = awsapi.Lists(rds.NewDescribeDBInstancesPaginator)
)

func databases(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Database, error) {
	clusters, err := dbClusters(ctx, s)
	if err != nil {
		return nil, err
	}
	instances, err := storageOfInstances(ctx, s)
	return append(clusters, instances...), err
}

func dbClusters(ctx context.Context, s *Scope) ([]inventory.Database, error) {
	clusters, err := gather(ctx, s.AWS, describeDBClusters, &rds.DescribeDBClustersInput{MaxRecords: aws.Int32(dbPage)},
		func(page *rds.DescribeDBClustersOutput) []types.DBCluster { return page.DBClusters }, same)
	if err != nil {
		return nil, fmt.Errorf("describing database clusters: %w", err)
	}
	var all []inventory.Database
	for _, cluster := range clusters {
		if engine := aws.ToString(cluster.Engine); !slices.Contains(otherEngines, engine) {
			ref := s.dbRef(inventory.DBClusterType, cluster.DBClusterIdentifier, cluster.DBClusterArn, cluster.TagList)
			all = append(all, inventory.Database{Ref: ref, Engine: engine, Encrypted: dbEncrypted(cluster.StorageEncrypted, cluster.StorageEncryptionType)})
		}
	}
	return all, nil
}

// storageOfInstances are the instances that are in no cluster: the storage of the others is
// their cluster's.
func storageOfInstances(ctx context.Context, s *Scope) ([]inventory.Database, error) {
	instances, err := ownInstances(ctx, s, "")
	if err != nil {
		return nil, err
	}
	var all []inventory.Database
	for _, i := range instances {
		if aws.ToString(i.DBClusterIdentifier) == "" {
			all = append(all, inventory.Database{
				Ref: s.dbRef(inventory.DBInstanceType, i.DBInstanceIdentifier, i.DBInstanceArn, i.TagList), Engine: aws.ToString(i.Engine),
				Encrypted: dbEncrypted(i.StorageEncrypted, i.StorageEncryptionType), ReplicaOf: aws.ToString(i.ReadReplicaSourceDBInstanceIdentifier),
			})
		}
	}
	return all, nil
}

var _ = made(inventory.DBInstances, list(func(ctx context.Context, s *Scope, id string) ([]inventory.DBInstance, error) {
	instances, err := ownInstances(ctx, s, id)
	all := make([]inventory.DBInstance, len(instances))
	for n, i := range instances {
		all[n] = inventory.DBInstance{
			Ref:    s.dbRef(inventory.DBInstanceType, i.DBInstanceIdentifier, i.DBInstanceArn, i.TagList),
			Public: aws.ToBool(i.PubliclyAccessible), MinorUpgrades: aws.ToBool(i.AutoMinorVersionUpgrade),
			BackupDays: aws.ToInt32(i.BackupRetentionPeriod), Cluster: aws.ToString(i.DBClusterIdentifier), ReplicaOf: aws.ToString(i.ReadReplicaSourceDBInstanceIdentifier),
			BackupPlanned: i.AwsBackupRecoveryPointArn != nil, Pending: pending(i.PendingModifiedValues),
		}
	}
	return all, err
}, describeDBInstances))

// ownInstances describes the instances of RDS's own engines, once a round, or one of them
// anew.
func ownInstances(ctx context.Context, s *Scope, id string) ([]types.DBInstance, error) {
	in := &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(dbPage)}
	describe := func() ([]types.DBInstance, error) {
		found, err := gather(ctx, s.AWS, describeDBInstances, in, func(page *rds.DescribeDBInstancesOutput) []types.DBInstance { return page.DBInstances }, same)
		if err != nil {
			return nil, fmt.Errorf("describing database instances: %w", err)
		}
		return slices.DeleteFunc(found, func(i types.DBInstance) bool { return slices.Contains(otherEngines, aws.ToString(i.Engine)) }), nil
	}
	if id != "" {
		in.DBInstanceIdentifier = &id
		return describe()
	}
	return once(s, "rds.instances/"+s.Region, describe)
}

// pending says whether any change of an instance has yet to take place.
func pending(changes *types.PendingModifiedValues) bool {
	return changes != nil && !reflect.DeepEqual(*changes, types.PendingModifiedValues{})
}

// dbEncrypted says whether storage is encrypted at all. Since 2026 new Aurora clusters are, with
// a key that AWS owns, and the flag still says that they are not.
func dbEncrypted(underKMS *bool, kind types.StorageEncryptionType) bool {
	return aws.ToBool(underKMS) || kind == types.StorageEncryptionTypeSse || kind == types.StorageEncryptionTypeCmk
}

// dbRef identifies what RDS describes, with the tags that come along.
func (s *Scope) dbRef(kind string, id, arn *string, list []types.Tag) inventory.Ref {
	tags := map[string]string{}
	for _, tag := range list {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	ref := s.ref(kind, s.Region, aws.ToString(id), aws.ToString(arn))
	ref.Tags = inventory.Seen(tags, s.AsOf)
	return ref
}
