package contract

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"
)

func playRDS(p *play) {
	home := rds.NewFromConfig(p.in("us-east-1"))
	call(p, "describe no instances", home.DescribeDBInstances, &rds.DescribeDBInstancesInput{})
	create := func(id string) *rds.CreateDBInstanceInput {
		return &rds.CreateDBInstanceInput{
			DBInstanceIdentifier: aws.String(id), DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("mysql"), AllocatedStorage: aws.Int32(20),
			MasterUsername: aws.String("admin"), MasterUserPassword: aws.String("long-enough"), BackupRetentionPeriod: aws.Int32(0), StorageEncrypted: aws.Bool(false),
		}
	}
	tagged, safe := create("Contract-Shop"), create("contract-safe")
	tagged.Tags = []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}}
	safe.StorageEncrypted = aws.Bool(true)
	call(p, "create an instance", home.CreateDBInstance, tagged)
	call(p, "create it again", home.CreateDBInstance, tagged)
	call(p, "create an encrypted instance", home.CreateDBInstance, safe)
	call(p, "describe both instances", home.DescribeDBInstances, &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(100)})
	call(p, "describe an instance", home.DescribeDBInstances, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("contract-shop")})
	call(p, "describe no such instance", home.DescribeDBInstances, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String("contract-none")})
	call(p, "describe too small a page of instances", home.DescribeDBInstances, &rds.DescribeDBInstancesInput{MaxRecords: aws.Int32(19)})
	call(p, "describe instances in Ireland", rds.NewFromConfig(p.in("eu-west-1")).DescribeDBInstances, &rds.DescribeDBInstancesInput{})

	playDBSnapshots(p, home)
	playDBPages(p, home)
	playDBClusters(p, home)

	call(p, "delete an instance", home.DeleteDBInstance, &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String("contract-shop"), SkipFinalSnapshot: aws.Bool(true)})
	call(p, "delete an instance again", home.DeleteDBInstance, &rds.DeleteDBInstanceInput{DBInstanceIdentifier: aws.String("contract-shop"), SkipFinalSnapshot: aws.Bool(true)})
	call(p, "describe the instance left", home.DescribeDBInstances, &rds.DescribeDBInstancesInput{})
}

// manualOnly is how the project lists snapshots.
func manualOnly() *rds.DescribeDBSnapshotsInput {
	return &rds.DescribeDBSnapshotsInput{SnapshotType: aws.String("manual"), IncludePublic: aws.Bool(false), MaxRecords: aws.Int32(100)}
}

func playDBSnapshots(p *play, home *rds.Client) {
	open, safe, none, restore := aws.String("contract-open"), aws.String("contract-secret"), aws.String("contract-none"), aws.String("restore")
	call(p, "describe no snapshots", home.DescribeDBSnapshots, manualOnly())
	shop := &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("contract-shop"), DBSnapshotIdentifier: open, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}}}
	call(p, "create a snapshot", home.CreateDBSnapshot, shop)
	call(p, "create the snapshot again", home.CreateDBSnapshot, shop)
	call(p, "create an encrypted snapshot", home.CreateDBSnapshot, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("contract-safe"), DBSnapshotIdentifier: safe})
	call(p, "create a snapshot of nothing", home.CreateDBSnapshot, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: none, DBSnapshotIdentifier: none})
	call(p, "describe manual snapshots", home.DescribeDBSnapshots, manualOnly())
	call(p, "describe a snapshot", home.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: open})
	call(p, "describe no such snapshot", home.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{DBSnapshotIdentifier: none})
	call(p, "describe an instance's snapshots", home.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{DBInstanceIdentifier: aws.String("contract-shop"), SnapshotType: aws.String("manual")})

	read := func(step string, id *string) {
		call(p, step, home.DescribeDBSnapshotAttributes, &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: id})
	}
	share := func(step string, id *string, add, remove []string) {
		call(p, step, home.ModifyDBSnapshotAttribute, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: id, AttributeName: restore, ValuesToAdd: add, ValuesToRemove: remove})
	}
	read("read sharing never set", open)
	share("share with another", open, []string{stranger}, nil)
	share("share with all", open, []string{"all"}, nil)
	read("read sharing with all", open)
	share("share with all again", open, []string{"all"}, nil)
	share("share no more with all", open, nil, []string{"all"})
	read("read sharing with another", open)
	share("share no more with all again", open, nil, []string{"all"})
	share("share no more with another", open, nil, []string{stranger})
	read("read no sharing", open)
	share("share an encrypted snapshot with all", safe, []string{"all"}, nil)
	read("read sharing of an encrypted snapshot", safe)
	share("share no snapshot", none, nil, []string{"all"})
	read("read sharing of no snapshot", none)
	call(p, "share by no attribute", home.ModifyDBSnapshotAttribute, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: open, AttributeName: aws.String("everyone"), ValuesToAdd: []string{"all"}})
	call(p, "delete a snapshot", home.DeleteDBSnapshot, &rds.DeleteDBSnapshotInput{DBSnapshotIdentifier: safe})
	call(p, "delete a snapshot again", home.DeleteDBSnapshot, &rds.DeleteDBSnapshotInput{DBSnapshotIdentifier: safe})
}

// playDBPages goes through more snapshots than the smallest page holds.
func playDBPages(p *play, home *rds.Client) {
	for i := range 20 {
		id := fmt.Sprintf("contract-page-%02d", i)
		call(p, "create "+id, home.CreateDBSnapshot, &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("contract-safe"), DBSnapshotIdentifier: aws.String(id)})
	}
	in := manualOnly()
	in.MaxRecords = aws.Int32(20)
	first := call(p, "describe a first page of snapshots", home.DescribeDBSnapshots, in)
	rest := *in
	rest.Marker = first.Marker
	call(p, "describe the next page of snapshots", home.DescribeDBSnapshots, &rest)
	call(p, "describe too large a page of snapshots", home.DescribeDBSnapshots, &rds.DescribeDBSnapshotsInput{MaxRecords: aws.Int32(101)})
}

func playDBClusters(p *play, home *rds.Client) {
	ledger, safe, none, restore := aws.String("contract-ledger"), aws.String("contract-vault"), aws.String("contract-none"), aws.String("restore")
	create := func(id *string, encrypted bool) *rds.CreateDBClusterInput {
		return &rds.CreateDBClusterInput{
			DBClusterIdentifier: id, Engine: aws.String("aurora-mysql"), MasterUsername: aws.String("admin"), MasterUserPassword: aws.String("long-enough"),
			StorageEncrypted: aws.Bool(encrypted), Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}},
		}
	}
	call(p, "describe no clusters", home.DescribeDBClusters, &rds.DescribeDBClustersInput{})
	call(p, "create a cluster", home.CreateDBCluster, create(ledger, false))
	call(p, "create the cluster again", home.CreateDBCluster, create(ledger, false))
	call(p, "create an encrypted cluster", home.CreateDBCluster, create(safe, true))
	call(p, "describe both clusters", home.DescribeDBClusters, &rds.DescribeDBClustersInput{MaxRecords: aws.Int32(100)})
	call(p, "describe a cluster", home.DescribeDBClusters, &rds.DescribeDBClustersInput{DBClusterIdentifier: ledger})
	call(p, "describe no such cluster", home.DescribeDBClusters, &rds.DescribeDBClustersInput{DBClusterIdentifier: none})

	list := &rds.DescribeDBClusterSnapshotsInput{SnapshotType: aws.String("manual"), IncludePublic: aws.Bool(false), MaxRecords: aws.Int32(100)}
	call(p, "describe no cluster snapshots", home.DescribeDBClusterSnapshots, list)
	open, secret := aws.String("contract-ledger-1"), aws.String("contract-vault-1")
	in := &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: ledger, DBClusterSnapshotIdentifier: open, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}}}
	call(p, "create a cluster snapshot", home.CreateDBClusterSnapshot, in)
	call(p, "create the cluster snapshot again", home.CreateDBClusterSnapshot, in)
	call(p, "create an encrypted cluster snapshot", home.CreateDBClusterSnapshot, &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: safe, DBClusterSnapshotIdentifier: secret})
	call(p, "create a snapshot of no cluster", home.CreateDBClusterSnapshot, &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: none, DBClusterSnapshotIdentifier: none})
	call(p, "describe manual cluster snapshots", home.DescribeDBClusterSnapshots, list)
	call(p, "describe no such cluster snapshot", home.DescribeDBClusterSnapshots, &rds.DescribeDBClusterSnapshotsInput{DBClusterSnapshotIdentifier: none})

	read := func(step string, id *string) {
		call(p, step, home.DescribeDBClusterSnapshotAttributes, &rds.DescribeDBClusterSnapshotAttributesInput{DBClusterSnapshotIdentifier: id})
	}
	share := func(step string, id *string, add, remove []string) {
		call(p, step, home.ModifyDBClusterSnapshotAttribute, &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: id, AttributeName: restore, ValuesToAdd: add, ValuesToRemove: remove})
	}
	read("read cluster sharing never set", open)
	share("share a cluster with all", open, []string{"all", stranger}, nil)
	read("read cluster sharing with all", open)
	share("share a cluster no more with all", open, nil, []string{"all"})
	read("read cluster sharing with another", open)
	share("share a cluster no more with all again", open, nil, []string{"all"})
	share("share an encrypted cluster with all", secret, []string{"all"}, nil)
	share("share no cluster", none, nil, []string{"all"})
	read("read cluster sharing of none", none)
	call(p, "delete a cluster snapshot", home.DeleteDBClusterSnapshot, &rds.DeleteDBClusterSnapshotInput{DBClusterSnapshotIdentifier: secret})
	call(p, "delete a cluster snapshot again", home.DeleteDBClusterSnapshot, &rds.DeleteDBClusterSnapshotInput{DBClusterSnapshotIdentifier: secret})
}
