package controls_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

func newInstance(t *testing.T, admin *rds.Client, in rds.CreateDBInstanceInput) {
	t.Helper()
	in.DBInstanceClass = aws.String("db.t4g.micro")
	roundtrip.Done(t)(admin.CreateDBInstance(t.Context(), &in))
}

func judgedDatabases(t *testing.T, rig *roundtrip.Rig) (map[string]v1alpha1.VerdictStatus, posture.Plan) {
	t.Helper()
	result, err := rig.Round(t.Context())
	roundtrip.Done(t)(result, err)
	verdicts := map[string]v1alpha1.VerdictStatus{}
	for _, judged := range result.Report.Controls[0].Judged {
		verdicts[judged.Ref.Type+" "+judged.Ref.ID] = judged.Verdict.Status
	}
	return verdicts, result.Plan
}

// Nothing but a person encrypts a database; the way that is shown leads there.
func TestStorageEncryptionByHand(t *testing.T) {
	cloud := fakeaws.New()
	admin := rds.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	newInstance(t, admin, rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("shop"), Engine: aws.String("postgres")})
	newInstance(t, admin, rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("safe"), Engine: aws.String("postgres"), StorageEncrypted: aws.Bool(true)})
	for id, engine := range map[string]string{"ledger": "aurora-postgresql", "fresh": "aurora-mysql", "papers": "docdb", "graph": "neptune"} {
		roundtrip.Done(t)(admin.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{DBClusterIdentifier: &id, Engine: &engine}))
		newInstance(t, admin, rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String(id + "-1"), DBClusterIdentifier: &id, Engine: &engine})
	}
	cloud.SeedUnencryptedDBCluster(roundtrip.Account, "us-east-1", "ledger")
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{RDSStorageEncryption: &v1alpha1.RDSStorageEncryption{}}})

	got, plan := judgedDatabases(t, rig)
	want := map[string]v1alpha1.VerdictStatus{
		"AWS::RDS::DBInstance shop": v1alpha1.Fail, "AWS::RDS::DBInstance safe": v1alpha1.Pass,
		// Each cluster once, for all its instances; other services' engines not at all; what AWS
		// encrypts with its own key passes.
		"AWS::RDS::DBCluster ledger": v1alpha1.Fail, "AWS::RDS::DBCluster fresh": v1alpha1.Pass,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(plan.Changes) != 0 || len(plan.Held) != 2 || plan.Held[0].ByHand == "" || plan.Held[1].ByHand == "" {
		t.Errorf("plans %+v and holds %+v, want nothing planned and two told by hand", plan.Changes, plan.Held)
	}
	rig.Rests(t, cloud, "rds-storage-encryption", v1alpha1.Fail)

	done := roundtrip.Done(t)
	done(admin.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("shop"), DBSnapshotIdentifier: aws.String("shop-plain")}))
	done(admin.CopyDBSnapshot(t.Context(), &rds.CopyDBSnapshotInput{SourceDBSnapshotIdentifier: aws.String("shop-plain"), TargetDBSnapshotIdentifier: aws.String("shop-kms"), KmsKeyId: aws.String("alias/aws/rds")}))
	done(admin.RestoreDBInstanceFromDBSnapshot(t.Context(), &rds.RestoreDBInstanceFromDBSnapshotInput{DBSnapshotIdentifier: aws.String("shop-kms"), DBInstanceIdentifier: aws.String("shop-kms")}))
	done(admin.CreateDBClusterSnapshot(t.Context(), &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: aws.String("ledger"), DBClusterSnapshotIdentifier: aws.String("ledger-plain")}))
	done(admin.RestoreDBClusterFromSnapshot(t.Context(), &rds.RestoreDBClusterFromSnapshotInput{
		SnapshotIdentifier: aws.String("ledger-plain"), DBClusterIdentifier: aws.String("ledger-kms"), Engine: aws.String("aurora-postgresql"), KmsKeyId: aws.String("alias/aws/rds"),
	}))
	got, _ = judgedDatabases(t, rig)
	if got["AWS::RDS::DBInstance shop-kms"] != v1alpha1.Pass || got["AWS::RDS::DBCluster ledger-kms"] != v1alpha1.Pass {
		t.Errorf("by hand leads to %v", got)
	}
}

func TestSnapshotNotPublicRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	admin := rds.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	done := roundtrip.Done(t)
	newInstance(t, admin, rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("shop"), Engine: aws.String("postgres")})
	newInstance(t, admin, rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("safe"), Engine: aws.String("postgres"), StorageEncrypted: aws.Bool(true)})
	done(admin.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{DBClusterIdentifier: aws.String("papers"), Engine: aws.String("docdb")}))
	done(admin.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("shop"), DBSnapshotIdentifier: aws.String("shop-1")}))
	done(admin.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{DBInstanceIdentifier: aws.String("safe"), DBSnapshotIdentifier: aws.String("safe-1")}))
	done(admin.CreateDBClusterSnapshot(t.Context(), &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: aws.String("papers"), DBClusterSnapshotIdentifier: aws.String("papers-1")}))
	share := []string{"333333333333", "all", "222222222222"}
	done(admin.ModifyDBSnapshotAttribute(t.Context(), &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: aws.String("shop-1"), AttributeName: aws.String("restore"), ValuesToAdd: share}))
	done(admin.ModifyDBClusterSnapshotAttribute(t.Context(), &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: aws.String("papers-1"), AttributeName: aws.String("restore"), ValuesToAdd: share[1:2]}))

	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{RDSSnapshotNotPublic: &v1alpha1.RDSSnapshotNotPublic{}}})
	rig.Mends(t, "rds-snapshot-not-public", v1alpha1.Pass)
	rig.Rests(t, cloud, "rds-snapshot-not-public", v1alpha1.Pass)
	left, err := admin.DescribeDBSnapshotAttributes(t.Context(), &rds.DescribeDBSnapshotAttributesInput{DBSnapshotIdentifier: aws.String("shop-1")})
	done(left, err)
	if got := left.DBSnapshotAttributesResult.DBSnapshotAttributes[0].AttributeValues; !slices.Equal(got, []string{"333333333333", "222222222222"}) {
		t.Errorf("shop-1 is shared with %v, want the two named accounts as before", got)
	}
}

// Only manual snapshots are listed, a page of 100 at a time, and only the unencrypted are asked
// whom they are shared with.
func TestSnapshotNotPublicCalls(t *testing.T) {
	cloud := fakeaws.New()
	admin := rds.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	newInstance(t, admin, rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("shop"), Engine: aws.String("postgres")})
	newInstance(t, admin, rds.CreateDBInstanceInput{DBInstanceIdentifier: aws.String("safe"), Engine: aws.String("postgres"), StorageEncrypted: aws.Bool(true)})
	for i := range 120 {
		of := "safe"
		if i < 3 {
			of = "shop"
		}
		roundtrip.Done(t)(admin.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{DBInstanceIdentifier: &of, DBSnapshotIdentifier: aws.String(fmt.Sprintf("%s-%d", of, i))}))
	}
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{RDSSnapshotNotPublic: &v1alpha1.RDSSnapshotNotPublic{}}})
	cloud.Forget()
	if got, _ := judgedDatabases(t, rig); len(got) != 120 {
		t.Errorf("judged %d snapshots, want the 120 manual ones", len(got))
	}
	calls := map[string]int{}
	for _, call := range cloud.Calls() {
		calls[call.Operation]++
	}
	for operation, want := range map[string]int{"rds:DescribeDBSnapshots": 3, "rds:DescribeDBClusterSnapshots": 2, "rds:DescribeDBSnapshotAttributes": 3} {
		if calls[operation] != want {
			t.Errorf("%s: %d calls, want %d", operation, calls[operation], want)
		}
	}
}
