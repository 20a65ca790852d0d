package scenes

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var dataScenes = []Scene{
	{
		Control: "rds-storage-encryption", Settled: v1alpha1.Fail, set: plainDatabase,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{RDSStorageEncryption: &v1alpha1.RDSStorageEncryption{}}},
	},
	{
		Control: "rds-snapshot-not-public", Settled: v1alpha1.Pass, set: publicDatabaseSnapshots,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{RDSSnapshotNotPublic: &v1alpha1.RDSSnapshotNotPublic{}}},
	},
	{
		Control: "rds-not-public", Settled: v1alpha1.Pass, set: carelessDatabase,
		Posture: v1alpha1.Posture{Network: v1alpha1.NetworkPosture{RDSNotPublic: &v1alpha1.Presence{}}},
	},
	{
		Control: "rds-minor-version-upgrade", Settled: v1alpha1.Pass, set: carelessDatabase,
		Posture: v1alpha1.Posture{Compute: v1alpha1.ComputePosture{RDSMinorVersionUpgrade: &v1alpha1.Presence{}}},
	},
	{
		Control: "rds-backup-retention", Settled: v1alpha1.Pass, set: databaseWithoutBackups,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{RDSBackupRetention: &v1alpha1.RDSBackupRetention{MinDays: 7}}},
	},
	{
		Control: "dynamodb-pitr", Settled: v1alpha1.Pass, set: tables,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{DynamoDBPITR: &v1alpha1.DynamoDBPITR{}}},
	},
}

func plainDatabase(s *stage) { database(s, false, true) }

func databaseWithoutBackups(s *stage) {
	plainDatabase(s)
	do(s, rds.NewFromConfig(s.in("us-east-1")).ModifyDBInstance, &rds.ModifyDBInstanceInput{
		DBInstanceIdentifier: aws.String("shop"), BackupRetentionPeriod: aws.Int32(0), ApplyImmediately: aws.Bool(true),
	})
}

// carelessDatabase is open to everyone, and never patched.
func carelessDatabase(s *stage) { database(s, true, false) }

func database(s *stage, public, patched bool) {
	do(s, rds.NewFromConfig(s.in("us-east-1")).CreateDBInstance, &rds.CreateDBInstanceInput{
		DBInstanceIdentifier: aws.String("shop"), DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("postgres"),
		AllocatedStorage: aws.Int32(20), MasterUsername: aws.String("shop"), MasterUserPassword: aws.String("correct-horse-battery"),
		PubliclyAccessible: &public, AutoMinorVersionUpgrade: &patched,
	})
}

// publicDatabaseSnapshots are one of an instance, shared with one account too, and one of a cluster.
func publicDatabaseSnapshots(s *stage) {
	plainDatabase(s)
	client := rds.NewFromConfig(s.in("us-east-1"))
	do(s, client.CreateDBSnapshot, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("shop"), DBSnapshotIdentifier: aws.String("shop-1")})
	do(s, client.ModifyDBSnapshotAttribute, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: aws.String("shop-1"), AttributeName: aws.String("restore"), ValuesToAdd: []string{"all", "222222222222"}})
	do(s, client.CreateDBCluster, &rds.CreateDBClusterInput{
		DBClusterIdentifier: aws.String("papers"), Engine: aws.String("neptune"), MasterUsername: aws.String("papers"), MasterUserPassword: aws.String("correct-horse-battery"),
	})
	do(s, client.CreateDBClusterSnapshot, &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: aws.String("papers"), DBClusterSnapshotIdentifier: aws.String("papers-1")})
	do(s, client.ModifyDBClusterSnapshotAttribute, &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: aws.String("papers-1"), AttributeName: aws.String("restore"), ValuesToAdd: []string{"all"}})
}

func tables(s *stage) {
	for _, name := range []string{"orders", "carts"} {
		do(s, dynamodb.NewFromConfig(s.in("eu-west-1")).CreateTable, &dynamodb.CreateTableInput{
			TableName: aws.String(name), BillingMode: dynamotypes.BillingModePayPerRequest,
			KeySchema:            []dynamotypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: dynamotypes.KeyTypeHash}},
			AttributeDefinitions: []dynamotypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: dynamotypes.ScalarAttributeTypeS}},
		})
	}
}
