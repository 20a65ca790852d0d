package neglected

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// databases are unencrypted here and there, tables cannot be restored, a snapshot is public.
func (a *account) databases(ctx context.Context) {
	for i := range a.size.Tables {
		client := dynamodb.NewFromConfig(a.in(a.region(i)))
		name := fmt.Sprintf("orders-%d", i)
		must[*dynamodb.CreateTableOutput](a, "table "+name)(client.CreateTable(ctx, &dynamodb.CreateTableInput{
			TableName: aws.String(name), BillingMode: dynamodbtypes.BillingModePayPerRequest,
			AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: dynamodbtypes.ScalarAttributeTypeS}},
			KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: dynamodbtypes.KeyTypeHash}},
		}))
	}
	for i := range a.size.Databases {
		a.database(ctx, rds.NewFromConfig(a.in(a.region(i))), i)
	}
}

func (a *account) database(ctx context.Context, client *rds.Client, i int) {
	name := fmt.Sprintf("shop-db-%d", i)
	must[*rds.CreateDBInstanceOutput](a, "database "+name)(client.CreateDBInstance(ctx, &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String(name), DBInstanceClass: aws.String("db.t3.micro"), Engine: aws.String("postgres"), AllocatedStorage: aws.Int32(20),
		MasterUsername: aws.String("shop"), MasterUserPassword: aws.String("not-a-secret-1"), StorageEncrypted: aws.Bool(i > 0),
	}))
	if i > 0 {
		return
	}
	must[*rds.CreateDBSnapshotOutput](a, "snapshot of "+name)(client.CreateDBSnapshot(ctx, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String(name), DBSnapshotIdentifier: aws.String(name + "-migration")}))
	must[*rds.ModifyDBSnapshotAttributeOutput](a, "public snapshot of "+name)(client.ModifyDBSnapshotAttribute(ctx, &rds.ModifyDBSnapshotAttributeInput{
		DBSnapshotIdentifier: aws.String(name + "-migration"), AttributeName: aws.String("restore"), ValuesToAdd: []string{"all"},
	}))
}

// logs are kept too short.
func (a *account) logs(ctx context.Context) {
	for i := range a.size.LogGroups {
		client := cloudwatchlogs.NewFromConfig(a.in(a.region(i)))
		name := fmt.Sprintf("/aws/lambda/shop-%d", i)
		must[*cloudwatchlogs.CreateLogGroupOutput](a, "log group "+name)(client.CreateLogGroup(ctx, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(name)}))
		if i%2 == 0 {
			must[*cloudwatchlogs.PutRetentionPolicyOutput](a, "retention of "+name)(client.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: aws.String(name), RetentionInDays: aws.Int32(14)}))
		}
	}
}
