package api_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var (
	everyVerb     = []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
	everyResource = []string{"accountpostures", "awsaccounts", "remediationruns", "riskacceptances", "securitybaselines"}

	reads  = []string{"get", "list", "watch"}
	edits  = []string{"create", "delete", "get", "list", "patch", "update", "watch"}
	decide = []string{"get", "list", "patch", "update", "watch"}
)

// granted asks the API server what the user may do in the namespace.
func granted(ctx context.Context, c client.Client, in string) map[string][]string {
	GinkgoHelper()
	may := map[string][]string{}
	for _, resource := range everyResource {
		for _, subresource := range []string{"", "status"} {
			for _, verb := range everyVerb {
				review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{
					ResourceAttributes: &authorizationv1.ResourceAttributes{
						Namespace: in, Verb: verb, Group: v1alpha1.GroupVersion.Group, Resource: resource, Subresource: subresource,
					},
				}}
				Expect(c.Create(ctx, review)).To(Succeed())
				if review.Status.Allowed {
					name := strings.TrimSuffix(resource+"/"+subresource, "/")
					may[name] = append(may[name], verb)
				}
			}
		}
	}
	return may
}

var _ = DescribeTable("a shipped role grants what it is for and nothing else",
	func(ctx context.Context, who func() client.Client, want map[string][]string) {
		Expect(granted(ctx, who(), namespace)).To(Equal(want))
		Expect(granted(ctx, who(), "default")).To(BeEmpty())
	},
	Entry("viewer", func() client.Client { return viewer },
		map[string][]string{"accountpostures": reads, "awsaccounts": reads, "remediationruns": reads, "riskacceptances": reads, "securitybaselines": reads}),
	Entry("baseline editor", func() client.Client { return baselineEditor },
		map[string][]string{"accountpostures": reads, "awsaccounts": reads, "remediationruns": reads, "riskacceptances": reads, "securitybaselines": edits}),
	Entry("account editor", func() client.Client { return accountEditor },
		map[string][]string{"accountpostures": reads, "awsaccounts": edits, "remediationruns": reads, "riskacceptances": reads, "securitybaselines": reads}),
	Entry("approver", func() client.Client { return approver },
		map[string][]string{"accountpostures": reads, "awsaccounts": reads, "remediationruns": decide, "riskacceptances": reads, "securitybaselines": reads}),
	Entry("risk owner", func() client.Client { return riskOwner },
		map[string][]string{"accountpostures": reads, "awsaccounts": reads, "remediationruns": reads, "riskacceptances": edits, "securitybaselines": reads}),
)

var _ = Describe("people check each other", func() {
	It("so who declares cannot raise the ceiling or approve", func(ctx context.Context) {
		baseline := object("SecurityBaseline", "mine", `{accountSelector: {}, enforcement: Enforce, posture: {identity: {rootMFA: {}}}}`)
		Expect(baselineEditor.Create(ctx, baseline)).To(Succeed())
		Expect(baselineEditor.Create(ctx, object("AWSAccount", "mine", `{accountID: "111111111111", guard: {maxEnforcement: Enforce}}`))).
			To(MatchError(ContainSubstring(`User "bert" cannot create resource "awsaccounts"`)))
		offered := run("for-bert")
		Expect(operator.Create(ctx, offered)).To(Succeed())
		Expect(baselineEditor.Patch(ctx, offered, decision(v1alpha1.Approved, "bert"))).
			To(MatchError(ContainSubstring(`User "bert" cannot patch resource "remediationruns"`)))
	})

	It("so who owns the account cannot declare or approve", func(ctx context.Context) {
		Expect(accountEditor.Create(ctx, object("AWSAccount", "hers", `{accountID: "111111111111"}`))).To(Succeed())
		Expect(accountEditor.Create(ctx, object("SecurityBaseline", "hers", `{accountSelector: {}, posture: {identity: {rootMFA: {}}}}`))).
			To(MatchError(ContainSubstring(`User "anna" cannot create resource "securitybaselines"`)))
		offered := run("for-anna")
		Expect(operator.Create(ctx, offered)).To(Succeed())
		Expect(accountEditor.Patch(ctx, offered, decision(v1alpha1.Approved, "anna"))).
			To(MatchError(ContainSubstring(`User "anna" cannot patch resource "remediationruns"`)))
	})

	It("so nobody accepts the risk of what they declare, own or approve", func(ctx context.Context) {
		for name, who := range map[string]client.Client{"vera": viewer, "bert": baselineEditor, "anna": accountEditor, "alice": approver} {
			Expect(who.Create(ctx, acceptance("theirs", ""))).To(MatchError(ContainSubstring(`User "` + name + `" cannot create resource "riskacceptances"`)))
		}
	})

	It("so who takes a risk can neither declare, nor own, nor approve, and its status is the operator's", func(ctx context.Context) {
		mine := acceptance("mine", "")
		Expect(riskOwner.Create(ctx, mine)).To(Succeed())
		for _, one := range []client.Object{
			object("SecurityBaseline", "olga", `{accountSelector: {}, posture: {identity: {rootMFA: {}}}}`),
			object("AWSAccount", "olga", `{accountID: "111111111111"}`),
		} {
			Expect(riskOwner.Create(ctx, one)).To(MatchError(ContainSubstring(`User "olga" cannot create resource`)))
		}
		offered := run("for-olga")
		Expect(operator.Create(ctx, offered)).To(Succeed())
		Expect(riskOwner.Patch(ctx, offered, decision(v1alpha1.Approved, "olga"))).
			To(MatchError(ContainSubstring(`User "olga" cannot patch resource "remediationruns"`)))
		By("so that nobody has an expired acceptance forgotten")
		latch := mergePatch(`{"status":{"expired":null,"phase":"Active"}}`)
		Expect(riskOwner.Status().Patch(ctx, mine.DeepCopy(), latch)).To(MatchError(ContainSubstring(`User "olga" cannot patch resource "riskacceptances/status"`)))
		Expect(admin.Status().Patch(ctx, mine.DeepCopy(), latch)).To(MatchError(ContainSubstring("only the operator writes the status of riskacceptances")))
		Expect(operator.Status().Patch(ctx, mine.DeepCopy(), latch)).To(Succeed())
	})
})

var _ = Describe("the manager's bindings", func() {
	It("are for the user that the admission policies know", func(ctx context.Context) {
		for _, file := range []string{"leader_election_role_binding.yaml", "metrics_auth_role_binding.yaml", "role_binding.yaml"} {
			binding := &rbacv1.ClusterRoleBinding{}
			decode(read("config", "rbac", file), binding)
			Expect(binding.Subjects).To(HaveLen(1), file)
			Expect(fmt.Sprintf("system:serviceaccount:%s:%s", binding.Subjects[0].Namespace, binding.Subjects[0].Name)).To(Equal(operatorName), file)
		}
	})

	It("let it elect a leader in its own namespace", func(ctx context.Context) {
		role := &rbacv1.Role{}
		decode(read("config", "rbac", "leader_election_role.yaml"), role)
		Expect(role.Namespace).To(Equal("aws-guardrails-system"))
		Expect(role.Rules).To(ContainElement(SatisfyAll(HaveField("Resources", []string{"leases"}), HaveField("Verbs", []string{"create", "get", "update"}))))
	})
})

var _ = It("no shipped role has a wildcard or a way to more", func() {
	forbidden := []string{"*", "bind", "escalate", "impersonate"}
	for _, file := range filesOf("config", "rbac") {
		role := &rbacv1.ClusterRole{}
		if !strings.HasSuffix(file, "_role.yaml") {
			continue
		}
		decode(read("config", "rbac", file), role)
		Expect(role.Rules).NotTo(BeEmpty(), file)
		for _, rule := range role.Rules {
			for _, word := range slices.Concat(rule.Verbs, rule.Resources, rule.APIGroups, rule.NonResourceURLs) {
				Expect(forbidden).NotTo(ContainElement(word), file)
			}
		}
	}
})
