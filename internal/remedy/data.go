package remedy

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var _ = []remedy{
	by(unpublishDBSnapshot, republishDBSnapshot),
	set(action.PointInTimeRecovery, sends(awsapi.Writes((*dynamodb.Client).UpdateContinuousBackups),
		func(table inventory.Ref, on bool) *dynamodb.UpdateContinuousBackupsInput {
			return &dynamodb.UpdateContinuousBackupsInput{
				TableName: &table.ID, PointInTimeRecoverySpecification: &dynamodbtypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: &on},
			}
		})),
	set(action.DBInstancePublic, sends(modifyDBInstance, func(db inventory.Ref, public bool) *rds.ModifyDBInstanceInput {
		return &rds.ModifyDBInstanceInput{DBInstanceIdentifier: &db.ID, PubliclyAccessible: &public}
	})),
	set(action.DBInstanceMinorUpgrades, sends(modifyDBInstance, func(db inventory.Ref, on bool) *rds.ModifyDBInstanceInput {
		return &rds.ModifyDBInstanceInput{DBInstanceIdentifier: &db.ID, AutoMinorVersionUpgrade: &on}
	})),
	// At once: the control plans nothing where that would hasten something else.
	set(action.DBInstanceBackups, sends(modifyDBInstance, func(db inventory.Ref, days int32) *rds.ModifyDBInstanceInput {
		return &rds.ModifyDBInstanceInput{DBInstanceIdentifier: &db.ID, BackupRetentionPeriod: &days, ApplyImmediately: aws.Bool(true)}
	})),
}

// modifyDBInstance leaves alone what it is not sent.
var modifyDBInstance = awsapi.Writes((*rds.Client).ModifyDBInstance)

func unpublishDBSnapshot(s *awsapi.Session, a action.UnpublishDBSnapshot) []Step {
	snapshot := a.Snapshot.Ref()
	return []Step{{
		Call:  a.Describe().Calls[0],
		Reads: read.DBSharing.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			have, err := read.DBSharing.Of(ctx, s, snapshot)
			switch {
			case err != nil:
				return "", err
			case !have.Public():
				return Done, nil
			case slices.Equal(have, a.From):
				return Pending, nil
			}
			return Changed, nil
		},
		Send: func(ctx context.Context) error { return shareDBSnapshot(ctx, s, snapshot, nil, everyone) },
	}}
}

// republishDBSnapshot shares with everyone again, unless with whom it is shared has changed.
func republishDBSnapshot(s *awsapi.Session, a action.UnpublishDBSnapshot) backward {
	snapshot := a.Snapshot.Ref()
	return backward{a.Describe().Calls[0]: {
		Reads: read.DBSharing.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			have, err := read.DBSharing.Of(ctx, s, snapshot)
			switch {
			case err != nil:
				return "", err
			case have.Public():
				return Done, nil
			case slices.Equal(have, a.From.Private()):
				return Pending, nil
			}
			return Changed, nil
		},
		Send: func(ctx context.Context) error { return shareDBSnapshot(ctx, s, snapshot, everyone, nil) },
	}}
}

// everyone is who may restore a public snapshot.
var everyone = []string{"all"}

var (
	modifyDBSnapshot        = awsapi.Writes((*rds.Client).ModifyDBSnapshotAttribute)
	modifyDBClusterSnapshot = awsapi.Writes((*rds.Client).ModifyDBClusterSnapshotAttribute)
)

func shareDBSnapshot(ctx context.Context, s *awsapi.Session, snapshot inventory.Ref, with, without []string) error {
	in, id, restore := s.In(snapshot.Region), aws.String(snapshot.ID), aws.String("restore")
	if snapshot.Type == inventory.DBClusterSnapshotType {
		return sent(modifyDBClusterSnapshot.In(ctx, in, &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: id, AttributeName: restore, ValuesToAdd: with, ValuesToRemove: without}))
	}
	return sent(modifyDBSnapshot.In(ctx, in, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: id, AttributeName: restore, ValuesToAdd: with, ValuesToRemove: without}))
}
