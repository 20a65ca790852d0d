package read

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// dbSnapshots reads the snapshots of every engine: a public one of DocumentDB leaks as much,
// and the same calls show and close it.
func dbSnapshots(ctx context.Context, s *Scope, facets inventory.Facets) ([]inventory.DBSnapshot, error) {
	ofInstances, err := dbInstanceSnapshots(ctx, s)
	if err != nil {
		return nil, err
	}
	ofClusters, err := dbClusterSnapshots(ctx, s)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(ofInstances, ofClusters)
	each(all, func(snapshot *inventory.DBSnapshot) {
		if facets.Has(inventory.DBSnapshotSharing) && !snapshot.KMSEncrypted {
			sharing, err := DBSharing.Of(ctx, s.Session, snapshot.Ref)
			snapshot.Sharing = observed(s, sharing, err)
		}
	})
	// What was deleted while it was listed is no finding.
	return slices.DeleteFunc(all, func(snapshot inventory.DBSnapshot) bool {
		_, err := snapshot.Sharing.Get()
		return slices.Contains([]string{"DBSnapshotNotFound", "DBClusterSnapshotNotFoundFault"}, fault.Code(err))
	}), nil
}

// manual asks for the only snapshots that can be shared.
const manual = "manual"

var (
	describeDBSnapshots                 = awsapi.Lists(rds.NewDescribeDBSnapshotsPaginator)
	describeDBClusterSnapshots          = awsapi.Lists(rds.NewDescribeDBClusterSnapshotsPaginator)
	describeDBSnapshotAttributes        = awsapi.Reads((*rds.Client).DescribeDBSnapshotAttributes)
	describeDBClusterSnapshotAttributes = awsapi.Reads((*rds.Client).DescribeDBClusterSnapshotAttributes)
)

func dbInstanceSnapshots(ctx context.Context, s *Scope) ([]inventory.DBSnapshot, error) {
	all, err := gather(ctx, s.AWS, describeDBSnapshots, &rds.DescribeDBSnapshotsInput{MaxRecords: aws.Int32(dbPage), SnapshotType: aws.String(manual), IncludePublic: aws.Bool(false)},
		func(page *rds.DescribeDBSnapshotsOutput) []types.DBSnapshot { return page.DBSnapshots },
		func(snapshot types.DBSnapshot) inventory.DBSnapshot {
			ref := s.dbRef(inventory.DBSnapshotType, snapshot.DBSnapshotIdentifier, snapshot.DBSnapshotArn, snapshot.TagList)
			return inventory.DBSnapshot{Ref: ref, KMSEncrypted: dbKMSEncrypted(snapshot.Encrypted, snapshot.StorageEncryptionType)}
		})
	if err != nil {
		return nil, fmt.Errorf("describing database snapshots: %w", err)
	}
	return all, nil
}

func dbClusterSnapshots(ctx context.Context, s *Scope) ([]inventory.DBSnapshot, error) {
	all, err := gather(ctx, s.AWS, describeDBClusterSnapshots, &rds.DescribeDBClusterSnapshotsInput{MaxRecords: aws.Int32(dbPage), SnapshotType: aws.String(manual), IncludePublic: aws.Bool(false)},
		func(page *rds.DescribeDBClusterSnapshotsOutput) []types.DBClusterSnapshot {
			return page.DBClusterSnapshots
		},
		func(snapshot types.DBClusterSnapshot) inventory.DBSnapshot {
			ref := s.dbRef(inventory.DBClusterSnapshotType, snapshot.DBClusterSnapshotIdentifier, snapshot.DBClusterSnapshotArn, snapshot.TagList)
			return inventory.DBSnapshot{Ref: ref, KMSEncrypted: dbKMSEncrypted(snapshot.StorageEncrypted, snapshot.StorageEncryptionType)}
		})
	if err != nil {
		return nil, fmt.Errorf("describing cluster snapshots: %w", err)
	}
	return all, nil
}

// dbKMSEncrypted says whether a snapshot is encrypted with a key of KMS, which nobody else has.
func dbKMSEncrypted(encrypted *bool, kind types.StorageEncryptionType) bool {
	return aws.ToBool(encrypted) && kind != types.StorageEncryptionTypeSse
}

// restoreAttribute lists who may copy or restore a snapshot.
const restoreAttribute = "restore"

// DBSharing is whom a snapshot is shared with, by the call that its type has.
var DBSharing = look(func(ctx context.Context, s *awsapi.Session, snapshot inventory.Ref) (inventory.DBSharing, error) {
	ask := dbSnapshotSharing
	if snapshot.Type == inventory.DBClusterSnapshotType {
		ask = dbClusterSnapshotSharing
	}
	sharing, err := ask(ctx, s.In(snapshot.Region), snapshot.ID)
	if err != nil {
		return nil, fmt.Errorf("reading snapshot attributes: %w", err)
	}
	slices.Sort(sharing)
	return sharing, nil
}, describeDBSnapshotAttributes, describeDBClusterSnapshotAttributes)

func dbSnapshotSharing(ctx context.Context, in *awsapi.Clients, id string) (sharing inventory.DBSharing, err error) {
	out, err := describeDBSnapshotAttributes.In(ctx, in, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: &id})
	if err != nil {
		return nil, err
	}
	if out.DBSnapshotAttributesResult == nil {
		return nil, errNoContent
	}
	for _, attribute := range out.DBSnapshotAttributesResult.DBSnapshotAttributes {
		if aws.ToString(attribute.AttributeName) == restoreAttribute {
			sharing = append(sharing, attribute.AttributeValues...)
		}
	}
	return sharing, nil
}

func dbClusterSnapshotSharing(ctx context.Context, in *awsapi.Clients, id string) (sharing inventory.DBSharing, err error) {
	out, err := describeDBClusterSnapshotAttributes.In(ctx, in, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: &id})
	if err != nil {
		return nil, err
	}
	if out.DBClusterSnapshotAttributesResult == nil {
		return nil, errNoContent
	}
	for _, attribute := range out.DBClusterSnapshotAttributesResult.DBClusterSnapshotAttributes {
		if aws.ToString(attribute.AttributeName) == restoreAttribute {
			sharing = append(sharing, attribute.AttributeValues...)
		}
	}
	return sharing, nil
}
