package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamotypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

func playRDS(p *play) {
	c := rds.NewFromConfig(p.in("us-east-1"))
	shop, none := aws.String("shop"), aws.String("none")
	instance := func(id string, encrypted *bool) *rds.CreateDBInstanceInput {
		return &rds.CreateDBInstanceInput{
			DBInstanceIdentifier: aws.String(id), DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("postgres"), AllocatedStorage: aws.Int32(20),
			MasterUsername: aws.String("shop"), MasterUserPassword: aws.String("correct-horse-battery"), StorageEncrypted: encrypted,
			Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}},
		}
	}
	call(p, "describe no instances", c.DescribeDBInstances, &rds.DescribeDBInstancesInput{})
	call(p, "describe an instance that is not", c.DescribeDBInstances, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: none})
	call(p, "create an instance", c.CreateDBInstance, instance("shop", nil))
	call(p, "create an instance again", c.CreateDBInstance, instance("shop", nil))
	call(p, "create an encrypted instance", c.CreateDBInstance, instance("vault", aws.Bool(true)))
	call(p, "describe instances", c.DescribeDBInstances, &rds.DescribeDBInstancesInput{})
	call(p, "describe an instance", c.DescribeDBInstances, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: shop})
	page := call(p, "describe a first page of instances", c.DescribeDBInstances, &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(20)})
	call(p, "describe no next page of instances", c.DescribeDBInstances, &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(20), Marker: page.Marker})
	playRDSSettings(p, c)
	call(p, "describe no clusters", c.DescribeDBClusters, &rds.DescribeDBClustersInput{})
	cluster := &rds.CreateDBClusterInput{DBClusterIdentifier: aws.String("papers"), Engine: aws.String("neptune"), MasterUsername: aws.String("papers"), MasterUserPassword: aws.String("correct-horse-battery")}
	call(p, "create a cluster", c.CreateDBCluster, cluster)
	call(p, "create a cluster again", c.CreateDBCluster, cluster)
	call(p, "describe a cluster", c.DescribeDBClusters, &rds.DescribeDBClustersInput{DBClusterIdentifier: aws.String("papers")})
	call(p, "describe a cluster that is not", c.DescribeDBClusters, &rds.DescribeDBClustersInput{DBClusterIdentifier: none})
	playRDSSnapshots(p, c)
}

func playRDSSettings(p *play, c *rds.Client) {
	modify := func(step, id string, to rds.ModifyDBInstanceInput) {
		to.DBInstanceIdentifier = aws.String(id)
		call(p, step, c.ModifyDBInstance, &to)
	}
	read := func(step string) {
		call(p, step, c.DescribeDBInstances, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("shop")})
	}
	modify("open an instance", "shop", rds.ModifyDBInstanceInput{PubliclyAccessible: aws.Bool(true)})
	read("describe an instance opened")
	modify("close an instance", "shop", rds.ModifyDBInstanceInput{PubliclyAccessible: aws.Bool(false)})
	read("describe an instance closed")
	modify("stop minor upgrades", "shop", rds.ModifyDBInstanceInput{AutoMinorVersionUpgrade: aws.Bool(false)})
	read("describe an instance without minor upgrades")
	modify("take minor upgrades", "shop", rds.ModifyDBInstanceInput{AutoMinorVersionUpgrade: aws.Bool(true)})
	modify("take minor upgrades again", "shop", rds.ModifyDBInstanceInput{AutoMinorVersionUpgrade: aws.Bool(true)})
	read("describe an instance with minor upgrades")
	modify("change nothing of an instance", "shop", rds.ModifyDBInstanceInput{})
	modify("close an instance that is not", "none", rds.ModifyDBInstanceInput{PubliclyAccessible: aws.Bool(false)})
}

func playRDSSnapshots(p *play, c *rds.Client) {
	snapshot, clusters, none, restore := aws.String("shop-1"), aws.String("papers-1"), aws.String("none"), aws.String("restore")
	manual := aws.String("manual")
	call(p, "describe no snapshots", c.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{SnapshotType: manual})
	call(p, "make a snapshot", c.CreateDBSnapshot, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("shop"), DBSnapshotIdentifier: snapshot, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}}})
	call(p, "make a snapshot again", c.CreateDBSnapshot, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("shop"), DBSnapshotIdentifier: snapshot})
	call(p, "make a snapshot of nothing", c.CreateDBSnapshot, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: none, DBSnapshotIdentifier: aws.String("none-1")})
	call(p, "make an encrypted snapshot", c.CreateDBSnapshot, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("vault"), DBSnapshotIdentifier: aws.String("vault-1")})
	call(p, "describe snapshots", c.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{SnapshotType: manual})
	call(p, "describe public snapshots", c.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{SnapshotType: aws.String("public")})
	call(p, "describe a snapshot that is not", c.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: none})
	call(p, "read whom a snapshot is shared with", c.DescribeDBSnapshotAttributes, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: snapshot})
	share := &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: snapshot, AttributeName: restore, ValuesToAdd: []string{"all", "222222222222"}}
	call(p, "share a snapshot", c.ModifyDBSnapshotAttribute, share)
	call(p, "share a snapshot again", c.ModifyDBSnapshotAttribute, share)
	call(p, "read whom a shared snapshot is shared with", c.DescribeDBSnapshotAttributes, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: snapshot})
	call(p, "take a share back", c.ModifyDBSnapshotAttribute, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: snapshot, AttributeName: restore, ValuesToRemove: []string{"all"}})
	call(p, "take a share back again", c.ModifyDBSnapshotAttribute, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: snapshot, AttributeName: restore, ValuesToRemove: []string{"all"}})
	call(p, "read whom a snapshot is shared with still", c.DescribeDBSnapshotAttributes, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: snapshot})
	call(p, "read whom no snapshot is shared with", c.DescribeDBSnapshotAttributes, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: none})
	call(p, "share no snapshot", c.ModifyDBSnapshotAttribute, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: none, AttributeName: restore, ValuesToAdd: []string{"all"}})

	call(p, "describe no cluster snapshots", c.DescribeDBClusterSnapshots, &rds.DescribeDBClusterSnapshotsInput{SnapshotType: manual})
	call(p, "make a cluster snapshot", c.CreateDBClusterSnapshot, &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: aws.String("papers"), DBClusterSnapshotIdentifier: clusters})
	call(p, "make a cluster snapshot again", c.CreateDBClusterSnapshot, &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: aws.String("papers"), DBClusterSnapshotIdentifier: clusters})
	call(p, "describe cluster snapshots", c.DescribeDBClusterSnapshots, &rds.DescribeDBClusterSnapshotsInput{SnapshotType: manual})
	call(p, "share a cluster snapshot", c.ModifyDBClusterSnapshotAttribute, &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: clusters, AttributeName: restore, ValuesToAdd: []string{"all"}})
	call(p, "read whom a cluster snapshot is shared with", c.DescribeDBClusterSnapshotAttributes, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: clusters})
	call(p, "take a cluster share back", c.ModifyDBClusterSnapshotAttribute, &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: clusters, AttributeName: restore, ValuesToRemove: []string{"all"}})
	call(p, "read whom a cluster snapshot is shared with still", c.DescribeDBClusterSnapshotAttributes, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: clusters})
	call(p, "read whom no cluster snapshot is shared with", c.DescribeDBClusterSnapshotAttributes, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: none})
	call(p, "delete a snapshot", c.DeleteDBSnapshot, &rds.DeleteDBSnapshotInput{DBSnapshotIdentifier: snapshot})
	call(p, "delete a snapshot again", c.DeleteDBSnapshot, &rds.DeleteDBSnapshotInput{DBSnapshotIdentifier: snapshot})
	call(p, "share an encrypted snapshot with all", c.ModifyDBSnapshotAttribute, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: aws.String("vault-1"), AttributeName: restore, ValuesToAdd: []string{"all"}})
}

func playDynamoDB(p *play) {
	c := dynamodb.NewFromConfig(p.in("eu-west-1"))
	orders, none := aws.String("orders"), aws.String("none")
	table := func(name string, tags ...dynamotypes.Tag) *dynamodb.CreateTableInput {
		return &dynamodb.CreateTableInput{
			TableName: aws.String(name), BillingMode: dynamotypes.BillingModePayPerRequest, Tags: tags,
			KeySchema:            []dynamotypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: dynamotypes.KeyTypeHash}},
			AttributeDefinitions: []dynamotypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: dynamotypes.ScalarAttributeTypeS}},
		}
	}
	arn := aws.String("arn:aws:dynamodb:eu-west-1:" + p.script.Account + ":table/orders")
	call(p, "list no tables", c.ListTables, &dynamodb.ListTablesInput{})
	call(p, "create a table", c.CreateTable, table("orders", dynamotypes.Tag{Key: aws.String("team"), Value: aws.String("shop")}))
	call(p, "create a table again", c.CreateTable, table("orders"))
	call(p, "create another table", c.CreateTable, table("carts"))
	call(p, "create a third table", c.CreateTable, table("wishes"))
	call(p, "list tables", c.ListTables, &dynamodb.ListTablesInput{})
	first := call(p, "list a first page of tables", c.ListTables, &dynamodb.ListTablesInput{Limit: aws.Int32(2)})
	call(p, "list the next page of tables", c.ListTables, &dynamodb.ListTablesInput{Limit: aws.Int32(2), ExclusiveStartTableName: first.LastEvaluatedTableName})
	call(p, "read backups never on", c.DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: orders})
	call(p, "read backups of no table", c.DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: none})
	recover := func(on bool) *dynamotypes.PointInTimeRecoverySpecification {
		return &dynamotypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(on)}
	}
	call(p, "turn recovery on", c.UpdateContinuousBackups, &dynamodb.UpdateContinuousBackupsInput{TableName: orders, PointInTimeRecoverySpecification: recover(true)})
	call(p, "turn recovery on again", c.UpdateContinuousBackups, &dynamodb.UpdateContinuousBackupsInput{TableName: orders, PointInTimeRecoverySpecification: recover(true)})
	call(p, "read backups on", c.DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: orders})
	call(p, "turn recovery of no table on", c.UpdateContinuousBackups, &dynamodb.UpdateContinuousBackupsInput{TableName: none, PointInTimeRecoverySpecification: recover(true)})
	call(p, "turn recovery off", c.UpdateContinuousBackups, &dynamodb.UpdateContinuousBackupsInput{TableName: orders, PointInTimeRecoverySpecification: recover(false)})
	call(p, "read backups off", c.DescribeContinuousBackups, &dynamodb.DescribeContinuousBackupsInput{TableName: orders})
	call(p, "read tags of a table", c.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: arn})
	call(p, "read no tags of a table", c.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: aws.String("arn:aws:dynamodb:eu-west-1:" + p.script.Account + ":table/carts")})
	call(p, "read tags of no table", c.ListTagsOfResource, &dynamodb.ListTagsOfResourceInput{ResourceArn: aws.String("arn:aws:dynamodb:eu-west-1:" + p.script.Account + ":table/none")})
	call(p, "delete a table", c.DeleteTable, &dynamodb.DeleteTableInput{TableName: orders})
	call(p, "delete a table again", c.DeleteTable, &dynamodb.DeleteTableInput{TableName: orders})
}
