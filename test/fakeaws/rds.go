package fakeaws

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

// rdsState is an account's databases and snapshots in one region, those of DocumentDB and
// Neptune among them, as in AWS.
type rdsState struct {
	instances        map[string]*types.DBInstance
	clusters         map[string]*types.DBCluster
	snapshots        map[string]*dbSnapshot
	clusterSnapshots map[string]*dbClusterSnapshot
}

func serveRDS(c *Cloud) {
	on(c, createDBInstance)
	on(c, describeDBInstances)
	on(c, func(r *Request, in *rds.DeleteDBInstanceInput) (*rds.DeleteDBInstanceOutput, error) {
		instance, err := r.dbInstance(in.DBInstanceIdentifier)
		if err != nil {
			return nil, err
		}
		delete(r.rds().instances, *instance.DBInstanceIdentifier)
		return &rds.DeleteDBInstanceOutput{DBInstance: instance}, nil
	})
	modifies(c, (*rds.Client).ModifyDBInstance, func(r *Request, in *rds.ModifyDBInstanceInput) (*types.DBInstance, error) {
		instance, err := r.dbInstance(in.DBInstanceIdentifier)
		if err == nil && waits(instance, in) {
			instance.PendingModifiedValues = &types.PendingModifiedValues{BackupRetentionPeriod: in.BackupRetentionPeriod}
			in.BackupRetentionPeriod = nil
		}
		return instance, err
	})
	on(c, createDBCluster)
	on(c, describeDBClusters)
	serveDBSnapshots(c)
	serveDBClusterSnapshots(c)
}

// SeedUnencryptedDBCluster takes the encryption from an Aurora cluster that is there, as if it
// had been made before AWS began to encrypt them all.
func (c *Cloud) SeedUnencryptedDBCluster(account, region, id string) {
	c.edit(account, region, func(r *Request) {
		cluster := r.rds().clusters[id]
		cluster.StorageEncrypted, cluster.KmsKeyId, cluster.StorageEncryptionType = aws.Bool(false), nil, types.StorageEncryptionTypeUnencrypted
	})
}

func (r *Request) rds() *rdsState {
	state := regional[rdsState](r)
	if state.instances == nil {
		state.instances, state.clusters = map[string]*types.DBInstance{}, map[string]*types.DBCluster{}
		state.snapshots, state.clusterSnapshots = map[string]*dbSnapshot{}, map[string]*dbClusterSnapshot{}
	}
	return state
}

func createDBInstance(r *Request, in *rds.CreateDBInstanceInput) (*rds.CreateDBInstanceOutput, error) {
	id := strings.ToLower(aws.ToString(in.DBInstanceIdentifier))
	if _, taken := r.rds().instances[id]; taken {
		return nil, &types.DBInstanceAlreadyExistsFault{Message: aws.String("DB instance already exists")}
	}
	instance := &types.DBInstance{
		DBInstanceIdentifier: aws.String(id), DBInstanceArn: aws.String(r.ARN("rds", r.Region, "db:"+id)), DBInstanceClass: in.DBInstanceClass, Engine: in.Engine,
		DBInstanceStatus: aws.String("available"), InstanceCreateTime: aws.Time(r.Now), DBClusterIdentifier: in.DBClusterIdentifier, TagList: dbList(in.Tags),
		BackupRetentionPeriod: aws.Int32(1), PubliclyAccessible: aws.Bool(false), AutoMinorVersionUpgrade: aws.Bool(true),
	}
	take(instance, &rds.CreateDBInstanceInput{BackupRetentionPeriod: in.BackupRetentionPeriod, PubliclyAccessible: in.PubliclyAccessible, AutoMinorVersionUpgrade: in.AutoMinorVersionUpgrade})
	instance.StorageEncrypted, instance.KmsKeyId, instance.StorageEncryptionType = r.dbEncryption(in.StorageEncrypted, in.KmsKeyId, "")
	if in.DBClusterIdentifier != nil {
		cluster, err := r.dbCluster(in.DBClusterIdentifier)
		if err != nil {
			return nil, err
		}
		instance.StorageEncrypted, instance.KmsKeyId, instance.StorageEncryptionType = cluster.StorageEncrypted, cluster.KmsKeyId, cluster.StorageEncryptionType
		cluster.DBClusterMembers = append(cluster.DBClusterMembers, types.DBClusterMember{DBInstanceIdentifier: aws.String(id), IsClusterWriter: aws.Bool(len(cluster.DBClusterMembers) == 0)})
	}
	r.rds().instances[id] = instance
	if in.DBClusterIdentifier == nil && *instance.BackupRetentionPeriod > 0 {
		r.addDBSnapshot("rds:"+id+"-"+r.Now.UTC().Format("2006-01-02-15-04"), "automated", instance, nil)
	}
	return &rds.CreateDBInstanceOutput{DBInstance: dbCopy(instance)}, nil
}

// waits says whether a change of the backups is for the maintenance window: to start with them,
// or to stop, takes the instance away.
func waits(instance *types.DBInstance, in *rds.ModifyDBInstanceInput) bool {
	days := in.BackupRetentionPeriod
	return days != nil && !aws.ToBool(in.ApplyImmediately) && (*days == 0) != (*instance.BackupRetentionPeriod == 0)
}

// dbEncryption is how RDS encrypts new storage: under a key of KMS where that was asked for.
func (r *Request) dbEncryption(wanted *bool, key *string, engine string) (*bool, *string, types.StorageEncryptionType) {
	switch {
	case aws.ToBool(wanted) || key != nil:
		if key == nil {
			key = aws.String(r.ARN("kms", r.Region, "alias/aws/rds"))
		}
		return aws.Bool(true), key, types.StorageEncryptionTypeCmk
	case strings.HasPrefix(engine, "aurora"):
		return aws.Bool(false), nil, types.StorageEncryptionTypeSse
	}
	return aws.Bool(false), nil, types.StorageEncryptionTypeUnencrypted
}

func describeDBInstances(r *Request, in *rds.DescribeDBInstancesInput) (*rds.DescribeDBInstancesOutput, error) {
	if in.DBInstanceIdentifier != nil {
		instance, err := r.dbInstance(in.DBInstanceIdentifier)
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBInstancesOutput{DBInstances: []types.DBInstance{*instance}}, nil
	}
	items, next, err := dbPage(r.rds().instances, in.Marker, in.MaxRecords)
	if err != nil {
		return nil, err
	}
	out := &rds.DescribeDBInstancesOutput{Marker: next, DBInstances: []types.DBInstance{}}
	for _, instance := range items {
		out.DBInstances = append(out.DBInstances, *instance)
	}
	return out, nil
}

func createDBCluster(r *Request, in *rds.CreateDBClusterInput) (*rds.CreateDBClusterOutput, error) {
	id := strings.ToLower(aws.ToString(in.DBClusterIdentifier))
	if _, taken := r.rds().clusters[id]; taken {
		return nil, &types.DBClusterAlreadyExistsFault{Message: aws.String("DB Cluster already exists")}
	}
	cluster := &types.DBCluster{
		DBClusterIdentifier: aws.String(id), DBClusterArn: aws.String(r.ARN("rds", r.Region, "cluster:"+id)), Engine: in.Engine,
		Status: aws.String("available"), ClusterCreateTime: aws.Time(r.Now), TagList: dbList(in.Tags),
	}
	cluster.StorageEncrypted, cluster.KmsKeyId, cluster.StorageEncryptionType = r.dbEncryption(in.StorageEncrypted, in.KmsKeyId, aws.ToString(in.Engine))
	r.rds().clusters[id] = cluster
	return &rds.CreateDBClusterOutput{DBCluster: dbCopy(cluster)}, nil
}

func describeDBClusters(r *Request, in *rds.DescribeDBClustersInput) (*rds.DescribeDBClustersOutput, error) {
	if in.DBClusterIdentifier != nil {
		cluster, err := r.dbCluster(in.DBClusterIdentifier)
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBClustersOutput{DBClusters: []types.DBCluster{*cluster}}, nil
	}
	items, next, err := dbPage(r.rds().clusters, in.Marker, in.MaxRecords)
	if err != nil {
		return nil, err
	}
	out := &rds.DescribeDBClustersOutput{Marker: next, DBClusters: []types.DBCluster{}}
	for _, cluster := range items {
		out.DBClusters = append(out.DBClusters, *cluster)
	}
	return out, nil
}

func (r *Request) dbInstance(id *string) (*types.DBInstance, error) {
	if instance, ok := r.rds().instances[strings.ToLower(aws.ToString(id))]; ok {
		return instance, nil
	}
	return nil, &types.DBInstanceNotFoundFault{Message: aws.String("DBInstance " + aws.ToString(id) + " not found.")}
}

func (r *Request) dbCluster(id *string) (*types.DBCluster, error) {
	if cluster, ok := r.rds().clusters[strings.ToLower(aws.ToString(id))]; ok {
		return cluster, nil
	}
	return nil, &types.DBClusterNotFoundFault{Message: aws.String("DBCluster " + aws.ToString(id) + " not found.")}
}

// dbPage cuts a page as RDS does: in order of name, 20 to 100 records.
func dbPage[T any](all map[string]T, marker *string, records *int32) ([]T, *string, error) {
	if records != nil && (*records < 20 || *records > 100) {
		return nil, nil, failure("InvalidParameterValue", "Invalid value %d for MaxRecords. Must be between 20 and 100", *records)
	}
	return page(dbInOrder(all), marker, int(aws.ToInt32(records)), 100, "InvalidParameterValue")
}

// dbInOrder lists the values of a map in order of their keys.
func dbInOrder[T any](all map[string]T) []T {
	keys := make([]string, 0, len(all))
	for key := range all {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	list := make([]T, len(keys))
	for i, key := range keys {
		list[i] = all[key]
	}
	return list
}

// dbCopy keeps an answer apart from the state that it shows.
func dbCopy[T any](value *T) *T {
	apart := *value
	return &apart
}

// dbList is a list as RDS gives it: an element even where it holds nothing.
func dbList[T any](items []T) []T { return append([]T{}, items...) }
