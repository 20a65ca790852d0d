package rds

import (
	"fmt"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// RDS decides on encryption when storage is made, so only a copy of the database can mend it:
// with its name, endpoint and moment of cut-over, which are a person's to choose.
var storageEncryption = posture.Add(&Controls, posture.Over[v1alpha1.RDSStorageEncryption, inventory.Database]{
	ID:       "rds-storage-encryption",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.RDSStorageEncryption { return p.DataAtRest.RDSStorageEncryption },
	Observe:  inventory.Databases.With(),
	Judge: func(_ v1alpha1.RDSStorageEncryption, d inventory.Database, _ time.Time) posture.Verdict {
		if !d.Encrypted {
			return posture.Fail("StorageNotEncrypted", "the storage of this %s database is not encrypted", d.Engine)
		}
		return posture.Pass()
	},
	ByHand: func(_ v1alpha1.RDSStorageEncryption, d inventory.Database) string {
		switch {
		case d.Type == inventory.DBClusterType:
			return encryptCluster(d)
		case d.ReplicaOf != "":
			return fmt.Sprintf("a read replica is encrypted as its source is: encrypt %s first, then make %s again from it", d.ReplicaOf, d.ID)
		}
		return encryptInstance(d)
	},
})

// encryptInstance leads over an encrypted copy of a snapshot, which RDS makes of an unencrypted one.
func encryptInstance(d inventory.Database) string {
	return fmt.Sprintf("stop writers, then: "+
		"aws rds create-db-snapshot --region %[1]s --db-instance-identifier %[2]s --db-snapshot-identifier %[2]s-plain && "+
		"aws rds wait db-snapshot-available --region %[1]s --db-snapshot-identifier %[2]s-plain && "+
		"aws rds copy-db-snapshot --region %[1]s --source-db-snapshot-identifier %[2]s-plain --target-db-snapshot-identifier %[2]s-encrypted --kms-key-id alias/aws/rds && "+
		"aws rds wait db-snapshot-available --region %[1]s --db-snapshot-identifier %[2]s-encrypted && "+
		"aws rds restore-db-instance-from-db-snapshot --region %[1]s --db-snapshot-identifier %[2]s-encrypted --db-instance-identifier %[2]s-encrypted; "+
		"give it the same subnet group, security groups and parameters, point clients to it, delete %[2]s and %[2]s-plain", d.Region, d.ID)
}

// encryptCluster leads over the restore: RDS refuses to encrypt while it copies a cluster's snapshot.
func encryptCluster(d inventory.Database) string {
	return fmt.Sprintf("stop writers, then: "+
		"aws rds create-db-cluster-snapshot --region %[1]s --db-cluster-identifier %[2]s --db-cluster-snapshot-identifier %[2]s-plain && "+
		"aws rds wait db-cluster-snapshot-available --region %[1]s --db-cluster-snapshot-identifier %[2]s-plain && "+
		"aws rds restore-db-cluster-from-snapshot --region %[1]s --engine %[3]s --snapshot-identifier %[2]s-plain --db-cluster-identifier %[2]s-encrypted --kms-key-id alias/aws/rds; "+
		"give it the same subnet group, security groups, parameters and instances, point clients to it, delete %[2]s and %[2]s-plain", d.Region, d.ID, d.Engine)
}
