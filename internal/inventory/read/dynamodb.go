package read

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var _ = made(inventory.Tables,
	listed(awsapi.Lists(dynamodb.NewListTablesPaginator), dynamodb.ListTablesInput{Limit: aws.Int32(100)},
		func(page *dynamodb.ListTablesOutput) []string { return page.TableNames },
		func(s *Scope, name string) inventory.Table {
			return inventory.Table{Ref: of(s, inventory.Tables, name)}
		}),
	tagged[inventory.Table](tableTags, listTableTags),
	gone[inventory.Table]("TableNotFoundException"),
	// Point-in-time recovery lies inside the continuous backups, which are always on.
	asked(inventory.TablePointInTimeRecovery, awsapi.Reads((*dynamodb.Client).DescribeContinuousBackups),
		func(t inventory.Ref) *dynamodb.DescribeContinuousBackupsInput {
			return &dynamodb.DescribeContinuousBackupsInput{TableName: &t.ID}
		},
		func(out *dynamodb.DescribeContinuousBackupsOutput) (bool, error) {
			if out.ContinuousBackupsDescription == nil {
				return false, errNoContent
			}
			recovery := out.ContinuousBackupsDescription.PointInTimeRecoveryDescription
			return recovery != nil && recovery.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled, nil
		}),
)

var listTableTags = awsapi.Reads((*dynamodb.Client).ListTagsOfResource)

func tableTags(ctx context.Context, s *Scope, table inventory.Ref) (map[string]string, error) {
	var all []types.Tag
	for token := (*string)(nil); ; {
		page, err := listTableTags.In(ctx, s.AWS, &dynamodb.ListTagsOfResourceInput{ResourceArn: &table.ARN, NextToken: token})
		if err != nil {
			return nil, err
		}
		all = append(all, page.Tags...)
		if token = page.NextToken; token == nil {
			return byKey(all, func(t types.Tag) (*string, *string) { return t.Key, t.Value }), nil
		}
	}
}
