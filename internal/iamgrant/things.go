package iamgrant

import (
	"cmp"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// things are what an action writes to by a name that is known before anything is found; what is
// empty may be any of its kind.
type things struct {
	bucket   string
	logGroup string
	// role is made, or handed to a service; its name may be a pattern.
	role, passedTo string
	// linkedTo is the service whose own role AWS makes.
	linkedTo string
	group    string
	alarm    string
	email    string
	// made says that what is written is new, and bears the owner tag.
	made bool
	// back says that an action is taken back; rule is the call that puts a rule back.
	back bool
	rule string
}

// Services that are handed a role, or have one of their own.
const (
	cloudTrail = "cloudtrail.amazonaws.com"
	flowLogs   = "vpc-flow-logs.amazonaws.com"
	awsConfig  = "config.amazonaws.com"
	guardDuty  = "guardduty.amazonaws.com"
)

// linkedRoles are the names of services' own roles.
var linkedRoles = map[string]string{awsConfig: "AWSServiceRoleForConfig", guardDuty: "AWSServiceRoleForAmazonGuardDuty"}

func linkedRole(service string) string {
	return "aws-service-role/" + service + "/" + linkedRoles[service]
}

// thingsOf returns what the action writes to.
func (s Site) thingsOf(example action.Action) things {
	switch a := example.(type) {
	case action.Undo:
		return s.thingsBack(a)
	case action.CreateTrail:
		return things{bucket: ownOr(a.NewBucket, inventory.OwnTrailBucket(s.Account, s.Home), a.Bucket), logGroup: inventory.OwnTrailLogs, role: inventory.OwnTrailLogs, passedTo: cloudTrail, made: true}
	case action.DeliverTrailToLogs:
		return things{logGroup: inventory.OwnTrailLogs, role: inventory.OwnTrailLogs, passedTo: cloudTrail, made: true}
	case action.RaiseTrailAlarm:
		return things{logGroup: inventory.OwnTrailLogs, alarm: a.Alarm.ID, email: a.Email, made: true}
	case action.LogVPCFlows:
		return things{logGroup: action.FlowLogGroup, role: action.FlowLogRole, passedTo: flowLogs, made: true}
	case action.SetUpRecorder:
		return things{bucket: ownOr(a.NewBucketIn != "", inventory.OwnConfigBucket(s.Account, s.Home), a.Bucket), role: linkedRole(awsConfig), passedTo: awsConfig, linkedTo: awsConfig, made: true}
	case action.RecordAllTypes:
		// The recorder keeps its role, whichever that is.
		return things{role: "*", passedTo: awsConfig}
	case action.CreateDetector:
		return things{linkedTo: guardDuty, made: true}
	case action.RequireMFA:
		return things{group: inventory.MFAGroup}
	case action.MoveAttachedPolicy, action.MoveInlinePolicy:
		return things{group: inventory.LandingGroup("*")}
	}
	return things{}
}

// thingsBack returns what taking an action back writes to: nothing new, and no role is handed
// over but the one that a recorder keeps.
func (s Site) thingsBack(undo action.Undo) things {
	on := s.thingsOf(undo.Of)
	on.made, on.back = false, true
	switch of := undo.Of.(type) {
	case action.RecordAllTypes:
	case action.RevokeSecurityGroupRule:
		_, on.rule, _ = strings.Cut(of.Undo(nil).Calls[0], ":")
	default:
		on.role, on.passedTo, on.linkedTo = "", "", ""
	}
	return on
}

// ownOr returns the operator's own thing where a new one is made, else the one that is there.
func ownOr(isNew bool, own, have string) string {
	if isNew {
		return own
	}
	return have
}

func (t things) orAny(name string) string { return cmp.Or(name, "*") }
