package fakeaws

import (
	"maps"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

type dbClusterSnapshot struct {
	types.DBClusterSnapshot
	sharedWith []string
}

func serveDBClusterSnapshots(c *Cloud) {
	on(c, createDBClusterSnapshot)
	on(c, restoreDBCluster)
	on(c, describeDBClusterSnapshots)
	on(c, func(r *Request, in *rds.DeleteDBClusterSnapshotInput) (*rds.DeleteDBClusterSnapshotOutput, error) {
		snapshot, err := r.dbClusterSnapshot(in.DBClusterSnapshotIdentifier)
		if err != nil {
			return nil, err
		}
		delete(r.rds().clusterSnapshots, *snapshot.DBClusterSnapshotIdentifier)
		return &rds.DeleteDBClusterSnapshotOutput{DBClusterSnapshot: &snapshot.DBClusterSnapshot}, nil
	})
	on(c, func(r *Request, in *rds.DescribeDBClusterSnapshotAttributesInput) (*rds.DescribeDBClusterSnapshotAttributesOutput, error) {
		snapshot, err := r.dbClusterSnapshot(in.DBClusterSnapshotIdentifier)
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBClusterSnapshotAttributesOutput{DBClusterSnapshotAttributesResult: snapshot.attributes()}, nil
	})
	on(c, func(r *Request, in *rds.ModifyDBClusterSnapshotAttributeInput) (*rds.ModifyDBClusterSnapshotAttributeOutput, error) {
		snapshot, err := r.dbClusterSnapshot(in.DBClusterSnapshotIdentifier)
		switch {
		case err != nil:
			return nil, err
		case *snapshot.SnapshotType != "manual":
			return nil, &types.InvalidDBClusterSnapshotStateFault{Message: aws.String("automated snapshots cannot be modified.")}
		}
		shared, err := dbShare(snapshot.sharedWith, in.ValuesToAdd, in.ValuesToRemove, aws.ToBool(snapshot.StorageEncrypted))
		if err != nil {
			return nil, err
		}
		snapshot.sharedWith = shared
		return &rds.ModifyDBClusterSnapshotAttributeOutput{DBClusterSnapshotAttributesResult: snapshot.attributes()}, nil
	})
}

func (s *dbClusterSnapshot) attributes() *types.DBClusterSnapshotAttributesResult {
	return &types.DBClusterSnapshotAttributesResult{
		DBClusterSnapshotIdentifier: s.DBClusterSnapshotIdentifier,
		DBClusterSnapshotAttributes: []types.DBClusterSnapshotAttribute{{AttributeName: aws.String("restore"), AttributeValues: dbList(s.sharedWith)}},
	}
}

func createDBClusterSnapshot(r *Request, in *rds.CreateDBClusterSnapshotInput) (*rds.CreateDBClusterSnapshotOutput, error) {
	cluster, err := r.dbCluster(in.DBClusterIdentifier)
	if err != nil {
		return nil, err
	}
	id := strings.ToLower(aws.ToString(in.DBClusterSnapshotIdentifier))
	if _, taken := r.rds().clusterSnapshots[id]; taken {
		return nil, &types.DBClusterSnapshotAlreadyExistsFault{Message: aws.String("Cannot create the snapshot because a snapshot with the identifier " + id + " already exists.")}
	}
	made := &dbClusterSnapshot{DBClusterSnapshot: types.DBClusterSnapshot{
		DBClusterSnapshotIdentifier: aws.String(id), DBClusterSnapshotArn: aws.String(r.ARN("rds", r.Region, "cluster-snapshot:"+id)), DBClusterIdentifier: cluster.DBClusterIdentifier,
		Engine: cluster.Engine, Status: aws.String("available"), SnapshotType: aws.String("manual"), SnapshotCreateTime: aws.Time(r.Now), TagList: dbList(in.Tags),
		StorageEncrypted: cluster.StorageEncrypted, KmsKeyId: cluster.KmsKeyId, StorageEncryptionType: cluster.StorageEncryptionType,
	}}
	r.rds().clusterSnapshots[id] = made
	return &rds.CreateDBClusterSnapshotOutput{DBClusterSnapshot: dbCopy(&made.DBClusterSnapshot)}, nil
}

// restoreDBCluster encrypts what was not encrypted, under the key it is given.
func restoreDBCluster(r *Request, in *rds.RestoreDBClusterFromSnapshotInput) (*rds.RestoreDBClusterFromSnapshotOutput, error) {
	snapshot, err := r.dbClusterSnapshot(in.SnapshotIdentifier)
	if err != nil {
		return nil, err
	}
	key := in.KmsKeyId
	if key == nil {
		key = snapshot.KmsKeyId
	}
	made, err := createDBCluster(r, &rds.CreateDBClusterInput{DBClusterIdentifier: in.DBClusterIdentifier, Engine: in.Engine, KmsKeyId: key, Tags: in.Tags})
	if err != nil {
		return nil, err
	}
	return &rds.RestoreDBClusterFromSnapshotOutput{DBCluster: made.DBCluster}, nil
}

func describeDBClusterSnapshots(r *Request, in *rds.DescribeDBClusterSnapshotsInput) (*rds.DescribeDBClusterSnapshotsOutput, error) {
	if in.DBClusterSnapshotIdentifier != nil {
		snapshot, err := r.dbClusterSnapshot(in.DBClusterSnapshotIdentifier)
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBClusterSnapshotsOutput{DBClusterSnapshots: []types.DBClusterSnapshot{snapshot.DBClusterSnapshot}}, nil
	}
	all := maps.Clone(r.rds().clusterSnapshots)
	maps.DeleteFunc(all, func(_ string, s *dbClusterSnapshot) bool {
		return in.SnapshotType != nil && *s.SnapshotType != *in.SnapshotType || in.DBClusterIdentifier != nil && *s.DBClusterIdentifier != *in.DBClusterIdentifier
	})
	items, next, err := dbPage(all, in.Marker, in.MaxRecords)
	if err != nil {
		return nil, err
	}
	out := &rds.DescribeDBClusterSnapshotsOutput{Marker: next, DBClusterSnapshots: []types.DBClusterSnapshot{}}
	for _, snapshot := range items {
		out.DBClusterSnapshots = append(out.DBClusterSnapshots, snapshot.DBClusterSnapshot)
	}
	return out, nil
}

func (r *Request) dbClusterSnapshot(id *string) (*dbClusterSnapshot, error) {
	if snapshot, ok := r.rds().clusterSnapshots[strings.ToLower(aws.ToString(id))]; ok {
		return snapshot, nil
	}
	return nil, &types.DBClusterSnapshotNotFoundFault{Message: aws.String("DBClusterSnapshot " + aws.ToString(id) + " not found.")}
}
