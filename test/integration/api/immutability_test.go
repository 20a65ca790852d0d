package api_test

import (
	"context"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

func jsonPatch(text string) client.Patch {
	return client.RawPatch(types.JSONPatchType, []byte(text))
}

func mergePatch(text string) client.Patch {
	return client.RawPatch(types.MergePatchType, []byte(text))
}

var _ = Describe("an AWSAccount", Ordered, func() {
	account := object("AWSAccount", "fixed", `{accountID: "111111111111", guard: {maxEnforcement: Audit}}`)
	BeforeAll(func(ctx context.Context) { Expect(admin.Create(ctx, account)).To(Succeed()) })

	DescribeTable("stays the account it is",
		func(ctx context.Context, patch, complaint string) {
			Expect(admin.Patch(ctx, account.DeepCopy(), mergePatch(patch))).To(MatchError(ContainSubstring(complaint)))
		},
		Entry("by id", `{"spec":{"accountID":"222222222222"}}`, "accountID cannot be changed; create another AWSAccount"),
		Entry("by partition", `{"spec":{"partition":"aws-cn"}}`, "partition cannot be changed; create another AWSAccount"),
	)

	It("may be reached and guarded otherwise", func(ctx context.Context) {
		patch := `{"spec":{"auditRoleARN":"` + auditRole + `","guard":{"maxEnforcement":"Enforce","suspend":true}}}`
		Expect(admin.Patch(ctx, account.DeepCopy(), mergePatch(patch))).To(Succeed())
	})
})

var _ = Describe("a RemediationRun", Ordered, func() {
	fixed := run("fixed")
	fixed.Spec.Actions = append(fixed.Spec.Actions, action("second"))
	BeforeAll(func(ctx context.Context) { Expect(operator.Create(ctx, fixed)).To(Succeed()) })

	DescribeTable("is what it was, though the operator asks",
		func(ctx context.Context, patch string) {
			Expect(operator.Patch(ctx, fixed.DeepCopy(), jsonPatch(patch))).To(MatchError(ContainSubstring("a run cannot be changed; only spec.approval and spec.revert may be set")))
		},
		Entry("account", `[{"op":"replace","path":"/spec/account","value":"other"}]`),
		Entry("account id", `[{"op":"replace","path":"/spec/accountID","value":"222222222222"}]`),
		Entry("trigger", `[{"op":"replace","path":"/spec/trigger","value":"Enforced"}]`),
		Entry("plan", `[{"op":"replace","path":"/spec/planHash","value":"other"}]`),
		Entry("parts", `[{"op":"replace","path":"/spec/parts","value":2}]`),
		Entry("one action fewer", `[{"op":"remove","path":"/spec/actions/1"}]`),
		Entry("one action more", `[{"op":"copy","from":"/spec/actions/1","path":"/spec/actions/-"}]`),
		Entry("order of actions", `[{"op":"move","from":"/spec/actions/1","path":"/spec/actions/0"}]`),
		Entry("target of an action", `[{"op":"replace","path":"/spec/actions/1/target","value":"arn:aws:s3:::third"}]`),
		Entry("calls of an action", `[{"op":"add","path":"/spec/actions/1/calls/-","value":"s3:DeleteBucket"}]`),
		Entry("risk of an action", `[{"op":"replace","path":"/spec/actions/1/risk","value":"safe"}]`),
		Entry("what was there before", `[{"op":"remove","path":"/spec/actions/1/from"}]`),
		Entry("content of an action", `[{"op":"replace","path":"/spec/actions/1/content/bucket","value":"third"}]`),
		Entry("content of an action, deep inside", `[{"op":"replace","path":"/spec/actions/1/content/was/blockPublicAcls","value":true}]`),
		Entry("more content of an action", `[{"op":"add","path":"/spec/actions/1/content/was/more","value":true}]`),
	)

	DescribeTable("holds the before-images that it held, whoever asks",
		func(ctx context.Context, patch string) {
			for _, asks := range []client.Client{operator, approver, admin} {
				Expect(asks.Patch(ctx, fixed.DeepCopy(), jsonPatch(patch))).To(MatchError(ContainSubstring("only spec.approval and spec.revert may be set")))
			}
		},
		Entry("no key renamed", `[{"op":"move","from":"/spec/actions/1/content/bucket","path":"/spec/actions/1/content/bracket"}]`),
		Entry("no key renamed, deep inside", `[{"op":"move","from":"/spec/actions/1/content/was/blockPublicAcls","path":"/spec/actions/1/content/was/blockPublicACLs"}]`),
		Entry("no key fewer", `[{"op":"remove","path":"/spec/actions/1/content/was"}]`),
		Entry("no key more", `[{"op":"add","path":"/spec/actions/1/content/more","value":{}}]`),
		Entry("nothing else in its place", `[{"op":"replace","path":"/spec/actions/1/content","value":{"a":"b","c":"d"}}]`),
	)

	It("of 256 KiB can be decided on", func(ctx context.Context) {
		large := run("large")
		large.Spec.Actions = nil
		for i := range 250 {
			one := action(fmt.Sprintf("bucket-%d", i))
			one.From, one.To = strings.Repeat("a", 300), strings.Repeat("b", 300)
			large.Spec.Actions = append(large.Spec.Actions, one)
		}
		Expect(operator.Create(ctx, large)).To(Succeed())
		Expect(approver.Patch(ctx, large, mergePatch(`{"spec":{"approval":{"decision":"Approved","by":"alice"}}}`))).To(Succeed())
	})

	It("that is enforced takes no decision", func(ctx context.Context) {
		enforced := run("enforced")
		enforced.Spec.Trigger = v1alpha1.TriggerEnforced
		Expect(operator.Create(ctx, enforced)).To(Succeed())
		Expect(approver.Patch(ctx, enforced, mergePatch(`{"spec":{"approval":{"decision":"Approved","by":"alice"}}}`))).
			To(MatchError(ContainSubstring("only an offered run takes an approval; suspend the account to stop an enforced one")))
	})
})
