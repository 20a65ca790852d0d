package iamgrant_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/iamgrant"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
	"github.com/guardrails-dev/aws-guardrails/test/neglected"
)

var site = iamgrant.Site{
	Account: "111111111111", Partition: "aws", Home: "us-east-1", Principals: []string{"break-glass*"},
	Own: []string{"arn:aws:iam::111111111111:role/guardrails-audit", "arn:aws:iam::111111111111:role/guardrails-remediation"},
}

// everything declares all controls with all that a leaf can ask for.
func everything() v1alpha1.Posture {
	whole := neglected.Everything()
	whole.DataAtRest.EBSDefaultEncryption.KMSKeyAlias = "alias/ebs"
	return whole
}

func policies(t *testing.T, declared v1alpha1.Posture, enforcement, ceiling v1alpha1.Enforcement) iamgrant.Policies {
	t.Helper()
	baseline := posture.Declarer{Name: "b", Enforcement: enforcement, Posture: &declared}
	made, err := iamgrant.For(site, posture.Declare(controls.All(), []posture.Declarer{baseline}, ceiling, func(string) v1alpha1.Severity { return v1alpha1.Low }))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func actionsOf(role iamgrant.Role) (all []string) {
	for _, document := range role.Documents {
		for _, statement := range document.Statement {
			if statement.Effect == "Allow" {
				all = append(all, statement.Action...)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// The policies of all controls: within IAM's quotas, the audit's without a write, no action by
// wildcard, every action the permission of an operation that is named with the control it is
// for, objects and keys' data never, and the same each time.
func TestEverything(t *testing.T) {
	made := policies(t, everything(), v1alpha1.Enforce, v1alpha1.Enforce)
	writes, known := map[string]bool{}, map[string]bool{}
	for _, operation := range awsapi.Operations() {
		for _, permission := range awsapi.Needs(operation.Name) {
			known[permission] = true
			writes[permission] = writes[permission] || operation.Write
		}
	}
	for name, role := range map[string]iamgrant.Role{"audit": made.Audit, "remediation": made.Remediation, "undo": made.Undo} {
		if len(role.Documents) == 0 || len(role.Documents) > iamgrant.MaxAttached {
			t.Errorf("%s: %d documents", name, len(role.Documents))
		}
		for i, document := range role.Documents {
			if size := document.Size(); size > iamgrant.MaxSize {
				t.Errorf("%s %d: %d characters", name, i, size)
			}
		}
		for _, granted := range actionsOf(role) {
			if strings.Contains(granted, "*") || !known[granted] || name == "audit" && writes[granted] {
				t.Errorf("%s is granted %s", name, granted)
			}
			if !slices.ContainsFunc(role.Grants, func(g iamgrant.Grant) bool {
				return g.Permission == granted && g.For != "" && slices.Contains(awsapi.Needs(g.Operation), granted)
			}) {
				t.Errorf("%s is granted %s, and nothing says why", name, granted)
			}
		}
	}
	for _, never := range []string{"s3:GetObject", "s3:PutObject", "s3:ListBucket", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant", "secretsmanager:GetSecretValue", "dynamodb:GetItem", "logs:GetLogEvents"} {
		if slices.Contains(slices.Concat(actionsOf(made.Audit), actionsOf(made.Remediation), actionsOf(made.Undo)), never) {
			t.Errorf("%s is granted", never)
		}
	}
	if again := policies(t, everything(), v1alpha1.Enforce, v1alpha1.Enforce); !reflect.DeepEqual(made, again) {
		t.Error("the policies differ from one time to the next")
	}
}

// Sids are unique in a document, as IAM asks, and made of letters and digits.
func TestSids(t *testing.T) {
	made := policies(t, everything(), v1alpha1.Enforce, v1alpha1.Enforce)
	for _, document := range slices.Concat(made.Audit.Documents, made.Remediation.Documents, made.Undo.Documents) {
		seen := map[string]bool{}
		for _, statement := range document.Statement {
			if seen[statement.Sid] || strings.Trim(statement.Sid, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") != "" || statement.Sid == "" {
				t.Errorf("Sid %q", statement.Sid)
			}
			seen[statement.Sid] = true
		}
	}
}

// How it is enforced decides what is granted: nothing for an audit, by whomever it is one, and
// the writes of that control alone for what may be mended.
func TestEnforcement(t *testing.T) {
	versioning := func(e v1alpha1.Enforcement) v1alpha1.Posture {
		declared := everything()
		declared.DataAtRest.S3BucketVersioning = &v1alpha1.S3BucketVersioning{Setting: v1alpha1.Setting{Enforcement: e}}
		return declared
	}
	own := []string{"s3:GetBucketVersioning", "s3:PutBucketVersioning"}
	for name, row := range map[string]struct {
		declared             v1alpha1.Posture
		enforcement, ceiling v1alpha1.Enforcement
		want                 []string
	}{
		"audited":                        {everything(), v1alpha1.Audit, v1alpha1.Enforce, nil},
		"enforced under a guard's audit": {everything(), v1alpha1.Enforce, v1alpha1.Audit, nil},
		"one control approved":           {versioning(v1alpha1.Approve), v1alpha1.Audit, v1alpha1.Enforce, own},
		"one control enforced":           {versioning(v1alpha1.Enforce), v1alpha1.Audit, v1alpha1.Enforce, own},
		"one enforced, approval at most": {versioning(v1alpha1.Enforce), v1alpha1.Audit, v1alpha1.Approve, own},
	} {
		t.Run(name, func(t *testing.T) {
			made := policies(t, row.declared, row.enforcement, row.ceiling)
			if got := actionsOf(made.Remediation); !slices.Equal(got, row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

// What a leaf declares decides too.
func TestLeaves(t *testing.T) {
	granted := func(declared v1alpha1.Posture) string {
		made := policies(t, declared, v1alpha1.Approve, v1alpha1.Approve)
		var text strings.Builder
		for _, document := range slices.Concat(made.Audit.Documents, made.Remediation.Documents) {
			text.WriteString(document.Text())
		}
		return text.String()
	}
	trail := func(bucket string) v1alpha1.Posture {
		return v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{CloudTrailMultiRegion: &v1alpha1.CloudTrailMultiRegion{BucketName: bucket}}}
	}
	alarm := func(mail string) v1alpha1.Posture {
		return v1alpha1.Posture{Monitoring: v1alpha1.MonitoringPosture{AlarmRootUsage: &v1alpha1.AlarmRootUsage{NotifyEmail: mail}}}
	}
	ebs := func(alias string) v1alpha1.Posture {
		return v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{KMSKeyAlias: alias}}}
	}
	for name, row := range map[string]struct {
		declared      v1alpha1.Posture
		with, without []string
	}{
		"a trail of its own bucket":   {trail(""), []string{`"arn:aws:s3:::guardrails-trail-111111111111-us-east-1"`, "s3:CreateBucket", "iam:PassRole"}, []string{`"arn:aws:s3:::*"`}},
		"a trail to a bucket that is": {trail("evidence"), []string{`"arn:aws:s3:::evidence"`, "s3:PutBucketPolicy"}, []string{"s3:CreateBucket", `"arn:aws:s3:::*"`}},
		"an alarm by mail":            {alarm("a@example.com"), []string{"sns:Subscribe", `"sns:Endpoint": "a@example.com"`}, []string{"s3:"}},
		"an alarm without mail":       {alarm(""), []string{"sns:CreateTopic"}, []string{"sns:Subscribe"}},
		"volumes with their key":      {ebs("alias/ebs"), []string{"ec2:ModifyEbsDefaultKmsKeyId", "kms:DescribeKey"}, nil},
		"volumes with whatever key":   {ebs(""), []string{"ec2:EnableEbsEncryptionByDefault"}, []string{"ec2:ModifyEbsDefaultKmsKeyId", "kms:DescribeKey"}},
	} {
		t.Run(name, func(t *testing.T) {
			text := granted(row.declared)
			for _, want := range row.with {
				if !strings.Contains(text, want) {
					t.Errorf("%s is not there", want)
				}
			}
			for _, not := range row.without {
				if strings.Contains(text, not) {
					t.Errorf("%s is there", not)
				}
			}
		})
	}
}

// No operation of the registry is there for nothing: each belongs to a control's reading, an
// action's steps, or every session. And nothing is declared that the registry does not know.
func TestEveryOperationIsReached(t *testing.T) {
	reached := map[string]bool{}
	for _, needs := range []map[string]string{iamgrant.SessionNeeds, iamgrant.ContestNeeds} {
		for operation := range needs {
			reached[operation] = true
		}
	}
	whole := everything()
	for _, control := range controls.All() {
		leaf := control.Leaf(&whole)
		if leaf == nil {
			t.Fatalf("%s is not declared", control.ID)
		}
		operations := read.Operations(control.WantFor(leaf))
		if len(operations) == 0 {
			t.Errorf("%s reads %s by no call that is declared", control.ID, control.Want.Collection)
		}
		examples := control.PlansFor(leaf)
		if control.Mends != (len(examples) > 0) {
			t.Errorf("%s mends: %t, but plans %d actions", control.ID, control.Mends, len(examples))
		}
		for _, example := range examples {
			operations = append(operations, looks(t, example)...)
			operations = append(operations, example.Describe().Calls...)
			for _, done := range append([][]string{example.Describe().Calls}, each(example.Describe().Calls)...) {
				back := action.Undo{Of: example, Done: done}
				operations = append(operations, looks(t, back)...)
				operations = append(operations, back.Describe().Calls...)
			}
		}
		for _, operation := range operations {
			reached[operation] = true
		}
	}
	for _, operation := range awsapi.Operations() {
		if !reached[operation.Name] {
			t.Errorf("%s is in the registry, and nothing makes the call", operation.Name)
		}
		delete(reached, operation.Name)
	}
	for operation := range reached {
		t.Errorf("%s is declared, and not in the registry", operation)
	}
}

func each(calls []string) (alone [][]string) {
	for _, call := range calls {
		alone = append(alone, []string{call})
	}
	return alone
}

// What a run's undoing takes is not among what the run takes: neither a stopped trail nor a
// policy for a user.
func TestUndoIsApart(t *testing.T) {
	made := policies(t, everything(), v1alpha1.Enforce, v1alpha1.Enforce)
	remediation, undo := actionsOf(made.Remediation), actionsOf(made.Undo)
	for _, weakening := range []string{
		"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "ec2:DeleteFlowLogs", "ec2:AuthorizeSecurityGroupIngress", "ec2:DisableEbsEncryptionByDefault",
		"iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:DeleteAccountPasswordPolicy", "kms:DisableKeyRotation", "s3:DeleteBucketPolicy", "config:StopConfigurationRecorder",
	} {
		if slices.Contains(remediation, weakening) || !slices.Contains(undo, weakening) {
			t.Errorf("%s: in remediation %t, in undo %t", weakening, slices.Contains(remediation, weakening), slices.Contains(undo, weakening))
		}
	}
	if audited := policies(t, everything(), v1alpha1.Audit, v1alpha1.Enforce); len(audited.Undo.Documents) > 0 {
		t.Error("what is only audited can be undone")
	}
}

// Every type of action is an example of some control.
func TestEveryActionIsPlanned(t *testing.T) {
	planned := map[string]bool{}
	whole := everything()
	for _, control := range controls.All() {
		for _, example := range control.PlansFor(control.Leaf(&whole)) {
			planned[action.TypeOf(example)] = true
		}
	}
	for _, known := range action.Types() {
		if !planned[action.TypeOf(known)] {
			t.Errorf("%s is planned by no control", action.TypeOf(known))
		}
	}
}

// A facet that nobody declared takes no further call.
func TestFacets(t *testing.T) {
	want := inventory.BucketPolicy.Selection().Want()
	if got := read.Operations(want); !slices.Equal(got, []string{"s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetBucketTagging", "s3:ListBuckets"}) {
		t.Errorf("got %v", got)
	}
}

func looks(t *testing.T, a action.Action) []string {
	t.Helper()
	all, err := remedy.Looks(a)
	if err != nil {
		t.Fatal(err)
	}
	return all
}
