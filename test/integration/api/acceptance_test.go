package api_test

import (
	"context"
	"maps"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// acceptance is a RiskAcceptance that is as it should be, but for these lines of its spec.
func acceptance(name, but string) *unstructured.Unstructured {
	GinkgoHelper()
	o := object("RiskAcceptance", name, `
controls: [s3-bucket-versioning]
accountSelector: {}
reason: Sandboxes hold copies of public data.
owner: data-platform
approver: ciso
residualRisk: Copied data is lost.
expiresAt: "2030-01-01T00:00:00Z"`)
	spec, changes := o.Object["spec"].(map[string]any), map[string]any{}
	Expect(yaml.Unmarshal([]byte(but), &changes)).To(Succeed(), but)
	maps.Copy(spec, changes)
	return o
}

const (
	everything = "all controls (*) cannot be accepted for all resources: name the resources in spec.resources, by ARNs of one service or by tags with a value"
	several    = "more than 5 controls cannot be accepted for all resources: name the resources in spec.resources, or write one acceptance for each decision"
)

var _ = DescribeTable("an invalid RiskAcceptance is refused",
	func(ctx context.Context, but, complaint string) {
		Expect(riskOwner.Create(ctx, acceptance("x", but), client.DryRunAll, strict)).To(MatchError(ContainSubstring(complaint)))
	},
	Entry("no controls", `controls: []`, "spec.controls in body should have at least 1 items"),
	Entry("too many controls", `controls: [`+many(51, "control-%d")+`]`, "spec.controls: Too many"),
	Entry("a control twice", `controls: [a-b, a-b]`, "spec.controls[1]: Duplicate value"),
	Entry("a control that is no id", `controls: [S3BucketVersioning]`, "spec.controls[0] in body should match"),
	Entry("a pattern of controls", `controls: ["s3-*"]`, "spec.controls[0] in body should match"),
	Entry("an endless control", `controls: [`+strings.Repeat("x", 65)+`]`, "spec.controls[0]: Too long"),
	Entry("all controls beside one", `{controls: ["*", a-b], resources: {arns: ["arn:aws:s3:::logs"]}}`, "controls is either * alone or a list of control ids"),
	Entry("all controls, all resources", `controls: ["*"]`, everything),
	Entry("all controls, every name", `{controls: ["*"], resources: {arns: ["*"]}}`, everything),
	Entry("all controls, every ARN", `{controls: ["*"], resources: {arns: ["arn:*"]}}`, everything),
	Entry("all controls, every service", `{controls: ["*"], resources: {arns: ["arn:aws:*:*:*:*logs*"]}}`, everything),
	Entry("all controls, every service but for a letter", `{controls: ["*"], resources: {arns: ["arn:aws:s*:::logs"]}}`, everything),
	Entry("all controls, every partition", `{controls: ["*"], resources: {arns: ["arn:*:s3:::logs"]}}`, everything),
	Entry("all controls, every bucket", `{controls: ["*"], resources: {arns: ["arn:aws:s3:::*"]}}`, everything),
	Entry("all controls, every bucket in other words", `{controls: ["*"], resources: {arns: ["arn:aws:s3:::*a*"]}}`, everything),
	Entry("all controls, one name and every other", `{controls: ["*"], resources: {match: Any, arns: ["arn:aws:s3:::logs", "*"]}}`, everything),
	Entry("all controls, a tag of any value", `{controls: ["*"], resources: {tags: [{key: env}]}}`, everything),
	Entry("all controls, a tag of every value", `{controls: ["*"], resources: {tags: [{key: env, value: "*"}]}}`, everything),
	Entry("all controls, a name or any tag", `{controls: ["*"], resources: {match: Any, arns: ["arn:aws:s3:::logs"], tags: [{key: env, value: "**"}]}}`, everything),
	Entry("many controls, all resources", `controls: [`+many(6, "control-%d")+`]`, several),
	Entry("many controls, every name", `{controls: [`+many(6, "control-%d")+`], resources: {arns: ["arn:aws:s3:::logs", "*"]}}`, several),
	Entry("resources that are none", `resources: {}`, "resources must name arns or tags; leave resources out to accept every resource of the controls"),
	Entry("resources of empty lists", `resources: {match: Any, arns: [], tags: []}`, "resources must name arns or tags"),
	Entry("an unknown match", `resources: {match: Some, arns: [x]}`, `spec.resources.match: Unsupported value: "Some": supported values: "All", "Any"`),
	Entry("an ARN of nothing", `resources: {arns: [""]}`, "spec.resources.arns[0] in body should be at least 1 chars long"),
	Entry("too many ARNs", `resources: {arns: [`+many(101, "arn-%d")+`]}`, "spec.resources.arns: Too many"),
	Entry("too many tags", `resources: {tags: [`+many(21, "{key: k%d}")+`]}`, "spec.resources.tags: Too many"),
	Entry("a tag twice", `resources: {tags: [{key: env, value: a}, {key: env, value: b}]}`, "spec.resources.tags[1]: Duplicate value"),
	Entry("a tag without a key", `resources: {tags: [{value: dev}]}`, "spec.resources.tags[0].key: Required value"),
	Entry("no accounts", `accountSelector: null`, "spec.accountSelector: Required value"),
	Entry("too many labels", `accountSelector: {matchLabels: {`+many(51, `l%d: "x"`)+`}}`, "accountSelector.matchLabels may have 50 labels at most"),
	Entry("too many expressions", `accountSelector: {matchExpressions: [`+many(21, `{key: k%d, operator: Exists}`)+`]}`, "accountSelector.matchExpressions may have 20 expressions at most"),
	Entry("no reason", `reason: ""`, "spec.reason in body should be at least 10 chars long"),
	Entry("hardly a reason", `reason: because`, "spec.reason in body should be at least 10 chars long"),
	Entry("an endless reason", `reason: `+strings.Repeat("x", 2049), "spec.reason: Too long"),
	Entry("no owner", `owner: null`, "spec.owner: Required value"),
	Entry("no approver", `approver: null`, "spec.approver: Required value"),
	Entry("an owner who approves", `approver: data-platform`, "owner and approver must be different: nobody approves their own risk"),
	Entry("no residual risk", `residualRisk: ""`, "spec.residualRisk in body should be at least 1 chars long"),
	Entry("no end", `expiresAt: null`, "spec.expiresAt: Required value"),
	Entry("an end without a time", `expiresAt: "2030-01-01"`, "spec.expiresAt in body must be of type date-time"),
	Entry("a ticket that is no link", `ticket: RISK-17`, "spec.ticket in body should match"),
	Entry("a ticket that runs", `ticket: "javascript:alert(1)"`, "spec.ticket in body should match"),
	Entry("a misspelt field", `expires: never`, `unknown field "spec.expires"`),
)

var _ = DescribeTable("a valid RiskAcceptance is kept",
	func(ctx context.Context, but string) {
		Expect(riskOwner.Create(ctx, acceptance("x", but), client.DryRunAll, strict)).To(Succeed())
	},
	Entry("of one control", ``),
	Entry("of a few controls on every resource", `controls: [`+many(5, "control-%d")+`]`),
	Entry("of many controls on one bucket", `{controls: [`+many(6, "control-%d")+`], resources: {arns: ["arn:aws:s3:::logs"]}}`),
	Entry("of all controls on one bucket", `{controls: ["*"], resources: {arns: ["arn:aws:s3:::logs"]}}`),
	Entry("of all controls on some users", `{controls: ["*"], resources: {arns: ["arn:aws:iam::*:user/svc-*"]}}`),
	Entry("of all controls by a tag", `{controls: ["*"], resources: {tags: [{key: env, value: "sandbox-*"}]}}`),
	Entry("of one control on every resource", `resources: {arns: ["*"]}`),
	Entry("of one control by a tag of any value", `resources: {match: Any, tags: [{key: accepted}]}`),
	Entry("of a control that is not implemented yet", `controls: [zone-sg-flows]`),
	Entry("with a ticket", `ticket: https://tickets.example.com/browse/RISK-17`),
)

var _ = Describe("a RiskAcceptance", func() {
	It("accepts by all its tags and ARNs, unless it says any", func(ctx context.Context) {
		one := acceptance("x", `resources: {arns: [x]}`)
		Expect(riskOwner.Create(ctx, one, client.DryRunAll)).To(Succeed())
		match, _, _ := unstructured.NestedString(one.Object, "spec", "resources", "match")
		Expect(match).To(Equal("All"))
	})

	It("stays what was approved", func(ctx context.Context) {
		one := acceptance("fixed", `resources: {arns: [x]}`)
		Expect(riskOwner.Create(ctx, one)).To(Succeed())
		DeferCleanup(func(ctx context.Context) error { return admin.Delete(ctx, one) })
		for _, patch := range []string{
			`{"controls":["iam-root-mfa"]}`, `{"accountSelector":{"matchLabels":{"env":"dev"}}}`, `{"resources":{"arns":["x","y"]}}`, `{"resources":null}`,
			`{"resources":{"match":"Any"}}`, `{"reason":"It was always so."}`, `{"owner":"others"}`, `{"approver":"others"}`, `{"residualRisk":"none"}`,
		} {
			Expect(riskOwner.Patch(ctx, one.DeepCopy(), mergePatch(`{"spec":`+patch+`}`))).To(MatchError(ContainSubstring("what was approved cannot be changed, only expiresAt and ticket")), patch)
		}
		Expect(riskOwner.Patch(ctx, one.DeepCopy(), mergePatch(`{"spec":{"expiresAt":"2029-01-01T00:00:00Z","ticket":"https://tickets.example.com/1"}}`))).To(Succeed())
	})

	It("answers at a glance", func(ctx context.Context) {
		Expect(riskOwner.Create(ctx, acceptance("printed", ""))).To(Succeed())
		a := &v1alpha1.RiskAcceptance{}
		Expect(operator.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "printed"}, a)).To(Succeed())
		before := a.DeepCopy()
		a.Status.Phase, a.Status.Findings, a.Status.Accounts = v1alpha1.AcceptanceExpiring, 7, 2
		a.Status.Conditions = conditions(metav1.ConditionTrue, metav1.ConditionFalse, v1alpha1.ReasonExpiring)
		Expect(operator.Status().Patch(ctx, a, client.MergeFrom(before))).To(Succeed())
		narrow, wide, order := table(ctx, "riskacceptances", "printed")
		Expect(order).To(Equal([]string{"Name", "Phase", "Findings", "Accounts", "Owner", "Expires", "Age"}))
		Expect(narrow).To(SatisfyAll(
			HaveKeyWithValue("Phase", "Expiring"), HaveKeyWithValue("Findings", "7"), HaveKeyWithValue("Accounts", "2"),
			HaveKeyWithValue("Owner", "data-platform"), HaveKeyWithValue("Expires", "2030-01-01T00:00:00Z")))
		Expect(wide).To(SatisfyAll(HaveKeyWithValue("Approver", "ciso"), HaveKeyWithValue("Ready", "True")))
	})

	It("of the samples is in force when it is new, for the sample account", func() {
		sample, account := &v1alpha1.RiskAcceptance{}, &v1alpha1.AWSAccount{}
		decode(read("config", "samples", "aws_v1alpha1_riskacceptance.yaml"), sample)
		decode(read("config", "samples", "aws_v1alpha1_awsaccount.yaml"), account)
		selector, err := metav1.LabelSelectorAsSelector(&sample.Spec.AccountSelector)
		Expect(err).NotTo(HaveOccurred())
		Expect(sample.Namespace).To(Equal(account.Namespace))
		Expect(selector.Matches(labels.Set(account.Labels))).To(BeTrue())
		sample.CreationTimestamp = metav1.NewTime(sample.Spec.ExpiresAt.Add(-400 * 24 * time.Hour))
		judged := posture.AcceptanceOf(sample, 400*24*time.Hour)
		Expect(judged.Phase(sample.CreationTimestamp.Time)).To(Equal(v1alpha1.AcceptanceActive))
		Expect(judged.UnknownControls()).To(BeEmpty())
	})
})
