package cloudwatch

import (
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// What an intruder does first, or last, someone has to hear of: the events are those of the CIS
// AWS Foundations Benchmark 3.0, section 4.
var _ = []posture.Over[v1alpha1.TrailAlarm, inventory.Alerts]{
	alarmOn("unauthorized-api", "calls that were refused", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmUnauthorizedAPI },
		either(is("$.errorCode", "*UnauthorizedOperation"), is("$.errorCode", "AccessDenied*")), isNot("$.sourceIPAddress", "delivery.logs.amazonaws.com"), isNot("$.eventName", "HeadBucket")),
	alarmOn("signin-without-mfa", "console sign-ins without MFA", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmSigninWithoutMFA },
		either(is("$.eventName", "ConsoleLogin")), isNot("$.additionalEventData.MFAUsed", "Yes"), is("$.userIdentity.type", "IAMUser"), is("$.responseElements.ConsoleLogin", "Success")),
	alarmOn("console-auth-failures", "console sign-ins that failed", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmConsoleAuthFailures },
		either(is("$.eventName", "ConsoleLogin")), is("$.errorMessage", "Failed authentication")),
	alarmOn("iam-policy-changes", "changes of IAM policies", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmIAMPolicyChanges },
		calls("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion",
			"DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy"), of("iam")),
	alarmOn("cloudtrail-changes", "changes of trails", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmCloudTrailChanges },
		calls("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"), of("cloudtrail")),
	alarmOn("kms-key-loss", "keys that are disabled or to be deleted", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmKMSKeyLoss },
		calls("DisableKey", "ScheduleKeyDeletion"), of("kms")),
	alarmOn("s3-policy-changes", "changes of who may use buckets", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmS3PolicyChanges },
		calls("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle",
			"DeleteBucketReplication"), of("s3")),
	alarmOn("config-changes", "changes of AWS Config", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmConfigChanges },
		calls("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"), of("config")),
	alarmOn("sg-changes", "changes of security groups", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmSGChanges },
		calls("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"), of("ec2")),
	alarmOn("nacl-changes", "changes of network ACLs", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmNACLChanges },
		calls("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"), of("ec2")),
	alarmOn("gateway-changes", "changes of gateways", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmGatewayChanges },
		calls("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"), of("ec2")),
	alarmOn("route-table-changes", "changes of route tables", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmRouteTableChanges },
		calls("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"), of("ec2")),
	alarmOn("vpc-changes", "changes of VPCs", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmVPCChanges },
		calls("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection", "CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection",
			"AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"), of("ec2")),
	alarmOn("organizations-changes", "changes of the organization", func(m *v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm { return m.AlarmOrganizationsChanges },
		calls("AcceptHandshake", "AttachPolicy", "CreateAccount", "CreateOrganizationalUnit", "CreatePolicy", "DeclineHandshake", "DeleteOrganization", "DeleteOrganizationalUnit", "DeletePolicy",
			"DetachPolicy", "DisablePolicyType", "EnablePolicyType", "InviteAccountToOrganization", "LeaveOrganization", "MoveAccount", "RemoveAccountFromOrganization", "UpdatePolicy",
			"UpdateOrganizationalUnit"), of("organizations")),
}

// alarmOn is the control that an alarm is raised by any of the events, all of which the further
// clauses hold for.
func alarmOn(name, about string, leaf func(*v1alpha1.MonitoringPosture) *v1alpha1.TrailAlarm, events []clause, further ...clause) posture.Over[v1alpha1.TrailAlarm, inventory.Alerts] {
	w := trailAlarm{name: "guardrails-" + name, metric: name, about: about, pattern: patternOf(events, further), names: events, allowed: further}
	return posture.Add(&Controls, posture.Over[v1alpha1.TrailAlarm, inventory.Alerts]{
		ID:       "alarm-" + name,
		Declared: func(p *v1alpha1.Posture) *v1alpha1.TrailAlarm { return leaf(&p.Monitoring) },
		Observe:  inventory.TrailAlerts.With(),
		Judge:    func(_ v1alpha1.TrailAlarm, a inventory.Alerts, _ time.Time) posture.Verdict { return w.judge(a) },
		Plans:    func(leaf v1alpha1.TrailAlarm) []action.Action { return w.plans(leaf.NotifyEmail) },
		Mend:     func(leaf v1alpha1.TrailAlarm, a inventory.Alerts) []action.Action { return w.mend(a, leaf.NotifyEmail) },
		ByHand:   func(_ v1alpha1.TrailAlarm, a inventory.Alerts) string { return w.byHand(a) },
	})
}

// patternOf writes the pattern of a metric filter.
func patternOf(events, further []clause) string {
	text := func(clauses []clause) []string {
		var all []string
		for _, c := range clauses {
			all = append(all, "("+c.field+" "+c.operator+` "`+c.value+`")`)
		}
		return all
	}
	return "{ " + strings.Join(append([]string{"(" + strings.Join(text(events), " || ") + ")"}, text(further)...), " && ") + " }"
}

func either(clauses ...clause) []clause { return clauses }

func is(field, value string) clause { return clause{field: field, operator: "=", value: value} }

func isNot(field, value string) clause { return clause{field: field, operator: "!=", value: value} }

// calls are the events of calls.
func calls(names ...string) []clause {
	var all []clause
	for _, name := range names {
		all = append(all, is("$.eventName", name))
	}
	return all
}

// of is the service whose calls they are.
func of(service string) clause { return is("$.eventSource", service+".amazonaws.com") }
