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

// encryptInstance leads over an encrypted copy of a snapshot, which RDS makes of an unencrypted
// one. It is short for any name, since a status is.
func encryptInstance(d inventory.Database) string {
	return fmt.Sprintf("stop writers; export AWS_REGION=%s db=%s; each when the one before is available: "+
		"aws rds create-db-snapshot --db-instance-identifier $db --db-snapshot-identifier $db-plain; "+
		"aws rds copy-db-snapshot --source-db-snapshot-identifier $db-plain --target-db-snapshot-identifier $db-kms --kms-key-id alias/aws/rds; "+
		"aws rds restore-db-instance-from-db-snapshot --db-snapshot-identifier $db-kms --db-instance-identifier $db-kms; "+
		"then move clients there, and delete $db and $db-plain", d.Region, d.ID)
}

// encryptCluster leads over the restore: RDS refuses to encrypt while it copies a cluster's snapshot.
func encryptCluster(d inventory.Database) string {
	return fmt.Sprintf("stop writers; export AWS_REGION=%s db=%s; each when the one before is available: "+
		"aws rds create-db-cluster-snapshot --db-cluster-identifier $db --db-cluster-snapshot-identifier $db-plain; "+
		"aws rds restore-db-cluster-from-snapshot --engine %s --snapshot-identifier $db-plain --db-cluster-identifier $db-kms --kms-key-id alias/aws/rds; "+
		"then add instances, move clients there, and delete $db and $db-plain", d.Region, d.ID, d.Engine)
}
