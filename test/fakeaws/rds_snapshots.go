package fakeaws

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

type dbSnapshot struct {
	types.DBSnapshot
	sharedWith []string
}

func serveDBSnapshots(c *Cloud) {
	on(c, func(r *Request, in *rds.CreateDBSnapshotInput) (*rds.CreateDBSnapshotOutput, error) {
		instance, err := r.dbInstance(in.DBInstanceIdentifier)
		if err != nil {
			return nil, err
		}
		id := strings.ToLower(aws.ToString(in.DBSnapshotIdentifier))
		if _, taken := r.rds().snapshots[id]; taken {
			return nil, dbSnapshotExists(id)
		}
		made := r.addDBSnapshot(id, "manual", instance, in.Tags)
		return &rds.CreateDBSnapshotOutput{DBSnapshot: dbCopy(&made.DBSnapshot)}, nil
	})
	on(c, copyDBSnapshot)
	on(c, restoreDBInstance)
	on(c, describeDBSnapshots)
	on(c, func(r *Request, in *rds.DeleteDBSnapshotInput) (*rds.DeleteDBSnapshotOutput, error) {
		snapshot, err := r.dbSnapshot(in.DBSnapshotIdentifier)
		if err != nil {
			return nil, err
		}
		delete(r.rds().snapshots, *snapshot.DBSnapshotIdentifier)
		return &rds.DeleteDBSnapshotOutput{DBSnapshot: &snapshot.DBSnapshot}, nil
	})
	on(c, func(r *Request, in *rds.DescribeDBSnapshotAttributesInput) (*rds.DescribeDBSnapshotAttributesOutput, error) {
		snapshot, err := r.dbSnapshot(in.DBSnapshotIdentifier)
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBSnapshotAttributesOutput{DBSnapshotAttributesResult: snapshot.attributes()}, nil
	})
	on(c, func(r *Request, in *rds.ModifyDBSnapshotAttributeInput) (*rds.ModifyDBSnapshotAttributeOutput, error) {
		snapshot, err := r.dbSnapshot(in.DBSnapshotIdentifier)
		switch {
		case err != nil:
			return nil, err
		case *snapshot.SnapshotType != "manual":
			return nil, &types.InvalidDBSnapshotStateFault{Message: aws.String("automated snapshots cannot be modified.")}
		}
		shared, err := dbShare(snapshot.sharedWith, in.ValuesToAdd, in.ValuesToRemove, aws.ToBool(snapshot.Encrypted))
		if err != nil {
			return nil, err
		}
		snapshot.sharedWith = shared
		return &rds.ModifyDBSnapshotAttributeOutput{DBSnapshotAttributesResult: snapshot.attributes()}, nil
	})
}

// dbShare changes who may restore a snapshot.
func dbShare(with, add, remove []string, encrypted bool) ([]string, error) {
	if encrypted && slices.Contains(add, "all") {
		return nil, failure("InvalidParameterCombination", "Encrypted snapshots cannot be shared publicly.")
	}
	with = slices.DeleteFunc(slices.Clone(with), func(have string) bool { return slices.Contains(remove, have) || slices.Contains(add, have) })
	return append(with, add...), nil
}

func (s *dbSnapshot) attributes() *types.DBSnapshotAttributesResult {
	return &types.DBSnapshotAttributesResult{
		DBSnapshotIdentifier: s.DBSnapshotIdentifier,
		DBSnapshotAttributes: []types.DBSnapshotAttribute{{AttributeName: aws.String("restore"), AttributeValues: dbList(s.sharedWith)}},
	}
}

func (r *Request) addDBSnapshot(id, kind string, of *types.DBInstance, tags []types.Tag) *dbSnapshot {
	made := &dbSnapshot{DBSnapshot: types.DBSnapshot{
		DBSnapshotIdentifier: aws.String(id), DBSnapshotArn: aws.String(r.ARN("rds", r.Region, "snapshot:"+id)), DBInstanceIdentifier: of.DBInstanceIdentifier,
		Engine: of.Engine, Status: aws.String("available"), SnapshotType: aws.String(kind), SnapshotCreateTime: aws.Time(r.Now), TagList: dbList(tags),
		Encrypted: of.StorageEncrypted, KmsKeyId: of.KmsKeyId, StorageEncryptionType: of.StorageEncryptionType,
	}}
	r.rds().snapshots[id] = made
	return made
}

// copyDBSnapshot can encrypt what it copies.
func copyDBSnapshot(r *Request, in *rds.CopyDBSnapshotInput) (*rds.CopyDBSnapshotOutput, error) {
	source, err := r.dbSnapshot(in.SourceDBSnapshotIdentifier)
	if err != nil {
		return nil, err
	}
	id := strings.ToLower(aws.ToString(in.TargetDBSnapshotIdentifier))
	if _, taken := r.rds().snapshots[id]; taken {
		return nil, dbSnapshotExists(id)
	}
	made := &dbSnapshot{DBSnapshot: source.DBSnapshot}
	made.DBSnapshotIdentifier, made.DBSnapshotArn, made.SnapshotType = aws.String(id), aws.String(r.ARN("rds", r.Region, "snapshot:"+id)), aws.String("manual")
	made.SnapshotCreateTime, made.TagList, made.SourceDBSnapshotIdentifier = aws.Time(r.Now), dbList(in.Tags), source.DBSnapshotArn
	if in.KmsKeyId != nil {
		made.Encrypted, made.KmsKeyId, made.StorageEncryptionType = r.dbEncryption(nil, in.KmsKeyId, "")
	}
	r.rds().snapshots[id] = made
	return &rds.CopyDBSnapshotOutput{DBSnapshot: dbCopy(&made.DBSnapshot)}, nil
}

func restoreDBInstance(r *Request, in *rds.RestoreDBInstanceFromDBSnapshotInput) (*rds.RestoreDBInstanceFromDBSnapshotOutput, error) {
	snapshot, err := r.dbSnapshot(in.DBSnapshotIdentifier)
	if err != nil {
		return nil, err
	}
	made, err := createDBInstance(r, &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: in.DBInstanceIdentifier, DBInstanceClass: in.DBInstanceClass, Engine: snapshot.Engine,
		StorageEncrypted: snapshot.Encrypted, KmsKeyId: snapshot.KmsKeyId, Tags: in.Tags,
	})
	if err != nil {
		return nil, err
	}
	return &rds.RestoreDBInstanceFromDBSnapshotOutput{DBInstance: made.DBInstance}, nil
}

func describeDBSnapshots(r *Request, in *rds.DescribeDBSnapshotsInput) (*rds.DescribeDBSnapshotsOutput, error) {
	if in.DBSnapshotIdentifier != nil {
		snapshot, err := r.dbSnapshot(in.DBSnapshotIdentifier)
		if err != nil {
			return nil, err
		}
		return &rds.DescribeDBSnapshotsOutput{DBSnapshots: []types.DBSnapshot{snapshot.DBSnapshot}}, nil
	}
	all := maps.Clone(r.rds().snapshots)
	maps.DeleteFunc(all, func(_ string, s *dbSnapshot) bool {
		return in.SnapshotType != nil && *s.SnapshotType != *in.SnapshotType || in.DBInstanceIdentifier != nil && *s.DBInstanceIdentifier != *in.DBInstanceIdentifier
	})
	items, next, err := dbPage(all, in.Marker, in.MaxRecords)
	if err != nil {
		return nil, err
	}
	out := &rds.DescribeDBSnapshotsOutput{Marker: next, DBSnapshots: []types.DBSnapshot{}}
	for _, snapshot := range items {
		out.DBSnapshots = append(out.DBSnapshots, snapshot.DBSnapshot)
	}
	return out, nil
}

func (r *Request) dbSnapshot(id *string) (*dbSnapshot, error) {
	if snapshot, ok := r.rds().snapshots[strings.ToLower(aws.ToString(id))]; ok {
		return snapshot, nil
	}
	return nil, &types.DBSnapshotNotFoundFault{Message: aws.String("DBSnapshot " + aws.ToString(id) + " not found.")}
}

func dbSnapshotExists(id string) error {
	return &types.DBSnapshotAlreadyExistsFault{Message: aws.String("Cannot create the snapshot because a snapshot with the identifier " + id + " already exists.")}
}
