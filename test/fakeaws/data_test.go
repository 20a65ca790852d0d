package fakeaws_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// answers takes the results of a call that must end with the error code, "" for none.
func answers(t *testing.T, code string) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		var api smithy.APIError
		if errors.As(err, &api); err == nil && code != "" || err != nil && (api == nil || api.ErrorCode() != code) {
			t.Errorf("got %v, want %q", err, code)
		}
	}
}

func TestRDSSnapshots(t *testing.T) {
	client := rds.NewFromConfig(fakeaws.New().ConfigFor("111111111111"))
	shop, safe, restore, everyone := aws.String("shop"), aws.String("safe"), aws.String("restore"), []string{"all"}
	for id, encrypted := range map[*string]bool{shop: false, safe: true} {
		answers(t, "")(client.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{DBInstanceIdentifier: id, DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("mysql"), StorageEncrypted: &encrypted}))
		answers(t, "")(client.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{DBInstanceIdentifier: id, DBSnapshotIdentifier: id}))
	}
	answers(t, "DBInstanceAlreadyExists")(client.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{DBInstanceIdentifier: shop, DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("mysql")}))
	answers(t, "DBSnapshotAlreadyExists")(client.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{DBInstanceIdentifier: shop, DBSnapshotIdentifier: shop}))
	answers(t, "DBInstanceNotFound")(client.DescribeDBInstances(t.Context(), &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("nobody")}))
	answers(t, "DBClusterNotFoundFault")(client.DescribeDBClusters(t.Context(), &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("nobody")}))
	answers(t, "DBSnapshotNotFound")(client.DescribeDBSnapshotAttributes(t.Context(), &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: aws.String("nobody")}))
	answers(t, "DBClusterSnapshotNotFoundFault")(client.DescribeDBClusterSnapshotAttributes(t.Context(), &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: aws.String("nobody")}))
	answers(t, "InvalidParameterValue")(client.DescribeDBSnapshots(t.Context(), &rds.DescribeDBSnapshotsInput{MaxRecords: aws.Int32(19)}))

	all, err := client.DescribeDBSnapshots(t.Context(), &rds.DescribeDBSnapshotsInput{})
	if err != nil || len(all.DBSnapshots) != 4 {
		t.Fatalf("%d snapshots, %v: want one by hand and one by RDS of each instance", len(all.DBSnapshots), err)
	}
	automated := all.DBSnapshots[0].DBSnapshotIdentifier
	answers(t, "InvalidDBSnapshotState")(client.ModifyDBSnapshotAttribute(t.Context(), &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: automated, AttributeName: restore, ValuesToAdd: everyone}))
	answers(t, "InvalidParameterCombination")(client.ModifyDBSnapshotAttribute(t.Context(), &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: safe, AttributeName: restore, ValuesToAdd: everyone}))
	// Taking away what is not there is no error.
	answers(t, "")(client.ModifyDBSnapshotAttribute(t.Context(), &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: shop, AttributeName: restore, ValuesToRemove: everyone}))
	attributes, err := client.DescribeDBSnapshotAttributes(t.Context(), &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: shop})
	if err != nil || len(attributes.DBSnapshotAttributesResult.DBSnapshotAttributes) != 1 || len(attributes.DBSnapshotAttributesResult.DBSnapshotAttributes[0].AttributeValues) != 0 {
		t.Errorf("shared with nobody, the attributes are %+v, %v", attributes, err)
	}
}

// Aurora encrypts what nobody asked it to, and its flag does not say so.
func TestRDSAuroraEncryption(t *testing.T) {
	client := rds.NewFromConfig(fakeaws.New().ConfigFor("111111111111"))
	out, err := client.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{DBClusterIdentifier: aws.String("ledger"), Engine: aws.String("aurora-mysql")})
	if err != nil || aws.ToBool(out.DBCluster.StorageEncrypted) || out.DBCluster.StorageEncryptionType != rdstypes.StorageEncryptionTypeSse {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestDynamoDBTables(t *testing.T) {
	client := dynamodb.NewFromConfig(fakeaws.New().ConfigFor("111111111111"))
	for i := range 101 {
		answers(t, "")(client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
			TableName: aws.String(fmt.Sprintf("orders-%03d", i)), KeySchema: []types.KeySchemaElement{}, AttributeDefinitions: []types.AttributeDefinition{},
		}))
	}
	first, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil || len(first.TableNames) != 100 || aws.ToString(first.LastEvaluatedTableName) != "orders-099" {
		t.Fatalf("the first page is %d tables to %s, %v", len(first.TableNames), aws.ToString(first.LastEvaluatedTableName), err)
	}
	rest, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{ExclusiveStartTableName: first.LastEvaluatedTableName})
	if err != nil || len(rest.TableNames) != 1 || rest.LastEvaluatedTableName != nil {
		t.Errorf("the second page is %v, %v", rest, err)
	}
	// The two families of calls word a missing table differently.
	nobody, on := aws.String("nobody"), &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}
	answers(t, "ResourceNotFoundException")(client.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: nobody}))
	answers(t, "TableNotFoundException")(client.DescribeContinuousBackups(t.Context(), &dynamodb.DescribeContinuousBackupsInput{TableName: nobody}))
	answers(t, "TableNotFoundException")(client.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{TableName: nobody, PointInTimeRecoverySpecification: on}))
	answers(t, "ResourceInUseException")(client.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("orders-000")}))
	backups, err := client.DescribeContinuousBackups(t.Context(), &dynamodb.DescribeContinuousBackupsInput{TableName: aws.String("orders-000")})
	if err != nil || backups.ContinuousBackupsDescription.ContinuousBackupsStatus != types.ContinuousBackupsStatusEnabled ||
		backups.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus != types.PointInTimeRecoveryStatusDisabled {
		t.Errorf("a fresh table's backups are %+v, %v", backups, err)
	}
}

func TestGuardDutyDetectors(t *testing.T) {
	client := guardduty.NewFromConfig(fakeaws.New().ConfigFor("111111111111"))
	none, err := client.ListDetectors(t.Context(), &guardduty.ListDetectorsInput{})
	if err != nil || none.DetectorIds == nil || len(none.DetectorIds) != 0 {
		t.Errorf("without a detector the list is %#v, %v, want empty but there", none, err)
	}
	in := &guardduty.CreateDetectorInput{Enable: aws.Bool(true), ClientToken: aws.String("token")}
	made, err := client.CreateDetector(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.CreateDetector(t.Context(), in)
	if err != nil || *again.DetectorId != *made.DetectorId {
		t.Errorf("the same token makes %+v, %v", again, err)
	}
	answers(t, "BadRequestException")(client.CreateDetector(t.Context(), &guardduty.CreateDetectorInput{Enable: aws.Bool(true)}))
	answers(t, "BadRequestException")(client.GetDetector(t.Context(), &guardduty.GetDetectorInput{DetectorId: aws.String("nobody")}))
}

func TestAccountContacts(t *testing.T) {
	client := account.NewFromConfig(fakeaws.New().ConfigFor("111111111111"))
	answers(t, "ResourceNotFoundException")(client.GetAlternateContact(t.Context(), &account.GetAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity}))
	answers(t, "ResourceNotFoundException")(client.DeleteAlternateContact(t.Context(), &account.DeleteAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity}))
	answers(t, "AccessDeniedException")(client.GetAlternateContact(t.Context(), &account.GetAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity, AccountId: aws.String("111111111111")}))
}
