package inventory

import "strings"

// Resource types of RDS.
const (
	DBInstanceType        = "AWS::RDS::DBInstance"
	DBClusterType         = "AWS::RDS::DBCluster"
	DBSnapshotType        = "AWS::RDS::DBSnapshot"
	DBClusterSnapshotType = "AWS::RDS::DBClusterSnapshot"
)

// Databases are the RDS databases of a region, each by what holds its storage: the cluster, for
// the instances that are in one, and the instance itself for all others.
var Databases = Collection[Database]{Name: "rds.databases", Scope: Regional}

// Database is an RDS cluster, or an instance that is in none.
type Database struct {
	Ref
	Engine string
	// Encrypted with any key, one that AWS owns and does not show included.
	Encrypted bool
	// ReplicaOf is the instance that a read replica copies.
	ReplicaOf string
}

// DBInstances are the RDS instances of a region, those in clusters among them.
var DBInstances = Collection[DBInstance]{Name: "rds.instances", Scope: Regional, Type: Type{Name: DBInstanceType, ARN: "rds:{region}:{account}:db:{id}"}}

// DBInstance is an RDS instance.
type DBInstance struct {
	Ref
	// Public: its name resolves to a public address outside its VPC.
	Public bool
	// MinorUpgrades: it takes minor versions of its engine by itself.
	MinorUpgrades bool
	// BackupDays are those for which automated backups are kept; none are made at 0.
	BackupDays int32
	// Cluster that it is in: the backups are the cluster's.
	Cluster string
	// ReplicaOf is the instance that a read replica copies.
	ReplicaOf string
	// BackupPlanned: AWS Backup makes its backups, and keeps them.
	BackupPlanned bool
	// Pending: changes wait for its maintenance window, or are on their way.
	Pending bool
}

// What RDS tells of each instance.
var (
	DBInstancePublic        = Listed(DBInstances, "PubliclyAccessible", func(i DBInstance) bool { return i.Public })
	DBInstanceMinorUpgrades = Listed(DBInstances, "AutoMinorVersionUpgrade", func(i DBInstance) bool { return i.MinorUpgrades })
	DBInstanceBackupDays    = Listed(DBInstances, "BackupRetentionPeriod", func(i DBInstance) int32 { return i.BackupDays })
)

// DBSnapshots are the snapshots of databases that people took in a region; automated ones
// cannot be shared.
var DBSnapshots = Collection[DBSnapshot]{Name: "rds.snapshots", Scope: Regional}

// DBSnapshotSharing is whom a snapshot is shared with, a call for each that could be public.
const DBSnapshotSharing Facet = "Sharing"

// DBSnapshot is a manual snapshot of an instance or of a cluster.
type DBSnapshot struct {
	Ref
	// KMSEncrypted: RDS refuses to make such a snapshot public.
	KMSEncrypted bool
	// Sharing is read of all other snapshots.
	Sharing Observed[DBSharing]
}

// dbEveryone stands for all AWS accounts among those that a snapshot is shared with.
const dbEveryone = "all"

// DBSharing is who may restore a snapshot: account ids in order, and perhaps everyone.
type DBSharing []string

// Public says whether every AWS account may restore the snapshot.
func (s DBSharing) Public() bool {
	for _, account := range s {
		if account == dbEveryone {
			return true
		}
	}
	return false
}

// Private is the sharing without everyone: what named accounts were given, they keep.
func (s DBSharing) Private() DBSharing {
	var named DBSharing
	for _, account := range s {
		if account != dbEveryone {
			named = append(named, account)
		}
	}
	return named
}

func (s DBSharing) String() string {
	if len(s) == 0 {
		return "nobody"
	}
	return strings.Join(s, ", ")
}
