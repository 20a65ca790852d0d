package fakeaws

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// dynamoDBState is an account's tables in one region.
type dynamoDBState struct{ tables map[string]*dynamoTable }

type dynamoTable struct {
	types.TableDescription
	tags     []types.Tag
	recovery *types.PointInTimeRecoveryDescription
}

func serveDynamoDB(c *Cloud) {
	on(c, createTable)
	on(c, listTables)
	on(c, func(r *Request, in *dynamodb.DescribeTableInput) (*dynamodb.DescribeTableOutput, error) {
		table, err := r.table(in.TableName)
		if err != nil {
			return nil, err
		}
		return &dynamodb.DescribeTableOutput{Table: dynamoCopy(table)}, nil
	})
	on(c, func(r *Request, in *dynamodb.DeleteTableInput) (*dynamodb.DeleteTableOutput, error) {
		table, err := r.table(in.TableName)
		if err != nil {
			return nil, err
		}
		delete(r.dynamoDB().tables, *table.TableName)
		table.TableStatus = types.TableStatusDeleting
		return &dynamodb.DeleteTableOutput{TableDescription: &table.TableDescription}, nil
	})
	on(c, func(r *Request, in *dynamodb.DescribeContinuousBackupsInput) (*dynamodb.DescribeContinuousBackupsOutput, error) {
		table, ok := r.dynamoDB().tables[aws.ToString(in.TableName)]
		if !ok {
			return nil, noTable(in.TableName)
		}
		return &dynamodb.DescribeContinuousBackupsOutput{ContinuousBackupsDescription: table.backups()}, nil
	})
	on(c, updateContinuousBackups)
	on(c, func(r *Request, in *dynamodb.TagResourceInput) (*dynamodb.TagResourceOutput, error) {
		table, err := r.tableOfARN(in.ResourceArn)
		if err != nil {
			return nil, err
		}
		for _, tag := range in.Tags {
			table.tags = slices.DeleteFunc(table.tags, func(have types.Tag) bool { return *have.Key == *tag.Key })
			table.tags = append(table.tags, tag)
		}
		return &dynamodb.TagResourceOutput{}, nil
	})
	on(c, func(r *Request, in *dynamodb.ListTagsOfResourceInput) (*dynamodb.ListTagsOfResourceOutput, error) {
		table, err := r.tableOfARN(in.ResourceArn)
		if err != nil {
			return nil, err
		}
		items, next, err := page(slices.Clone(table.tags), in.NextToken, 0, 10, "ValidationException")
		if err != nil {
			return nil, err
		}
		return &dynamodb.ListTagsOfResourceOutput{Tags: items, NextToken: next}, nil
	})
}

func (r *Request) dynamoDB() *dynamoDBState {
	state := regional[dynamoDBState](r)
	if state.tables == nil {
		state.tables = map[string]*dynamoTable{}
	}
	return state
}

func createTable(r *Request, in *dynamodb.CreateTableInput) (*dynamodb.CreateTableOutput, error) {
	name := aws.ToString(in.TableName)
	if _, taken := r.dynamoDB().tables[name]; taken {
		return nil, &types.ResourceInUseException{Message: aws.String("Table already exists: " + name)}
	}
	table := &dynamoTable{
		TableDescription: types.TableDescription{
			TableName: aws.String(name), TableArn: aws.String(r.ARN("dynamodb", r.Region, "table/"+name)), TableStatus: types.TableStatusActive,
			KeySchema: in.KeySchema, AttributeDefinitions: in.AttributeDefinitions, CreationDateTime: aws.Time(r.Now), ItemCount: aws.Int64(0),
		},
		tags:     slices.Clone(in.Tags),
		recovery: &types.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusDisabled},
	}
	r.dynamoDB().tables[name] = table
	return &dynamodb.CreateTableOutput{TableDescription: dynamoCopy(table)}, nil
}

// listTables pages by the last name it gave, not by a token.
func listTables(r *Request, in *dynamodb.ListTablesInput) (*dynamodb.ListTablesOutput, error) {
	limit := 100
	if in.Limit != nil {
		limit = int(*in.Limit)
	}
	if limit < 1 || limit > 100 {
		return nil, failure("ValidationException", "Value '%d' at 'limit' failed to satisfy constraint: between 1 and 100", limit)
	}
	names := []string{}
	for name := range r.dynamoDB().tables {
		if name > aws.ToString(in.ExclusiveStartTableName) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) <= limit {
		return &dynamodb.ListTablesOutput{TableNames: names}, nil
	}
	return &dynamodb.ListTablesOutput{TableNames: names[:limit], LastEvaluatedTableName: aws.String(names[limit-1])}, nil
}

func updateContinuousBackups(r *Request, in *dynamodb.UpdateContinuousBackupsInput) (*dynamodb.UpdateContinuousBackupsOutput, error) {
	table, ok := r.dynamoDB().tables[aws.ToString(in.TableName)]
	if !ok {
		return nil, noTable(in.TableName)
	}
	wanted := in.PointInTimeRecoverySpecification
	days := int32(35)
	if wanted.RecoveryPeriodInDays != nil {
		days = *wanted.RecoveryPeriodInDays
	}
	switch {
	case days < 1 || days > 35:
		return nil, failure("ValidationException", "RecoveryPeriodInDays must be between 1 and 35")
	case !aws.ToBool(wanted.PointInTimeRecoveryEnabled):
		table.recovery = &types.PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusDisabled}
	case table.recovery.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled:
		table.recovery.RecoveryPeriodInDays = aws.Int32(days)
	default:
		table.recovery = &types.PointInTimeRecoveryDescription{
			PointInTimeRecoveryStatus: types.PointInTimeRecoveryStatusEnabled, RecoveryPeriodInDays: aws.Int32(days),
			EarliestRestorableDateTime: aws.Time(r.Now), LatestRestorableDateTime: aws.Time(r.Now.Add(-5 * time.Minute)),
		}
	}
	return &dynamodb.UpdateContinuousBackupsOutput{ContinuousBackupsDescription: table.backups()}, nil
}

func (t *dynamoTable) backups() *types.ContinuousBackupsDescription {
	recovery := *t.recovery
	return &types.ContinuousBackupsDescription{ContinuousBackupsStatus: types.ContinuousBackupsStatusEnabled, PointInTimeRecoveryDescription: &recovery}
}

func (r *Request) table(name *string) (*dynamoTable, error) {
	if table, ok := r.dynamoDB().tables[aws.ToString(name)]; ok {
		return table, nil
	}
	return nil, &types.ResourceNotFoundException{Message: aws.String("Requested resource not found: Table: " + aws.ToString(name) + " not found")}
}

func (r *Request) tableOfARN(arn *string) (*dynamoTable, error) {
	for _, table := range r.dynamoDB().tables {
		if *table.TableArn == aws.ToString(arn) {
			return table, nil
		}
	}
	return nil, &types.ResourceNotFoundException{Message: aws.String("Requested resource not found: ResourcArn: " + aws.ToString(arn) + " not found")}
}

// noTable is how the calls on backups word a missing table; others have another code for it.
func noTable(name *string) error {
	return &types.TableNotFoundException{Message: aws.String("Table not found: " + aws.ToString(name))}
}

func dynamoCopy(table *dynamoTable) *types.TableDescription {
	apart := table.TableDescription
	return &apart
}
