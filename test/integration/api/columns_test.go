package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// table asks for an object as kubectl get does: columns and cells, the first ones and all.
func table(ctx context.Context, resource, name string) (narrow, wide map[string]string, order []string) {
	GinkgoHelper()
	answer, err := kubernetes.NewForConfigOrDie(env.Config).RESTClient().Get().
		AbsPath("/apis", v1alpha1.GroupVersion.String(), "namespaces", namespace, resource, name).
		SetHeader("Accept", "application/json;as=Table;g=meta.k8s.io;v=v1").DoRaw(ctx)
	Expect(err).NotTo(HaveOccurred())
	printed := &metav1.Table{}
	Expect(json.Unmarshal(answer, printed)).To(Succeed())
	Expect(printed.Rows).To(HaveLen(1))
	narrow, wide = map[string]string{}, map[string]string{}
	for i, column := range printed.ColumnDefinitions {
		cell := ""
		if value := printed.Rows[0].Cells[i]; value != nil {
			cell = fmt.Sprint(value)
		}
		wide[column.Name] = cell
		if column.Priority == 0 {
			narrow[column.Name] = cell
			order = append(order, column.Name)
		}
	}
	return narrow, wide, order
}

func conditions(ready, compliant metav1.ConditionStatus, reason string) []metav1.Condition {
	now := metav1.Now()
	return []metav1.Condition{
		{Type: v1alpha1.ConditionReady, Status: ready, Reason: reason, LastTransitionTime: now, ObservedGeneration: 1},
		{Type: v1alpha1.ConditionCompliant, Status: compliant, Reason: v1alpha1.ReasonFindings, LastTransitionTime: now, ObservedGeneration: 1},
	}
}

var _ = Describe("kubectl get", func() {
	totals := &v1alpha1.Totals{Pass: 20, Fail: 9, Contained: 1, Accepted: 2, Unknown: 1}
	verified := &metav1.Time{Time: time.Now().Add(-150 * time.Minute)}
	named := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: namespace, Name: name} }

	It("answers for an AWSAccount", func(ctx context.Context) {
		account := &v1alpha1.AWSAccount{ObjectMeta: named("printed"), Spec: v1alpha1.AWSAccountSpec{AccountID: "111111111111"}}
		account.Spec.Guard.MaxEnforcement = v1alpha1.Approve
		Expect(operator.Create(ctx, account)).To(Succeed())
		account.Status = v1alpha1.AWSAccountStatus{
			Conditions: conditions(metav1.ConditionTrue, metav1.ConditionFalse, v1alpha1.ReasonReconciled),
			Totals:     totals, OfferedRun: "printed-1", LastVerifiedTime: verified,
		}
		for kind, reason := range map[string]string{v1alpha1.ConditionBlocked: v1alpha1.ReasonLimitExceeded, v1alpha1.ConditionSuspended: v1alpha1.ReasonSuspendedByOwner} {
			account.Status.Conditions = append(account.Status.Conditions, metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: reason, LastTransitionTime: metav1.Now()})
		}
		Expect(operator.Status().Update(ctx, account)).To(Succeed())
		narrow, wide, order := table(ctx, "awsaccounts", "printed")
		Expect(order).To(Equal([]string{"Name", "ID", "Max", "Pass", "Fail", "Accepted", "Unknown", "Compliant", "Ready", "Reason", "Blocked", "Age"}))
		Expect(narrow).To(SatisfyAll(
			HaveKeyWithValue("ID", "111111111111"), HaveKeyWithValue("Max", "Approve"),
			HaveKeyWithValue("Pass", "20"), HaveKeyWithValue("Fail", "9"), HaveKeyWithValue("Accepted", "2"), HaveKeyWithValue("Unknown", "1"),
			HaveKeyWithValue("Compliant", "False"), HaveKeyWithValue("Ready", "True"), HaveKeyWithValue("Reason", "Reconciled"), HaveKeyWithValue("Blocked", "LimitExceeded"), HaveKey("Age")))
		Expect(wide).To(SatisfyAll(HaveKeyWithValue("Contained", "1"), HaveKeyWithValue("Offered", "printed-1"), HaveKeyWithValue("Verified", "150m"), HaveKeyWithValue("Suspended", "SuspendedByOwner")))
	})

	It("answers for a SecurityBaseline", func(ctx context.Context) {
		baseline := &v1alpha1.SecurityBaseline{ObjectMeta: named("printed")}
		baseline.Spec.Enforcement = v1alpha1.Enforce
		baseline.Spec.Interval = &metav1.Duration{Duration: 90 * time.Minute}
		baseline.Spec.Posture.Identity.RootMFA = &v1alpha1.RootMFA{}
		Expect(operator.Create(ctx, baseline)).To(Succeed())

		By("before its first totals")
		_, _, order := table(ctx, "securitybaselines", "printed")
		Expect(order).To(Equal([]string{"Name", "Accounts", "Enforcement", "Pass", "Fail", "Accepted", "Unknown", "Compliant", "Age"}))

		baseline.Status = v1alpha1.SecurityBaselineStatus{
			Conditions: conditions(metav1.ConditionTrue, metav1.ConditionUnknown, v1alpha1.ReasonReconciled),
			Accounts:   3, Controls: 33, Totals: totals, LastVerifiedTime: verified,
		}
		Expect(operator.Status().Update(ctx, baseline)).To(Succeed())
		narrow, wide, _ := table(ctx, "securitybaselines", "printed")
		Expect(narrow).To(SatisfyAll(
			HaveKeyWithValue("Accounts", "3"), HaveKeyWithValue("Enforcement", "Enforce"),
			HaveKeyWithValue("Pass", "20"), HaveKeyWithValue("Fail", "9"), HaveKeyWithValue("Accepted", "2"), HaveKeyWithValue("Unknown", "1"),
			HaveKeyWithValue("Compliant", "Unknown"), HaveKey("Age")))
		Expect(wide).To(SatisfyAll(
			HaveKeyWithValue("Controls", "33"), HaveKeyWithValue("Contained", "1"), HaveKeyWithValue("Interval", "1h30m0s"),
			HaveKeyWithValue("Ready", "True"), HaveKey("Suspended"), HaveKeyWithValue("Verified", "150m")))
	})

	It("answers for an AccountPosture", func(ctx context.Context) {
		posture := &v1alpha1.AccountPosture{ObjectMeta: named("printed"), Spec: v1alpha1.AccountPostureSpec{Account: "printed", AccountID: "111111111111"}}
		Expect(operator.Create(ctx, posture)).To(Succeed())
		posture.Status = v1alpha1.AccountPostureStatus{
			Conditions: conditions(metav1.ConditionTrue, metav1.ConditionFalse, v1alpha1.ReasonReconciled),
			Totals:     totals, Plan: &v1alpha1.PlanSummary{Hash: "h", Actions: 7}, LastVerifiedTime: verified,
		}
		Expect(operator.Status().Update(ctx, posture)).To(Succeed())
		narrow, _, order := table(ctx, "accountpostures", "printed")
		Expect(order).To(Equal([]string{"Name", "ID", "Pass", "Fail", "Contained", "Accepted", "Unknown", "Planned", "Compliant", "Verified"}))
		Expect(narrow).To(SatisfyAll(
			HaveKeyWithValue("ID", "111111111111"), HaveKeyWithValue("Pass", "20"), HaveKeyWithValue("Contained", "1"),
			HaveKeyWithValue("Planned", "7"), HaveKeyWithValue("Compliant", "False"), HaveKeyWithValue("Verified", "150m")))
	})

	It("answers for a RemediationRun", func(ctx context.Context) {
		offered := run("printed")
		offered.Spec.Part, offered.Spec.Parts = 1, 2
		Expect(operator.Create(ctx, offered)).To(Succeed())
		Expect(approver.Patch(ctx, offered, decision(v1alpha1.Approved, "alice"))).To(Succeed())
		offered.Status.Phase, offered.Status.Progress = v1alpha1.RunRunning, "7/12"
		Expect(operator.Status().Update(ctx, offered)).To(Succeed())
		narrow, wide, order := table(ctx, "remediationruns", "printed")
		Expect(order).To(Equal([]string{"Name", "Account", "Trigger", "Phase", "Progress", "Decision", "By", "Age"}))
		Expect(narrow).To(SatisfyAll(
			HaveKeyWithValue("Account", "production"), HaveKeyWithValue("Trigger", "Offered"), HaveKeyWithValue("Phase", "Running"),
			HaveKeyWithValue("Progress", "7/12"), HaveKeyWithValue("Decision", "Approved"), HaveKeyWithValue("By", "alice")))
		Expect(wide).To(SatisfyAll(HaveKeyWithValue("Part", "1"), HaveKeyWithValue("Parts", "2")))
	})

	It("knows short names and the category", func(ctx context.Context) {
		resources, err := kubernetes.NewForConfigOrDie(env.Config).Discovery().ServerResourcesForGroupVersion(v1alpha1.GroupVersion.String())
		Expect(err).NotTo(HaveOccurred())
		short := map[string][]string{}
		for _, one := range resources.APIResources {
			if len(one.ShortNames) > 0 {
				short[one.Kind] = one.ShortNames
				Expect(one.Categories).To(Equal([]string{"guardrails"}))
				Expect(one.Namespaced).To(BeTrue())
			}
		}
		Expect(short).To(Equal(map[string][]string{"AWSAccount": {"awsa"}, "SecurityBaseline": {"sb"}, "AccountPosture": {"posture"}, "RemediationRun": {"rr"}, "RiskAcceptance": {"ra"}}))
	})
})

var _ = It("the status of a fresh baseline can be patched though its counters are zero", func(ctx context.Context) {
	baseline := object("SecurityBaseline", "fresh", `{accountSelector: {}, posture: {identity: {rootMFA: {}}}}`)
	Expect(admin.Create(ctx, baseline)).To(Succeed())
	typed := &v1alpha1.SecurityBaseline{}
	Expect(operator.Get(ctx, client.ObjectKeyFromObject(baseline), typed)).To(Succeed())
	before := typed.DeepCopy()
	typed.Status.Conditions = conditions(metav1.ConditionFalse, metav1.ConditionUnknown, v1alpha1.ReasonNoAccounts)
	Expect(operator.Status().Patch(ctx, typed, client.MergeFrom(before))).To(Succeed())
	_, wide, _ := table(ctx, "securitybaselines", "fresh")
	Expect(wide).To(SatisfyAll(HaveKeyWithValue("Accounts", "0"), HaveKeyWithValue("Controls", "0")))
})
