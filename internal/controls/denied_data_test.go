package controls_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// Each read that is refused makes unknown the controls that need it, and no other.
func TestDeniedDataReads(t *testing.T) {
	for operation, blind := range map[string][]string{
		"kms:ListKeys":                            {"kms-key-deletion-guard", "kms-key-rotation"},
		"kms:DescribeKey":                         {"kms-key-deletion-guard", "kms-key-rotation"},
		"kms:GetKeyRotationStatus":                {"kms-key-rotation"},
		"rds:DescribeDBInstances":                 {"rds-storage-encryption"},
		"rds:DescribeDBClusters":                  {"rds-storage-encryption"},
		"rds:DescribeDBSnapshots":                 {"rds-snapshot-not-public"},
		"rds:DescribeDBClusterSnapshots":          {"rds-snapshot-not-public"},
		"rds:DescribeDBSnapshotAttributes":        {"rds-snapshot-not-public"},
		"rds:DescribeDBClusterSnapshotAttributes": {"rds-snapshot-not-public"},
		"dynamodb:ListTables":                     {"dynamodb-pitr"},
		"dynamodb:DescribeContinuousBackups":      {"dynamodb-pitr"},
		"guardduty:ListDetectors":                 {"guardduty-enabled"},
		"guardduty:GetDetector":                   {"guardduty-enabled"},
		"account:GetAlternateContact":             {"account-security-contact"},
	} {
		t.Run(operation, func(t *testing.T) {
			cloud := fakeaws.New()
			seedHealthyData(t, cloud)
			cloud.Deny(operation)
			rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{
				Keys: v1alpha1.KeysPosture{KMSKeyRotation: &v1alpha1.KMSKeyRotation{}, KMSKeyDeletionGuard: &v1alpha1.KMSKeyDeletionGuard{}},
				DataAtRest: v1alpha1.DataAtRestPosture{
					RDSStorageEncryption: &v1alpha1.RDSStorageEncryption{}, RDSSnapshotNotPublic: &v1alpha1.RDSSnapshotNotPublic{}, DynamoDBPITR: &v1alpha1.DynamoDBPITR{},
				},
				Threat:   v1alpha1.ThreatPosture{GuardDuty: &v1alpha1.GuardDuty{}},
				Response: v1alpha1.ResponsePosture{AccountSecurityContact: &v1alpha1.AccountSecurityContact{Name: "Blue Team", Email: "security@example.com", Phone: "1"}},
			})
			rig.Blinds(t, operation, blind...)
		})
	}
}

// seedHealthyData makes an account in which every data, key and threat control passes.
func seedHealthyData(t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	done, config := roundtrip.Done(t), cloud.ConfigFor(roundtrip.Account)
	keys := kms.NewFromConfig(config)
	key, err := keys.CreateKey(t.Context(), &kms.CreateKeyInput{})
	done(key, err)
	done(keys.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: key.KeyMetadata.KeyId}))

	databases, shop, ledger := rds.NewFromConfig(config), aws.String("shop"), aws.String("ledger")
	done(databases.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("old"), DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("mysql")}))
	done(databases.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("old"), DBSnapshotIdentifier: aws.String("old")}))
	done(databases.DeleteDBInstance(t.Context(), &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String("old")}))
	done(databases.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{DBInstanceIdentifier: shop, DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("mysql"), StorageEncrypted: aws.Bool(true)}))
	done(databases.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{DBClusterIdentifier: ledger, Engine: aws.String("aurora-mysql")}))
	done(databases.CreateDBClusterSnapshot(t.Context(), &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: ledger, DBClusterSnapshotIdentifier: ledger}))

	tables := dynamodb.NewFromConfig(config)
	done(tables.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: shop, BillingMode: dynamodbtypes.BillingModePayPerRequest,
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: dynamodbtypes.KeyTypeHash}},
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: dynamodbtypes.ScalarAttributeTypeS}},
	}))
	done(tables.UpdateContinuousBackups(t.Context(), &dynamodb.UpdateContinuousBackupsInput{
		TableName: shop, PointInTimeRecoverySpecification: &dynamodbtypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)},
	}))

	for _, region := range cloud.Regions {
		watch := guardduty.NewFromConfig(config, func(o *guardduty.Options) { o.Region = region })
		done(watch.CreateDetector(t.Context(), &guardduty.CreateDetectorInput{Enable: aws.Bool(true)}))
	}
	done(account.NewFromConfig(config).PutAlternateContact(t.Context(), &account.PutAlternateContactInput{
		AlternateContactType: accounttypes.AlternateContactTypeSecurity, Name: aws.String("Blue Team"), Title: aws.String("Security"),
		EmailAddress: aws.String("security@example.com"), PhoneNumber: aws.String("1"),
	}))
}
