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

var dataRemedies = []remedy{by(unpublishDBSnapshot), by(enablePointInTimeRecovery)}

func unpublishDBSnapshot(s *awsapi.Session, a action.UnpublishDBSnapshot) []Step {
	snapshot := a.Snapshot.Ref()
	return []Step{{
		Call: a.Describe().Calls[0],
		Look: func(ctx context.Context) (Standing, error) {
			have, err := read.DBSharing(ctx, s, snapshot)
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
		Send: func(ctx context.Context) error {
			client, id, restore, everyone := s.In(snapshot.Region).RDS(), aws.String(snapshot.ID), aws.String("restore"), []string{"all"}
			if snapshot.Type == inventory.DBClusterSnapshotType {
				return sent(client.ModifyDBClusterSnapshotAttribute(ctx, &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: id, AttributeName: restore, ValuesToRemove: everyone}))
			}
			return sent(client.ModifyDBSnapshotAttribute(ctx, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: id, AttributeName: restore, ValuesToRemove: everyone}))
		},
	}}
}

func enablePointInTimeRecovery(s *awsapi.Session, a action.EnablePointInTimeRecovery) []Step {
	table := a.Table
	return []Step{setting("dynamodb:UpdateContinuousBackups",
		func(ctx context.Context) (bool, error) {
			return read.TablePointInTimeRecovery(ctx, s, table.Region, table.ID)
		},
		false, true,
		func(ctx context.Context) error {
			return sent(s.In(table.Region).DynamoDB().UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{
				TableName:                        aws.String(table.ID),
				PointInTimeRecoverySpecification: &dynamodbtypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
			}))
		},
	)}
}
