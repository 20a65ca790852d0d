package read

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// tablePage is the most that DynamoDB lists at once.
const tablePage = 100

func tables(ctx context.Context, s *Scope, facets inventory.Facets) ([]inventory.Table, error) {
	var all []inventory.Table
	pages := dynamodb.NewListTablesPaginator(s.AWS.DynamoDB(), &dynamodb.ListTablesInput{Limit: aws.Int32(tablePage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing tables: %w", err)
		}
		for _, name := range page.TableNames {
			all = append(all, inventory.Table{Ref: s.ref("AWS::DynamoDB::Table", s.Region, name, s.ARN("dynamodb", s.Region, "table/"+name))})
		}
	}
	each(all, func(t *inventory.Table) {
		if facets.Has(inventory.TablePointInTimeRecovery) {
			on, err := TablePointInTimeRecovery(ctx, s.Session, t.Region, t.ID)
			t.PointInTimeRecovery = observed(s, on, err)
		}
	})
	// What was deleted while it was listed is no finding.
	return slices.DeleteFunc(all, func(t inventory.Table) bool {
		_, err := t.PointInTimeRecovery.Get()
		return fault.Code(err) == "TableNotFoundException"
	}), nil
}

// TablePointInTimeRecovery reads whether a table can be restored to a point in time. It lies
// inside the continuous backups, which are always on.
func TablePointInTimeRecovery(ctx context.Context, s *awsapi.Session, region, table string) (bool, error) {
	out, err := s.In(region).DynamoDB().DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String(table)})
	if err != nil {
		return false, fmt.Errorf("describing continuous backups: %w", err)
	}
	if out.ContinuousBackupsDescription == nil {
		return false, fmt.Errorf("describing continuous backups: %w", errNoContent)
	}
	recovery := out.ContinuousBackupsDescription.PointInTimeRecoveryDescription
	return recovery != nil && recovery.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled, nil
}

// tableTags reads who owns a table with which something is wrong.
func tableTags(ctx context.Context, s *Scope, t inventory.Table) inventory.Table {
	tags := map[string]string{}
	for token := (*string)(nil); ; {
		page, err := s.AWS.DynamoDB().ListTagsOfResource(ctx, &dynamodb.ListTagsOfResourceInput{ResourceArn: aws.String(t.ARN), NextToken: token})
		if err != nil {
			t.Tags = inventory.Unseen[map[string]string](fmt.Errorf("listing table tags: %w", err))
			return t
		}
		for _, tag := range page.Tags {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		if token = page.NextToken; token == nil {
			t.Tags = inventory.Seen(tags, s.AsOf)
			return t
		}
	}
}
