package neglected

import (
	"reflect"

	"k8s.io/utils/ptr"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Everything declares every control there is: those named here with the defaults that the API
// server fills in, or with what they cannot do without, and all others as they are.
func Everything() v1alpha1.Posture {
	whole := named()
	areas := reflect.ValueOf(&whole).Elem()
	for i := range areas.NumField() {
		for j := range areas.Field(i).NumField() {
			if leaf := areas.Field(i).Field(j); leaf.Kind() == reflect.Pointer && leaf.IsNil() {
				leaf.Set(reflect.New(leaf.Type().Elem()))
			}
		}
	}
	return whole
}

func named() v1alpha1.Posture {
	return v1alpha1.Posture{
		Identity: v1alpha1.IdentityPosture{
			RootAccessKey: &v1alpha1.RootAccessKey{}, RootMFA: &v1alpha1.RootMFA{},
			PasswordPolicy: &v1alpha1.PasswordPolicy{MinLength: 14, CharacterClasses: ptr.To(true), ReusePrevention: 24},
			UserMFA:        &v1alpha1.UserMFA{}, AccessKeyRotation: &v1alpha1.AccessKeyRotation{MaxAgeDays: 90},
			UnusedCredentials: &v1alpha1.UnusedCredentials{MaxUnusedDays: 45}, NoDirectPolicies: &v1alpha1.NoDirectPolicies{},
		},
		Keys: v1alpha1.KeysPosture{KMSKeyRotation: &v1alpha1.KMSKeyRotation{MaxPeriodDays: 365}, KMSKeyDeletionGuard: &v1alpha1.KMSKeyDeletionGuard{}},
		DataAtRest: v1alpha1.DataAtRestPosture{
			S3AccountPublicAccessBlock: &v1alpha1.S3AccountPublicAccessBlock{}, S3BucketPublicAccessBlock: &v1alpha1.S3BucketPublicAccessBlock{},
			S3BucketVersioning: &v1alpha1.S3BucketVersioning{}, S3BucketEncryption: &v1alpha1.S3BucketEncryption{Algorithm: "aws:kms"},
			EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{}, EBSSnapshotNotPublic: &v1alpha1.EBSSnapshotNotPublic{},
			RDSStorageEncryption: &v1alpha1.RDSStorageEncryption{}, RDSSnapshotNotPublic: &v1alpha1.RDSSnapshotNotPublic{}, DynamoDBPITR: &v1alpha1.DynamoDBPITR{},
		},
		DataInTransit: v1alpha1.DataInTransitPosture{S3TLSOnly: &v1alpha1.S3TLSOnly{}},
		Compute: v1alpha1.ComputePosture{
			EC2IMDSv2: &v1alpha1.EC2IMDSv2{}, EC2IMDSv2AccountDefault: &v1alpha1.EC2IMDSv2AccountDefault{}, AMINotPublic: &v1alpha1.AMINotPublic{},
		},
		Network: v1alpha1.NetworkPosture{
			VPCDefaultSGClosed: &v1alpha1.VPCDefaultSGClosed{}, SGNoOpenRemoteAdmin: &v1alpha1.SGNoOpenRemoteAdmin{Ports: []int32{22, 3389}},
			SGNoOpenDatabasePorts: &v1alpha1.SGNoOpenDatabasePorts{Ports: []int32{1433, 1434, 1521, 3306, 5432}},
		},
		Logging: v1alpha1.LoggingPosture{
			CloudTrailMultiRegion: &v1alpha1.CloudTrailMultiRegion{}, CloudTrailLogValidation: &v1alpha1.CloudTrailLogValidation{},
			VPCFlowLogs: &v1alpha1.VPCFlowLogs{TrafficType: "REJECT"}, LogGroupRetention: &v1alpha1.LogGroupRetention{MinDays: 365},
			ELBAccessLogging: &v1alpha1.ELBAccessLogging{BucketName: "access-logs"},
		},
		Monitoring: v1alpha1.MonitoringPosture{AlarmRootUsage: &v1alpha1.AlarmRootUsage{NotifyEmail: "security@example.com"}, ConfigRecorder: &v1alpha1.ConfigRecorder{}},
		Threat:     v1alpha1.ThreatPosture{GuardDuty: &v1alpha1.GuardDuty{}},
		Response: v1alpha1.ResponsePosture{AccountSecurityContact: &v1alpha1.AccountSecurityContact{
			Name: "Security", Title: "Security", Email: "security@example.com", Phone: "+1 555 0100",
		}},
	}
}
