package api_test

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

const (
	auditRole   = "arn:aws:iam::111111111111:role/guardrails-audit"
	anotherRole = "arn:aws:iam::222222222222:role/guardrails-audit"
)

var strict = client.FieldValidation("Strict")

var _ = DescribeTable("an invalid AWSAccount is refused",
	func(ctx context.Context, spec, complaint string) {
		Expect(admin.Create(ctx, object("AWSAccount", "x", spec), client.DryRunAll, strict)).To(MatchError(ContainSubstring(complaint)))
	},
	Entry("no id", `regions: {}`, "spec.accountID: Required value"),
	Entry("a short id", `accountID: "123"`, "spec.accountID in body should match '^[0-9]{12}$'"),
	Entry("a long id", `accountID: "1234567890123"`, "spec.accountID: Too long"),
	Entry("an id that is a number", `accountID: 111111111111`, "spec.accountID in body must be of type string"),
	Entry("an unknown partition", `{accountID: "111111111111", partition: aws-mars}`, `spec.partition: Unsupported value: "aws-mars"`),
	Entry("no ARN", `{accountID: "111111111111", auditRoleARN: guardrails-audit}`, "spec.auditRoleARN in body should match"),
	Entry("the ARN of a user", `{accountID: "111111111111", auditRoleARN: "arn:aws:iam::111111111111:user/u"}`, "spec.auditRoleARN in body should match"),
	Entry("an audit role of another account", `{accountID: "111111111111", auditRoleARN: "`+anotherRole+`"}`, "auditRoleARN must be a role of the account in accountID"),
	Entry("a remediation role of another account", `{accountID: "111111111111", remediationRoleARN: "`+anotherRole+`"}`, "remediationRoleARN must be a role of the account in accountID"),
	Entry("one role for both", `{accountID: "111111111111", auditRoleARN: "`+auditRole+`", remediationRoleARN: "`+auditRole+`"}`, "auditRoleARN and remediationRoleARN must be different roles"),
	Entry("an audit role of another partition", `{accountID: "111111111111", partition: aws-cn, auditRoleARN: "`+auditRole+`"}`, "auditRoleARN must be in the partition of the account"),
	Entry("a remediation role of another partition", `{accountID: "111111111111", partition: aws-cn, remediationRoleARN: "`+auditRole+`"}`, "remediationRoleARN must be in the partition of the account"),
	Entry("a short external id", `{accountID: "111111111111", externalID: x}`, "spec.externalID in body should be at least 2 chars long"),
	Entry("a long external id", `{accountID: "111111111111", externalID: `+strings.Repeat("x", 1225)+`}`, "spec.externalID: Too long"),
	Entry("a home that is no region", `{accountID: "111111111111", homeRegion: Frankfurt}`, "spec.homeRegion in body should match"),
	Entry("a region that is none", `{accountID: "111111111111", regions: {include: [eu-central]}}`, "spec.regions.include[0] in body should match"),
	Entry("a region twice", `{accountID: "111111111111", regions: {include: [eu-central-1, eu-central-1]}}`, "spec.regions.include[1]: Duplicate value"),
	Entry("a region in and out", `{accountID: "111111111111", regions: {include: [eu-central-1], exclude: [eu-central-1]}}`, "a region cannot be both in include and in exclude"),
	Entry("an unknown ceiling", `{accountID: "111111111111", guard: {maxEnforcement: Always}}`, `spec.guard.maxEnforcement: Unsupported value: "Always"`),
	Entry("a negative limit", `{accountID: "111111111111", guard: {limits: {maxActions: -1}}}`, "spec.guard.limits.maxActions in body should be greater than or equal to 0"),
	Entry("more than all", `{accountID: "111111111111", guard: {limits: {maxPercent: 101}}}`, "spec.guard.limits.maxPercent in body should be less than or equal to 100"),
	Entry("an irreversible risk", `{accountID: "111111111111", guard: {allowedRisks: [safe, irreversible]}}`, "irreversible and manual always need a person"),
	Entry("no risk at all", `{accountID: "111111111111", guard: {allowedRisks: []}}`, "spec.guard.allowedRisks in body should have at least 1 items"),
	Entry("a protected nothing", `{accountID: "111111111111", guard: {protected: {principals: [""]}}}`, "spec.guard.protected.principals[0] in body should be at least 1 chars long"),
	Entry("a misspelt field", `{accountID: "111111111111", guard: {suspended: true}}`, `unknown field "spec.guard.suspended"`),
)

var _ = It("an AWSAccount whose name no label can hold is refused", func(ctx context.Context) {
	long := object("AWSAccount", strings.Repeat("x", 64), `accountID: "111111111111"`)
	Expect(admin.Create(ctx, long, client.DryRunAll)).To(MatchError(ContainSubstring("the name of an AWSAccount may have 63 characters at most")))
})

var _ = DescribeTable("an invalid SecurityBaseline is refused",
	func(ctx context.Context, spec, complaint string) {
		Expect(admin.Create(ctx, object("SecurityBaseline", "x", spec), client.DryRunAll, strict)).To(MatchError(ContainSubstring(complaint)))
	},
	Entry("no posture", `accountSelector: {}`, "spec.posture: Required value"),
	Entry("no selector", `posture: {identity: {rootMFA: {}}}`, "spec.accountSelector: Required value"),
	Entry("an empty posture", `{accountSelector: {}, posture: {}}`, "spec.posture: Invalid value: posture declares nothing: name at least one control, for example identity: {rootMFA: {}}"),
	Entry("an area with nothing behind it", `{accountSelector: {}, posture: {identity: }}`, "posture declares nothing: name at least one control"),
	Entry("an empty area", `{accountSelector: {}, posture: {identity: {}}}`, "spec.posture.identity: Invalid value: declares no control: name at least one, as in rootMFA: {}"),
	Entry("a control with nothing behind it", `{accountSelector: {}, posture: {identity: {rootMFA: }}}`, "a leaf without a value is a null and is dropped"),
	Entry("an empty area beside a full one", `{accountSelector: {}, posture: {identity: {rootMFA: {}}, keys: {}}}`, "spec.posture.keys: Invalid value: declares no control"),
	Entry("an unknown control", `{accountSelector: {}, posture: {identity: {rootMfa: {}}}}`, `unknown field "spec.posture.identity.rootMfa"`),
	Entry("an unknown enforcement", `{accountSelector: {}, enforcement: Block, posture: {identity: {rootMFA: {}}}}`, `spec.enforcement: Unsupported value: "Block": supported values: "Audit", "Approve", "Enforce"`),
	Entry("an unknown enforcement of a control", `{accountSelector: {}, posture: {identity: {rootMFA: {enforcement: "On"}}}}`, `spec.posture.identity.rootMFA.enforcement: Unsupported value: "On"`),
	Entry("an unknown severity", `{accountSelector: {}, posture: {identity: {rootMFA: {severity: High}}}}`, `spec.posture.identity.rootMFA.severity: Unsupported value: "High": supported values: "critical", "high", "medium", "low"`),
	Entry("an interval in days", `{accountSelector: {}, interval: 1d, posture: {identity: {rootMFA: {}}}}`, `spec.interval: Invalid value: "1d": interval must be a duration from 10s to 24h, such as 90s, 30m or 1h`),
	Entry("an interval without a unit", `{accountSelector: {}, interval: "90", posture: {identity: {rootMFA: {}}}}`, "interval must be a duration from 10s to 24h"),
	Entry("an interval that is a number", `{accountSelector: {}, interval: 90, posture: {identity: {rootMFA: {}}}}`, "spec.interval in body must be of type string"),
	Entry("an empty interval", `{accountSelector: {}, interval: "", posture: {identity: {rootMFA: {}}}}`, "interval must be a duration from 10s to 24h"),
	Entry("an interval of nonsense", `{accountSelector: {}, interval: 1.2.3h, posture: {identity: {rootMFA: {}}}}`, "interval must be a duration from 10s to 24h"),
	Entry("an interval that is too short", `{accountSelector: {}, interval: 9s, posture: {identity: {rootMFA: {}}}}`, "interval must be a duration from 10s to 24h"),
	Entry("an interval that is too long", `{accountSelector: {}, interval: 24h1s, posture: {identity: {rootMFA: {}}}}`, "interval must be a duration from 10s to 24h"),
	Entry("a negative interval", `{accountSelector: {}, interval: -1h, posture: {identity: {rootMFA: {}}}}`, "interval must be a duration from 10s to 24h"),
	Entry("an endless interval", `{accountSelector: {}, interval: 99999999999h, posture: {identity: {rootMFA: {}}}}`, "interval must be a duration from 10s to 24h"),
	Entry("an endless text", `{accountSelector: {}, interval: `+strings.Repeat("1", 33)+`h, posture: {identity: {rootMFA: {}}}}`, "spec.interval: Too long"),
	Entry("a short password", `{accountSelector: {}, posture: {identity: {passwordPolicy: {minLength: 5}}}}`, "passwordPolicy.minLength in body should be greater than or equal to 6"),
	Entry("keys that never age", `{accountSelector: {}, posture: {identity: {accessKeyRotation: {maxAgeDays: 0}}}}`, "accessKeyRotation.maxAgeDays in body should be greater than or equal to 1"),
	Entry("a rotation that KMS does not know", `{accountSelector: {}, posture: {keys: {kmsKeyRotation: {maxPeriodDays: 30}}}}`, "kmsKeyRotation.maxPeriodDays in body should be greater than or equal to 90"),
	Entry("a decommissioned key by ARN", `{accountSelector: {}, posture: {keys: {kmsKeyDeletionGuard: {decommissioned: ["arn:aws:kms:eu-central-1:111111111111:key/x"]}}}}`, "decommissioned[0] in body should match"),
	Entry("an encryption that S3 does not know", `{accountSelector: {}, posture: {dataAtRest: {s3BucketEncryption: {algorithm: DES}}}}`, `algorithm: Unsupported value: "DES"`),
	Entry("a KMS key for AES256", `{accountSelector: {}, posture: {dataAtRest: {s3BucketEncryption: {algorithm: AES256, kmsKeyARN: "arn:aws:kms:eu-central-1:111111111111:key/x"}}}}`, "kmsKeyARN needs algorithm aws:kms or aws:kms:dsse"),
	Entry("a key that is no ARN", `{accountSelector: {}, posture: {dataAtRest: {s3BucketEncryption: {kmsKeyARN: alias/x}}}}`, "kmsKeyARN in body should match"),
	Entry("a key that is no alias", `{accountSelector: {}, posture: {dataAtRest: {ebsDefaultEncryption: {kmsKeyAlias: x}}}}`, "kmsKeyAlias in body should match"),
	Entry("no port", `{accountSelector: {}, posture: {network: {sgNoOpenRemoteAdmin: {ports: []}}}}`, "sgNoOpenRemoteAdmin.ports in body should have at least 1 items"),
	Entry("an impossible port", `{accountSelector: {}, posture: {network: {sgNoOpenRemoteAdmin: {ports: [65536]}}}}`, "sgNoOpenRemoteAdmin.ports[0] in body should be less than or equal to 65535"),
	Entry("a port twice", `{accountSelector: {}, posture: {network: {sgNoOpenRemoteAdmin: {ports: [22, 22]}}}}`, "sgNoOpenRemoteAdmin.ports[1]: Duplicate value"),
	Entry("a retention that CloudWatch does not know", `{accountSelector: {}, posture: {logging: {logGroupRetention: {minDays: 100}}}}`, "logGroupRetention.minDays: Unsupported value: 100"),
	Entry("a bucket that is none", `{accountSelector: {}, posture: {logging: {cloudTrailMultiRegion: {bucketName: My_Bucket}}}}`, "bucketName in body should match"),
	Entry("mail to nobody", `{accountSelector: {}, posture: {monitoring: {alarmRootUsage: {notifyEmail: security}}}}`, "notifyEmail in body should match"),
	Entry("half a contact", `{accountSelector: {}, posture: {response: {accountSecurityContact: {name: Security}}}}`, "accountSecurityContact.phone: Required value"),
	Entry("too many labels", `{accountSelector: {matchLabels: {`+many(51, `l%d: "x"`)+`}}, posture: {identity: {rootMFA: {}}}}`, "accountSelector.matchLabels may have 50 labels at most"),
	Entry("too many expressions", `{accountSelector: {matchExpressions: [`+many(21, `{key: k%d, operator: Exists}`)+`]}, posture: {identity: {rootMFA: {}}}}`, "accountSelector.matchExpressions may have 20 expressions at most"),
)

var _ = DescribeTable("an invalid RemediationRun is refused, though the operator asks",
	func(ctx context.Context, spoil func(*v1alpha1.RemediationRun), complaint string) {
		spoilt := run("x")
		spoil(spoilt)
		Expect(operator.Create(ctx, spoilt, client.DryRunAll)).To(MatchError(ContainSubstring(complaint)))
	},
	Entry("no action", func(r *v1alpha1.RemediationRun) { r.Spec.Actions = []v1alpha1.RunAction{} }, "spec.actions in body should have at least 1 items"),
	Entry("an action that calls nothing", func(r *v1alpha1.RemediationRun) { r.Spec.Actions[0].Calls = []string{} }, "spec.actions[0].calls in body should have at least 1 items"),
	Entry("an unknown trigger", func(r *v1alpha1.RemediationRun) { r.Spec.Trigger = "Cron" }, `spec.trigger: Unsupported value: "Cron"`),
	Entry("an unknown risk", func(r *v1alpha1.RemediationRun) { r.Spec.Actions[0].Risk = "none" }, `spec.actions[0].risk: Unsupported value: "none"`),
	Entry("a part beyond the last", func(r *v1alpha1.RemediationRun) { r.Spec.Part = 2 }, "part must not exceed parts"),
	Entry("no part", func(r *v1alpha1.RemediationRun) { r.Spec.Part = 0 }, "spec.part in body should be greater than or equal to 1"),
)

var _ = DescribeTable("a valid object is kept with its defaults",
	func(ctx context.Context, kind, spec, want string) {
		created := object(kind, "x", spec)
		Expect(admin.Create(ctx, created, client.DryRunAll, strict)).To(Succeed())
		kept, _, err := unstructured.NestedMap(created.Object, "spec")
		Expect(err).NotTo(HaveOccurred())
		text, err := yaml.Marshal(kept)
		Expect(err).NotTo(HaveOccurred())
		Expect(text).To(MatchYAML(want))
	},
	Entry("an account", "AWSAccount", `accountID: "111111111111"`,
		`{accountID: "111111111111", partition: aws, guard: {maxEnforcement: Audit, allowedRisks: [safe]}}`),
	Entry("an account of another partition", "AWSAccount",
		`{accountID: "111111111111", partition: aws-us-gov, homeRegion: us-gov-east-1, auditRoleARN: "arn:aws-us-gov:iam::111111111111:role/path/to/audit"}`,
		`{accountID: "111111111111", partition: aws-us-gov, homeRegion: us-gov-east-1, auditRoleARN: "arn:aws-us-gov:iam::111111111111:role/path/to/audit", guard: {maxEnforcement: Audit, allowedRisks: [safe]}}`),
	Entry("an account of the European partition", "AWSAccount",
		`{accountID: "111111111111", partition: aws-eusc, homeRegion: eusc-de-east-1, guard: {maxEnforcement: Approve}}`,
		`{accountID: "111111111111", partition: aws-eusc, homeRegion: eusc-de-east-1, guard: {maxEnforcement: Approve, allowedRisks: [safe]}}`),
	Entry("an account with a long external id", "AWSAccount",
		`{accountID: "111111111111", externalID: `+strings.Repeat("x", 1224)+`}`,
		`{accountID: "111111111111", externalID: `+strings.Repeat("x", 1224)+`, partition: aws, guard: {maxEnforcement: Audit, allowedRisks: [safe]}}`),
	Entry("the smallest baseline", "SecurityBaseline", `{accountSelector: {}, posture: {identity: {rootMFA: {}}}}`,
		`{accountSelector: {}, enforcement: Audit, interval: 1h, posture: {identity: {rootMFA: {}}}}`),
	Entry("a null beside a control", "SecurityBaseline", `{accountSelector: {}, posture: {identity: {rootMFA: {}, userMFA: }}}`,
		`{accountSelector: {}, enforcement: Audit, interval: 1h, posture: {identity: {rootMFA: {}}}}`),
	Entry("an interval in seconds", "SecurityBaseline", `{accountSelector: {}, interval: 90s, posture: {identity: {rootMFA: {}}}}`,
		`{accountSelector: {}, enforcement: Audit, interval: 90s, posture: {identity: {rootMFA: {}}}}`),
	Entry("the shortest interval", "SecurityBaseline", `{accountSelector: {}, interval: 10s, posture: {identity: {rootMFA: {}}}}`,
		`{accountSelector: {}, enforcement: Audit, interval: 10s, posture: {identity: {rootMFA: {}}}}`),
	Entry("the longest interval", "SecurityBaseline", `{accountSelector: {}, interval: 24h0m0s, posture: {identity: {rootMFA: {}}}}`,
		`{accountSelector: {}, enforcement: Audit, interval: 24h0m0s, posture: {identity: {rootMFA: {}}}}`),
	Entry("a fraction of an hour", "SecurityBaseline", `{accountSelector: {}, interval: 1.5h, posture: {identity: {rootMFA: {}}}}`,
		`{accountSelector: {}, enforcement: Audit, interval: 1.5h, posture: {identity: {rootMFA: {}}}}`),
	Entry("every value that has a default", "SecurityBaseline", `
accountSelector: {}
posture:
  identity: {passwordPolicy: {}, accessKeyRotation: {}, unusedCredentials: {}}
  keys: {kmsKeyRotation: {}, kmsKeyDeletionGuard: {}}
  dataAtRest: {s3BucketEncryption: {}, ebsDefaultEncryption: {}}
  network: {sgNoOpenRemoteAdmin: {}, sgNoOpenDatabasePorts: {}}
  logging: {vpcFlowLogs: {}, logGroupRetention: {}}
  response: {accountSecurityContact: {name: Team, email: t@example.com, phone: "+1 555"}}`, `
accountSelector: {}
enforcement: Audit
interval: 1h
posture:
  identity:
    passwordPolicy: {minLength: 14, characterClasses: true, reusePrevention: 24}
    accessKeyRotation: {maxAgeDays: 90}
    unusedCredentials: {maxUnusedDays: 45}
  keys: {kmsKeyRotation: {maxPeriodDays: 365}, kmsKeyDeletionGuard: {}}
  dataAtRest: {s3BucketEncryption: {algorithm: "aws:kms"}, ebsDefaultEncryption: {}}
  network: {sgNoOpenRemoteAdmin: {ports: [22, 3389]}, sgNoOpenDatabasePorts: {ports: [1433, 1434, 1521, 3306, 5432]}}
  logging: {vpcFlowLogs: {trafficType: REJECT}, logGroupRetention: {minDays: 365}}
  response: {accountSecurityContact: {name: Team, title: Security, email: t@example.com, phone: "+1 555"}}`),
)
