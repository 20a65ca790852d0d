package v1alpha1

// Posture has one struct per area and in it one optional leaf per control: presence declares
// the control. Every leaf shares the settings enforcement and severity.
//
// How the leaves of several baselines merge is said by the tag `stricter` on each value:
// larger or smaller (the stricter of two numbers), true (true wins), both (only what both
// lists approve), either (what either list names), or an order a<b<c. A value without the tag has no
// order: baselines that disagree on it are in conflict.
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="posture declares nothing: name at least one control, for example identity: {rootMFA: {}} (a leaf without a value is a null and is dropped)"
type Posture struct {
	// People and programs: root, users, keys, passwords.
	// +optional
	Identity IdentityPosture `json:"identity,omitzero"`
	// KMS keys.
	// +optional
	Keys KeysPosture `json:"keys,omitzero"`
	// Data at rest: S3, EBS, RDS, DynamoDB.
	// +optional
	DataAtRest DataAtRestPosture `json:"dataAtRest,omitzero"`
	// Data on the wire.
	// +optional
	DataInTransit DataInTransitPosture `json:"dataInTransit,omitzero"`
	// Instances and images.
	// +optional
	Compute ComputePosture `json:"compute,omitzero"`
	// Security groups.
	// +optional
	Network NetworkPosture `json:"network,omitzero"`
	// The audit trail and other logs.
	// +optional
	Logging LoggingPosture `json:"logging,omitzero"`
	// Alarms and change records.
	// +optional
	Monitoring MonitoringPosture `json:"monitoring,omitzero"`
	// Threat detection.
	// +optional
	Threat ThreatPosture `json:"threat,omitzero"`
	// Readiness to respond.
	// +optional
	Response ResponsePosture `json:"response,omitzero"`
}

// Setting is what every control shares.
type Setting struct {
	// Enforcement of this control; left out, the baseline's. Costly and disruptive
	// actions need Enforce here, not only on the baseline, to be applied without
	// an approval.
	// +optional
	Enforcement Enforcement `json:"enforcement,omitempty"`
	// Severity of a failure; left out, the catalogue's.
	// +optional
	Severity Severity `json:"severity,omitempty"`
}

// Common returns the setting itself; every leaf has it by embedding.
func (s *Setting) Common() *Setting { return s }

// Presence declares a control that takes no values: that it is there says all.
type Presence struct {
	Setting `json:",inline"`
}

// IdentityPosture is the area identity (whitepaper: Managing AWS Credentials, Using the IAM Service).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type IdentityPosture struct {
	// iam-root-access-key: the root user has no access keys (Table 5).
	// +optional
	RootAccessKey *RootAccessKey `json:"rootAccessKey,omitempty"`
	// iam-root-mfa: the root user, where it has credentials at all, has MFA (Table
	// 4).
	// +optional
	RootMFA *RootMFA `json:"rootMFA,omitempty"`
	// iam-password-policy: the account's password policy is at least this strict
	// (Table 4).
	// +optional
	PasswordPolicy *PasswordPolicy `json:"passwordPolicy,omitempty"`
	// iam-user-mfa: users with a console password have MFA; enforced, a user
	// without it may do nothing but enrol (Tables 4, 5).
	// +optional
	UserMFA *UserMFA `json:"userMFA,omitempty"`
	// iam-access-key-rotation: access keys are no older than this; enforced, older
	// ones are deactivated, never deleted (Table 5).
	// +optional
	AccessKeyRotation *AccessKeyRotation `json:"accessKeyRotation,omitempty"`
	// iam-unused-credentials: keys and passwords unused for this long are disabled
	// (Secure Your Operating Systems and Applications).
	// +optional
	UnusedCredentials *UnusedCredentials `json:"unusedCredentials,omitempty"`
	// iam-no-direct-policies: users get permissions from groups only (Managing IAM
	// Groups).
	// +optional
	NoDirectPolicies *NoDirectPolicies `json:"noDirectPolicies,omitempty"`
}

// RootAccessKey declares iam-root-access-key.
type RootAccessKey struct {
	Setting `json:",inline"`
}

// RootMFA declares iam-root-mfa.
type RootMFA struct {
	Setting `json:",inline"`
}

// PasswordPolicy declares iam-password-policy.
type PasswordPolicy struct {
	Setting `json:",inline"`
	// Fewest characters. Default 14, from 6 to 128.
	// +kubebuilder:default=14
	// +kubebuilder:validation:Minimum=6
	// +kubebuilder:validation:Maximum=128
	// +optional
	MinLength int32 `json:"minLength,omitempty" stricter:"larger"`
	// Ask for an upper-case and a lower-case letter, a digit and a symbol. Default
	// true.
	// +kubebuilder:default=true
	// +optional
	CharacterClasses *bool `json:"characterClasses,omitempty" stricter:"true"`
	// Passwords remembered and refused. Default 24, from 1 to 24.
	// +kubebuilder:default=24
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=24
	// +optional
	ReusePrevention int32 `json:"reusePrevention,omitempty" stricter:"larger"`
	// Days until a password expires, from 1 to 1095. Left out: expiry is not
	// declared, and left as it is.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1095
	// +optional
	MaxAgeDays int32 `json:"maxAgeDays,omitempty" stricter:"smaller"`
}

// UserMFA declares iam-user-mfa.
type UserMFA struct {
	Setting `json:",inline"`
}

// AccessKeyRotation declares iam-access-key-rotation.
type AccessKeyRotation struct {
	Setting `json:",inline"`
	// Oldest an active key may be, in days. Default 90, from 1 to 3650.
	// +kubebuilder:default=90
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=3650
	// +optional
	MaxAgeDays int32 `json:"maxAgeDays,omitempty" stricter:"smaller"`
}

// UnusedCredentials declares iam-unused-credentials.
type UnusedCredentials struct {
	Setting `json:",inline"`
	// Days without use after which a credential is disabled. Default 45, from 1 to
	// 3650.
	// +kubebuilder:default=45
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=3650
	// +optional
	MaxUnusedDays int32 `json:"maxUnusedDays,omitempty" stricter:"smaller"`
}

// NoDirectPolicies declares iam-no-direct-policies.
type NoDirectPolicies struct {
	Setting `json:",inline"`
}

// KeysPosture is the area keys (whitepaper: Storing and Managing Encryption Keys in the Cloud).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type KeysPosture struct {
	// kms-key-rotation: customer-managed symmetric keys rotate by themselves
	// (Storing and Managing Encryption Keys in the Cloud).
	// +optional
	KMSKeyRotation *KMSKeyRotation `json:"kmsKeyRotation,omitempty"`
	// kms-key-deletion-guard: no key is pending deletion without an approved
	// decommission (Decommission Data and Media Securely).
	// +optional
	KMSKeyDeletionGuard *KMSKeyDeletionGuard `json:"kmsKeyDeletionGuard,omitempty"`
}

// KMSKeyRotation declares kms-key-rotation.
type KMSKeyRotation struct {
	Setting `json:",inline"`
	// Longest time between two rotations, in days. Default 365, from 90 to 2560.
	// +kubebuilder:default=365
	// +kubebuilder:validation:Minimum=90
	// +kubebuilder:validation:Maximum=2560
	// +optional
	MaxPeriodDays int32 `json:"maxPeriodDays,omitempty" stricter:"smaller"`
}

// KMSKeyDeletionGuard declares kms-key-deletion-guard.
type KMSKeyDeletionGuard struct {
	Setting `json:",inline"`
	// Keys whose deletion is approved, by key id. 100 at most; default none.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:Pattern=`^[A-Za-z0-9-]+$`
	// +kubebuilder:validation:items:MaxLength=128
	// +listType=set
	// +optional
	Decommissioned []string `json:"decommissioned,omitempty" stricter:"both"`
}

// DataAtRestPosture is the area data at rest (whitepaper: Protecting Data at Rest, Tables 7 to 10).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type DataAtRestPosture struct {
	// s3-account-public-access-block: Block Public Access is on for the whole
	// account (Table 8).
	// +optional
	S3AccountPublicAccessBlock *S3AccountPublicAccessBlock `json:"s3AccountPublicAccessBlock,omitempty"`
	// s3-bucket-public-access-block: each bucket holds its own Block Public Access
	// (Table 8).
	// +optional
	S3BucketPublicAccessBlock *S3BucketPublicAccessBlock `json:"s3BucketPublicAccessBlock,omitempty"`
	// s3-bucket-versioning: bucket versioning is on (Table 7).
	// +optional
	S3BucketVersioning *S3BucketVersioning `json:"s3BucketVersioning,omitempty"`
	// s3-bucket-encryption: new objects are encrypted with the declared method
	// (Table 8).
	// +optional
	S3BucketEncryption *S3BucketEncryption `json:"s3BucketEncryption,omitempty"`
	// ebs-default-encryption: new EBS volumes are encrypted, per region (Table 9).
	// +optional
	EBSDefaultEncryption *EBSDefaultEncryption `json:"ebsDefaultEncryption,omitempty"`
	// ebs-snapshot-not-public: no EBS snapshot is shared with everyone (Table 9).
	// +optional
	EBSSnapshotNotPublic *EBSSnapshotNotPublic `json:"ebsSnapshotNotPublic,omitempty"`
	// ebs-snapshot-block-public-access: no EBS snapshot of the region can be
	// shared with everyone (Table 9).
	// +optional
	EBSSnapshotBlockPublicAccess *EBSSnapshotBlockPublicAccess `json:"ebsSnapshotBlockPublicAccess,omitempty"`
	// rds-storage-encryption: RDS storage is encrypted; existing storage is
	// migrated by hand (Table 10).
	// +optional
	RDSStorageEncryption *RDSStorageEncryption `json:"rdsStorageEncryption,omitempty"`
	// rds-snapshot-not-public: no RDS snapshot is shared with everyone (Table 10).
	// +optional
	RDSSnapshotNotPublic *RDSSnapshotNotPublic `json:"rdsSnapshotNotPublic,omitempty"`
	// rds-backup-retention: RDS keeps automated backups of instances that are in
	// no cluster and no replicas (Table 7).
	// +optional
	RDSBackupRetention *RDSBackupRetention `json:"rdsBackupRetention,omitempty"`
	// dynamodb-pitr: tables have point-in-time recovery (Table 7).
	// +optional
	DynamoDBPITR *DynamoDBPITR `json:"dynamodbPITR,omitempty"`
}

// S3AccountPublicAccessBlock declares s3-account-public-access-block.
type S3AccountPublicAccessBlock struct {
	Setting `json:",inline"`
}

// S3BucketPublicAccessBlock declares s3-bucket-public-access-block.
type S3BucketPublicAccessBlock struct {
	Setting `json:",inline"`
}

// S3BucketVersioning declares s3-bucket-versioning.
type S3BucketVersioning struct {
	Setting `json:",inline"`
}

// S3BucketEncryption declares s3-bucket-encryption.
// +kubebuilder:validation:XValidation:rule="!has(self.kmsKeyARN) || self.algorithm != 'AES256'",message="kmsKeyARN needs algorithm aws:kms or aws:kms:dsse"
type S3BucketEncryption struct {
	Setting `json:",inline"`
	// Weakest default encryption allowed. AES256 is what AWS gives every bucket
	// since 2023. Default aws:kms.
	// +kubebuilder:validation:Enum=AES256;aws:kms;aws:kms:dsse
	// +kubebuilder:default="aws:kms"
	// +optional
	Algorithm string `json:"algorithm,omitempty" stricter:"AES256<aws:kms<aws:kms:dsse"`
	// ARN of the key that must be used, named as buckets name it. Left out: any
	// KMS key, and the AWS-managed one where none is set. A multi-Region key
	// counts in each of its regions.
	// +kubebuilder:validation:Pattern=`^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/[A-Za-z0-9/_-]+$`
	// +kubebuilder:validation:MaxLength=512
	// +optional
	KMSKeyARN string `json:"kmsKeyARN,omitempty"`
}

// EBSDefaultEncryption declares ebs-default-encryption.
type EBSDefaultEncryption struct {
	Setting `json:",inline"`
	// Customer-managed key for new volumes, as alias/name, the same in every
	// region. Left out: any key. A key that the launching principal may not use
	// breaks launches.
	// +kubebuilder:validation:Pattern=`^alias/[A-Za-z0-9/_-]+$`
	// +kubebuilder:validation:MaxLength=256
	// +optional
	KMSKeyAlias string `json:"kmsKeyAlias,omitempty"`
}

// EBSSnapshotNotPublic declares ebs-snapshot-not-public.
type EBSSnapshotNotPublic struct {
	Setting `json:",inline"`
}

// EBSSnapshotBlockPublicAccess declares ebs-snapshot-block-public-access.
type EBSSnapshotBlockPublicAccess struct {
	Setting `json:",inline"`
	// What is blocked at least: block-all-sharing also cuts off those who use
	// snapshots that are public already. Default block-new-sharing.
	// +kubebuilder:validation:Enum=block-new-sharing;block-all-sharing
	// +kubebuilder:default=block-new-sharing
	// +optional
	Mode string `json:"mode,omitempty" stricter:"block-new-sharing<block-all-sharing"`
}

// RDSStorageEncryption declares rds-storage-encryption.
type RDSStorageEncryption struct {
	Setting `json:",inline"`
}

// RDSBackupRetention declares rds-backup-retention.
type RDSBackupRetention struct {
	Setting `json:",inline"`
	// For how many days at least, 1 to 35. Default 7.
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=35
	// +kubebuilder:default=7
	// +optional
	MinDays int32 `json:"minDays,omitempty" stricter:"larger"`
}

// RDSSnapshotNotPublic declares rds-snapshot-not-public.
type RDSSnapshotNotPublic struct {
	Setting `json:",inline"`
}

// DynamoDBPITR declares dynamodb-pitr.
type DynamoDBPITR struct {
	Setting `json:",inline"`
}

// DataInTransitPosture is the area data in transit (whitepaper: Protect Data in Transit, Table 12).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type DataInTransitPosture struct {
	// s3-tls-only: every bucket policy denies requests without TLS; a statement is
	// added to what is there, which is kept word by word (Protecting Data in
	// Transit to Amazon S3).
	// +optional
	S3TLSOnly *S3TLSOnly `json:"s3TLSOnly,omitempty"`
}

// S3TLSOnly declares s3-tls-only.
type S3TLSOnly struct {
	Setting `json:",inline"`
}

// ComputePosture is the area compute (whitepaper: Secure Your Operating Systems and Applications).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type ComputePosture struct {
	// ec2-imdsv2: instances answer only to session-oriented metadata requests (IAM
	// Roles for Amazon EC2).
	// +optional
	EC2IMDSv2 *EC2IMDSv2 `json:"ec2IMDSv2,omitempty"`
	// ec2-imdsv2-account-default: new instances require IMDSv2, per region
	// (Bootstrapping).
	// +optional
	EC2IMDSv2AccountDefault *EC2IMDSv2AccountDefault `json:"ec2IMDSv2AccountDefault,omitempty"`
	// ami-not-public: no image of the account is public (Table 15).
	// +optional
	AMINotPublic *AMINotPublic `json:"amiNotPublic,omitempty"`
	// ami-block-public-access: no image of the region can be made public
	// (Controlling Security for Public AMIs).
	// +optional
	AMIBlockPublicAccess *Presence `json:"amiBlockPublicAccess,omitempty"`
	// rds-minor-version-upgrade: RDS instances take minor versions, and their
	// patches, by themselves (Managing Patches).
	// +optional
	RDSMinorVersionUpgrade *Presence `json:"rdsMinorVersionUpgrade,omitempty"`
}

// EC2IMDSv2 declares ec2-imdsv2.
type EC2IMDSv2 struct {
	Setting `json:",inline"`
}

// EC2IMDSv2AccountDefault declares ec2-imdsv2-account-default.
type EC2IMDSv2AccountDefault struct {
	Setting `json:",inline"`
}

// AMINotPublic declares ami-not-public.
type AMINotPublic struct {
	Setting `json:",inline"`
}

// NetworkPosture is the area network (whitepaper: Strengthening Network Security).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type NetworkPosture struct {
	// vpc-default-sg-closed: default security groups have no rules (Using Security
	// Zoning and Network Segmentation).
	// +optional
	VPCDefaultSGClosed *VPCDefaultSGClosed `json:"vpcDefaultSGClosed,omitempty"`
	// sg-no-open-remote-admin: no group opens SSH (22) or RDP (3389) to the
	// internet, over IPv4 or IPv6 (Using the Trusted Advisor Tool).
	// +optional
	SGNoOpenRemoteAdmin *SGNoOpenRemoteAdmin `json:"sgNoOpenRemoteAdmin,omitempty"`
	// sg-no-open-database-ports: no group opens 1433, 1434, 1521, 3306 or 5432 to
	// the internet (Using the Trusted Advisor Tool).
	// +optional
	SGNoOpenDatabasePorts *SGNoOpenDatabasePorts `json:"sgNoOpenDatabasePorts,omitempty"`
	// rds-not-public: RDS instances have no public address (Strengthening Network
	// Security).
	// +optional
	RDSNotPublic *Presence `json:"rdsNotPublic,omitempty"`
	// subnet-no-auto-public-ip: what is launched in a subnet gets no public IPv4
	// address unless its launch asks for one (Using Amazon VPC, Table 20).
	// +optional
	SubnetNoAutoPublicIP *Presence `json:"subnetNoAutoPublicIP,omitempty"`
}

// VPCDefaultSGClosed declares vpc-default-sg-closed.
type VPCDefaultSGClosed struct {
	Setting `json:",inline"`
}

// SGNoOpenRemoteAdmin declares sg-no-open-remote-admin.
type SGNoOpenRemoteAdmin struct {
	Setting `json:",inline"`
	// Ports that nobody on the internet may reach; 50 at most. Default 22 and
	// 3389.
	// +kubebuilder:default={22,3389}
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:Minimum=1
	// +kubebuilder:validation:items:Maximum=65535
	// +listType=set
	// +optional
	Ports []int32 `json:"ports,omitempty" stricter:"either"`
}

// SGNoOpenDatabasePorts declares sg-no-open-database-ports.
type SGNoOpenDatabasePorts struct {
	Setting `json:",inline"`
	// Ports that nobody on the internet may reach; 50 at most. Default 1433, 1434,
	// 1521, 3306 and 5432.
	// +kubebuilder:default={1433,1434,1521,3306,5432}
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:Minimum=1
	// +kubebuilder:validation:items:Maximum=65535
	// +listType=set
	// +optional
	Ports []int32 `json:"ports,omitempty" stricter:"either"`
}

// LoggingPosture is the area logging (whitepaper: Manage Security Monitoring, Alerting, Audit
// Trail, and Incident Response; Protecting Log Information).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type LoggingPosture struct {
	// cloudtrail-multi-region: a trail records management events of all regions
	// and is logging (Manage Security Monitoring, Alerting, Audit Trail, and
	// Incident Response).
	// +optional
	CloudTrailMultiRegion *CloudTrailMultiRegion `json:"cloudTrailMultiRegion,omitempty"`
	// cloudtrail-log-validation: trails write digests that show tampering
	// (Protecting Log Information, Table 24).
	// +optional
	CloudTrailLogValidation *CloudTrailLogValidation `json:"cloudTrailLogValidation,omitempty"`
	// vpc-flow-logs: every VPC has flow logs (Strengthening Network Security).
	// +optional
	VPCFlowLogs *VPCFlowLogs `json:"vpcFlowLogs,omitempty"`
	// log-group-retention: log groups keep logs at least this long; never
	// shortened (Protecting Log Information, Table 24).
	// +optional
	LogGroupRetention *LogGroupRetention `json:"logGroupRetention,omitempty"`
	// elb-access-logging: load balancers log who comes (Protecting Log
	// Information).
	// +optional
	ELBAccessLogging *ELBAccessLogging `json:"elbAccessLogging,omitempty"`
	// s3-access-logging: buckets log who reads and writes them (Table 24: service
	// access logs).
	// +optional
	S3AccessLogging *S3AccessLogging `json:"s3AccessLogging,omitempty"`
}

// S3AccessLogging declares s3-access-logging.
type S3AccessLogging struct {
	Setting `json:",inline"`
	// Bucket that takes the logs of those of its region that have none; its policy
	// must let logging.s3.amazonaws.com write. It is not logged itself, and those
	// that log to another bucket are left alone.
	// +kubebuilder:validation:Pattern=`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`
	// +kubebuilder:validation:MaxLength=63
	BucketName string `json:"bucketName"`
	// Region of that bucket. S3 delivers to no other: buckets elsewhere are told
	// by hand.
	// +kubebuilder:validation:Pattern=`^[a-z]{2}(-[a-z]+)+-[0-9]+$`
	// +kubebuilder:validation:MaxLength=32
	Region string `json:"region"`
}

// CloudTrailMultiRegion declares cloudtrail-multi-region.
type CloudTrailMultiRegion struct {
	Setting `json:",inline"`
	// Existing bucket for the trail that is created where there is none; a trail
	// that records already keeps its own, which must be the account's, its
	// organization's or this one. Left out: a bucket of the account is created
	// with the trail.
	// +kubebuilder:validation:Pattern=`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`
	// +kubebuilder:validation:MaxLength=63
	// +optional
	BucketName string `json:"bucketName,omitempty"`
}

// CloudTrailLogValidation declares cloudtrail-log-validation.
type CloudTrailLogValidation struct {
	Setting `json:",inline"`
}

// VPCFlowLogs declares vpc-flow-logs.
type VPCFlowLogs struct {
	Setting `json:",inline"`
	// Traffic that is recorded at least. Default REJECT.
	// +kubebuilder:validation:Enum=REJECT;ALL
	// +kubebuilder:default=REJECT
	// +optional
	TrafficType string `json:"trafficType,omitempty" stricter:"REJECT<ALL"`
}

// LogGroupRetention declares log-group-retention.
type LogGroupRetention struct {
	Setting `json:",inline"`
	// Fewest days that logs are kept; a group that keeps them forever passes. One
	// of the periods that CloudWatch Logs knows. Default 365.
	// +kubebuilder:validation:Enum=1;3;5;7;14;30;60;90;120;150;180;365;400;545;731;1096;1827;2192;2557;2922;3288;3653
	// +kubebuilder:default=365
	// +optional
	MinDays int32 `json:"minDays,omitempty" stricter:"larger"`
}

// ELBAccessLogging declares elb-access-logging.
type ELBAccessLogging struct {
	Setting `json:",inline"`
	// Bucket that takes the logs of those that have none, in their region; its
	// policy must let Elastic Load Balancing write. Those that log to another
	// bucket are left alone.
	// +kubebuilder:validation:Pattern=`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`
	// +kubebuilder:validation:MaxLength=63
	BucketName string `json:"bucketName"`
}

// MonitoringPosture is the area monitoring (whitepaper: Using Change Management Logs).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type MonitoringPosture struct {
	// alarm-root-usage: use of the root user raises an alarm that reaches someone
	// (Manage Security Monitoring, Alerting, Audit Trail, and Incident Response).
	// +optional
	AlarmRootUsage *AlarmRootUsage `json:"alarmRootUsage,omitempty"`
	// alarm-unauthorized-api: calls that AWS refused raise an alarm that reaches
	// someone (Table 24).
	// +optional
	AlarmUnauthorizedAPI *TrailAlarm `json:"alarmUnauthorizedAPI,omitempty"`
	// alarm-signin-without-mfa: console sign-ins without MFA raise an alarm that
	// reaches someone (Table 24).
	// +optional
	AlarmSigninWithoutMFA *TrailAlarm `json:"alarmSigninWithoutMFA,omitempty"`
	// alarm-iam-policy-changes: changes of IAM policies raise an alarm that
	// reaches someone (Table 24).
	// +optional
	AlarmIAMPolicyChanges *TrailAlarm `json:"alarmIAMPolicyChanges,omitempty"`
	// alarm-cloudtrail-changes: changes of trails raise an alarm that reaches
	// someone (Table 24).
	// +optional
	AlarmCloudTrailChanges *TrailAlarm `json:"alarmCloudTrailChanges,omitempty"`
	// alarm-console-auth-failures: console sign-ins that failed raise an alarm
	// that reaches someone (Table 24).
	// +optional
	AlarmConsoleAuthFailures *TrailAlarm `json:"alarmConsoleAuthFailures,omitempty"`
	// alarm-kms-key-loss: keys that are disabled or to be deleted raise an alarm
	// that reaches someone (Table 24).
	// +optional
	AlarmKMSKeyLoss *TrailAlarm `json:"alarmKMSKeyLoss,omitempty"`
	// alarm-s3-policy-changes: changes of who may use buckets raise an alarm that
	// reaches someone (Table 24).
	// +optional
	AlarmS3PolicyChanges *TrailAlarm `json:"alarmS3PolicyChanges,omitempty"`
	// alarm-config-changes: changes of AWS Config raise an alarm that reaches
	// someone (Using Change Management Logs).
	// +optional
	AlarmConfigChanges *TrailAlarm `json:"alarmConfigChanges,omitempty"`
	// alarm-sg-changes: changes of security groups raise an alarm that reaches
	// someone (Using Change Management Logs).
	// +optional
	AlarmSGChanges *TrailAlarm `json:"alarmSGChanges,omitempty"`
	// alarm-nacl-changes: changes of network ACLs raise an alarm that reaches
	// someone (Using Change Management Logs).
	// +optional
	AlarmNACLChanges *TrailAlarm `json:"alarmNACLChanges,omitempty"`
	// alarm-gateway-changes: changes of gateways raise an alarm that reaches
	// someone (Using Change Management Logs).
	// +optional
	AlarmGatewayChanges *TrailAlarm `json:"alarmGatewayChanges,omitempty"`
	// alarm-route-table-changes: changes of route tables raise an alarm that
	// reaches someone (Using Change Management Logs).
	// +optional
	AlarmRouteTableChanges *TrailAlarm `json:"alarmRouteTableChanges,omitempty"`
	// alarm-vpc-changes: changes of VPCs raise an alarm that reaches someone
	// (Using Change Management Logs).
	// +optional
	AlarmVPCChanges *TrailAlarm `json:"alarmVPCChanges,omitempty"`
	// alarm-organizations-changes: changes of the organization raise an alarm that
	// reaches someone (Table 3).
	// +optional
	AlarmOrganizationsChanges *TrailAlarm `json:"alarmOrganizationsChanges,omitempty"`
	// config-recorder: AWS Config records all resource types and delivers, per
	// region (Table 2).
	// +optional
	ConfigRecorder *ConfigRecorder `json:"configRecorder,omitempty"`
}

// TrailAlarm declares an alarm on what a trail records.
type TrailAlarm struct {
	Setting `json:",inline"`
	// Mail address subscribed to the alarm's topic; its owner has to confirm. Left
	// out: a topic with a confirmed subscriber must exist.
	// +kubebuilder:validation:Pattern=`^[^@\s]+@[^@\s]+$`
	// +kubebuilder:validation:MaxLength=254
	// +optional
	NotifyEmail string `json:"notifyEmail,omitempty"`
}

// AlarmRootUsage declares alarm-root-usage.
type AlarmRootUsage struct {
	Setting `json:",inline"`
	// Mail address subscribed to the alarm's topic; its owner has to confirm. Left
	// out: a topic with a confirmed subscriber must exist.
	// +kubebuilder:validation:Pattern=`^[^@\s]+@[^@\s]+$`
	// +kubebuilder:validation:MaxLength=254
	// +optional
	NotifyEmail string `json:"notifyEmail,omitempty"`
}

// ConfigRecorder declares config-recorder.
type ConfigRecorder struct {
	Setting `json:",inline"`
	// Existing bucket for the recorder that is created where there is none; one
	// that records already keeps its own. Left out: a bucket of the account is
	// created with the recorder.
	// +kubebuilder:validation:Pattern=`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`
	// +kubebuilder:validation:MaxLength=63
	// +optional
	BucketName string `json:"bucketName,omitempty"`
}

// ThreatPosture is the area threat (whitepaper: Protecting Your System from Malware, Table 18).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type ThreatPosture struct {
	// guardduty-enabled: GuardDuty watches every region in scope (Tables 18, 19).
	// +optional
	GuardDuty *GuardDuty `json:"guardDuty,omitempty"`
	// guardduty-malware-protection: where GuardDuty finds something on an
	// instance, its volumes are scanned for malware (Table 18).
	// +optional
	GuardDutyMalwareProtection *Presence `json:"guardDutyMalwareProtection,omitempty"`
}

// GuardDuty declares guardduty-enabled.
type GuardDuty struct {
	Setting `json:",inline"`
}

// ResponsePosture is the area response (whitepaper: Mitigating Compromise and Abuse, Table 19).
// +kubebuilder:validation:XValidation:rule="size(dyn(self)) > 0",message="declares no control: name at least one, as in rootMFA: {} (a leaf without a value is a null and is dropped), or leave the area out"
type ResponsePosture struct {
	// account-security-contact: AWS knows whom to call about security (Table 19).
	// +optional
	AccountSecurityContact *AccountSecurityContact `json:"accountSecurityContact,omitempty"`
}

// AccountSecurityContact declares account-security-contact.
type AccountSecurityContact struct {
	Setting `json:",inline"`
	// Name of the person or team, 64 characters at most.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	Name string `json:"name"`
	// Title of the person or team, 50 characters at most. Default Security.
	// +kubebuilder:default=Security
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=50
	// +optional
	Title string `json:"title,omitempty"`
	// Mail address.
	// +kubebuilder:validation:Pattern=`^[^@\s]+@[^@\s]+\.[^@\s]+$`
	// +kubebuilder:validation:MaxLength=254
	Email string `json:"email"`
	// Phone number with country code, 25 characters at most.
	// +kubebuilder:validation:Pattern=`^[0-9\s()+-]+$`
	// +kubebuilder:validation:MaxLength=25
	Phone string `json:"phone"`
}
