package contract

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func playDynamoDB(p *play) {
	home := dynamodb.NewFromConfig(p.in("us-east-1"))
	orders, none := aws.String("contract-orders"), aws.String("contract-none")
	create := func(name *string, tags ...types.Tag) *dynamodb.CreateTableInput {
		return &dynamodb.CreateTableInput{
			TableName: name, BillingMode: types.BillingModePayPerRequest, Tags: tags,
			KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
			AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		}
	}
	call(p, "list no tables", home.ListTables, &dynamodb.ListTablesInput{})
	call(p, "create orders", home.CreateTable, create(orders))
	call(p, "create orders again", home.CreateTable, create(orders))
	var tags []types.Tag
	for i := range 11 {
		tags = append(tags, types.Tag{Key: aws.String(fmt.Sprintf("tag-%02d", i)), Value: aws.String("")})
	}
	made := call(p, "create carts", home.CreateTable, create(aws.String("contract-carts"), tags...))
	call(p, "list both tables", home.ListTables, &dynamodb.ListTablesInput{Limit: aws.Int32(100)})
	first := call(p, "list a first page", home.ListTables, &dynamodb.ListTablesInput{Limit: aws.Int32(1)})
	call(p, "list the next page", home.ListTables, &dynamodb.ListTablesInput{Limit: aws.Int32(1), ExclusiveStartTableName: first.LastEvaluatedTableName})
	call(p, "list a page of none", home.ListTables, &dynamodb.ListTablesInput{Limit: aws.Int32(0)})
	call(p, "list too large a page", home.ListTables, &dynamodb.ListTablesInput{Limit: aws.Int32(101)})
	call(p, "list from no table on", home.ListTables, &dynamodb.ListTablesInput{ExclusiveStartTableName: none})
	call(p, "list in Ireland", dynamodb.NewFromConfig(p.in("eu-west-1")).ListTables, &dynamodb.ListTablesInput{})

	recovery := func(table *string, on bool, days *int32) *dynamodb.UpdateContinuousBackupsInput {
		return &dynamodb.UpdateContinuousBackupsInput{TableName: table, PointInTimeRecoverySpecification: &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(on), RecoveryPeriodInDays: days}}
	}
	read := func(step string, table *string) {
		call(p, step, home.DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: table})
	}
	read("read recovery never set", orders)
	call(p, "enable recovery", home.UpdateContinuousBackups, recovery(orders, true, nil))
	read("read recovery", orders)
	call(p, "enable recovery again", home.UpdateContinuousBackups, recovery(orders, true, nil))
	call(p, "recover a week", home.UpdateContinuousBackups, recovery(orders, true, aws.Int32(7)))
	read("read recovery of a week", orders)
	call(p, "recover too long", home.UpdateContinuousBackups, recovery(orders, true, aws.Int32(36)))
	call(p, "disable recovery", home.UpdateContinuousBackups, recovery(orders, false, nil))
	read("read recovery disabled", orders)
	call(p, "enable recovery of no table", home.UpdateContinuousBackups, recovery(none, true, nil))
	read("read recovery of no table", none)
	call(p, "read another's recovery", dynamodb.NewFromConfig(p.as(stranger)).DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: orders})

	arn := func(name string) *string {
		return aws.String("arn:aws:dynamodb:us-east-1:" + p.script.Account + ":table/" + name)
	}
	call(p, "list no tags", home.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: arn(*orders)})
	page := call(p, "list a first page of tags", home.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: made.TableDescription.TableArn})
	call(p, "list the next page of tags", home.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: made.TableDescription.TableArn, NextToken: page.NextToken})
	call(p, "tag orders", home.TagResource, &dynamodb.TagResourceInput{ResourceArn: arn(*orders), Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}}})
	call(p, "list tags", home.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: arn(*orders)})
	call(p, "list tags of no table", home.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: arn(*none)})

	call(p, "delete orders", home.DeleteTable, &dynamodb.DeleteTableInput{TableName: orders})
	call(p, "delete orders again", home.DeleteTable, &dynamodb.DeleteTableInput{TableName: orders})
	read("read recovery of a table deleted", orders)
}
