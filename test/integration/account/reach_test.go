package account

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	ackv1alpha1 "github.com/aws-controllers-k8s/runtime/apis/core/v1alpha1"
	"github.com/aws/smithy-go"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// mutating are the writes of anyone but the administrators that set the scene.
func (s *stage) mutating() []fakeaws.Call {
	var calls []fakeaws.Call
	for _, call := range s.cloud.Writes() {
		if !strings.Contains(call.Caller, "/administrator") {
			calls = append(calls, call)
		}
	}
	return calls
}

var _ = Describe("an account that cannot be reached", func() {
	It("is stalled where the credentials are another account's, and nothing is sent with them", func() {
		s := start()
		s.buckets("logs")
		s.cloud.Misdirect(auditRole(s.id), "222222222222")
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, stalledBy("WrongAccount")...)
		Expect(message(a, "Stalled")).To(ContainSubstring("the credentials belong to account 222222222222, not " + s.id))
		expect(b, "Compliant=Unknown Unread", "Ready=True Reconciled")
		for _, call := range s.cloud.Calls() {
			Expect(call.Operation).To(HavePrefix("sts:"))
		}
		s.cloud.Misdirect(auditRole(s.id), "")
		check(a)
		expect(a, resting...)
	})

	It("is stalled where only the writing credentials are, and is judged all the same", func() {
		s := start()
		s.buckets("logs")
		s.cloud.Misdirect(remediationRole(s.id), "222222222222")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, "Compliant=False Findings", "Ready=False WrongAccount", "Stalled=True WrongAccount")
		Expect(s.mutating()).To(BeEmpty())
		Expect(s.phases()).To(Equal([]string{"Enforced Pending 0/1"}))
		s.cloud.Misdirect(remediationRole(s.id), "")
		check(a)
		expect(a, resting...)
	})

	It("is written no further once credentials come from another account mid-run", func() {
		s := set()
		s.buckets(numbered(30)...)
		s.bucketsOf("222222222222", "theirs")
		// Credentials that are old when they come are renewed at every call.
		s.cloud.SetClock(func() time.Time { return time.Now().Add(-57 * time.Minute) })
		s.between = func(next http.RoundTripper) http.RoundTripper {
			return &onClaim{next: next, nth: 2, then: func() { s.cloud.Misdirect(remediationRole(s.id), "222222222222") }}
		}
		s.run()
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, "Blocked=True RunFailed", "Compliant=False Findings", "Ready=True Reconciled")
		Expect(len(s.mutating())).To(Equal(1))
		Expect(s.phases()).To(Equal([]string{"Enforced Failed 1/30"}))
		for _, call := range s.cloud.Calls() {
			if strings.Contains(call.Caller, "222222222222:assumed-role") {
				Expect(call.Operation).To(Equal("sts:GetCallerIdentity"))
			}
		}
	})

	It("says which role it cannot assume, tries again at the interval, and recovers", func() {
		s := start()
		s.buckets("logs")
		s.cloud.RefuseRole(auditRole(s.id))
		s.baseline("foundational", v1alpha1.Audit, versionBuckets(), every(10*time.Second))
		a := s.account()
		expect(a, stalledBy("RoleNotAssumable")...)
		Expect(message(a, "Stalled")).To(ContainSubstring("role " + auditRole(s.id) + " cannot be assumed"))
		Expect(kstatus(a, refresh(a).Status.ObservedGeneration)).To(Equal("Failed"))
		s.cloud.AllowRole(auditRole(s.id))
		Eventually(func() []string { return standing(a) }).WithTimeout(15 * time.Second).Should(Equal(findings))
	})

	It("is not called compliant any more, nor are its baselines, and recovers when asked", func() {
		s := start()
		s.buckets("logs")
		// Credentials last an hour, and a refused role shows with the next ones.
		s.cloud.SetClock(func() time.Time { return time.Now().Add(-57 * time.Minute) })
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, resting...)
		expect(b, resting...)
		verified := refresh(a).Status.LastVerifiedTime
		s.cloud.RefuseRole(auditRole(s.id))
		ask(a)
		expect(a, stalledBy("RoleNotAssumable")...)
		expect(b, "Compliant=Unknown Unread", "Ready=True Reconciled")
		expect(s.posture(), "Compliant=Unknown Unread")
		finding := refresh(s.posture()).Status.Findings[0]
		Expect(finding.Verdict).To(Equal(v1alpha1.Unknown))
		Expect(finding.Message).To(ContainSubstring("cannot be assumed"))
		Expect(refresh(a).Status.LastVerifiedTime).To(Equal(verified), "it was not verified since")
		s.cloud.AllowRole(auditRole(s.id))
		ask(a)
		expect(a, resting...)
		expect(b, resting...)
	})

	It("names a region that does not exist, and serves the account once it does", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		a := s.account(func(a *v1alpha1.AWSAccount) {
			a.Spec.Regions = &v1alpha1.RegionScope{Include: []string{"eu-wst-1", "us-east-1"}}
		})
		expect(a, stalledBy("UnknownRegion")...)
		Expect(message(a, "Stalled")).To(ContainSubstring("region eu-wst-1 does not exist or is not enabled in account " + s.id + "; enabled are eu-west-1, us-east-1"))
		s.cloud.Regions = append(s.cloud.Regions, "eu-wst-1")
		ask(a)
		expect(a, findings...)
		Expect(refresh(a).Status.Regions).To(Equal([]string{"eu-wst-1", "us-east-1"}))
	})

	It("has no role", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		a := s.account(func(a *v1alpha1.AWSAccount) { a.Spec.AuditRoleARN = "" })
		expect(a, stalledBy("RoleNotFound")...)
		Expect(s.cloud.Calls()).To(BeEmpty())
	})

	It("comes back by itself when AWS throttles, breaks down or loses answers", func() {
		s := start()
		s.buckets(numbered(10)...)
		n := 0
		s.cloud.Inject(&fakeaws.Fault{Match: func(fakeaws.Call) bool { n++; return n%3 == 0 }, Err: fakeaws.Throttled()})
		s.cloud.Inject(&fakeaws.Fault{Match: func(fakeaws.Call) bool { return n%19 == 0 }, Err: &smithy.GenericAPIError{Code: "InternalError", Message: "We encountered an internal error. Please try again.", Fault: smithy.FaultServer}})
		s.cloud.Inject(&fakeaws.Fault{Match: func(c fakeaws.Call) bool { return c.Write && n%5 == 0 }, Err: &smithy.GenericAPIError{Code: "ServiceUnavailable", Message: "lost"}, Applied: true})
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		Eventually(func() []string {
			now := standing(a)
			if slices.Contains(now, "Blocked=True RunFailed") {
				s.cloud.Heal() // too many calls failed to go on: that is left to the next time
				return resting
			}
			return now
		}).Should(Equal(resting))
		Expect(s.phases()).NotTo(BeEmpty())
	})

	It("is tried again when AWS does not answer at all", func() {
		s := start()
		s.buckets("logs")
		s.cloud.Inject(&fakeaws.Fault{Match: func(fakeaws.Call) bool { return true }, Err: &smithy.GenericAPIError{Code: "ServiceUnavailable", Message: "down"}, Times: 8})
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, "Compliant=Unknown Unread", "Ready=False AWSUnavailable", "Reconciling=True AWSUnavailable")
		expect(a, resting...)
		expect(b, resting...)
	})
})

var _ = Describe("what could not be read", func() {
	It("is unknown and names the IAM action, and all else goes on", func() {
		s := start()
		s.buckets("logs", "photos")
		s.cloud.Deny("s3:GetPublicAccessBlock")
		b := s.baseline("foundational", v1alpha1.Enforce, bothOn(v1alpha1.Enforce))
		a := s.account(roomy, allowing(v1alpha1.Safe, v1alpha1.Disruptive))
		expect(a, "Compliant=Unknown Unread", "ReadFailing=True PermissionMissing", "Ready=True Reconciled")
		expect(b, "Compliant=Unknown Unread", "Ready=True Reconciled")
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning logs", "PutBucketVersioning photos"}))
		p := refresh(s.posture())
		Expect(*p.Status.Totals).To(Equal(v1alpha1.Totals{Pass: 1, Unknown: 1}))
		Expect(p.Status.Findings).To(HaveLen(2))
		for _, f := range p.Status.Findings {
			Expect(f.Reason).To(Equal(v1alpha1.VerdictReadDenied))
			Expect(f.Message).To(ContainSubstring("missing permission s3:GetBucketPublicAccessBlock"))
		}
		Expect(p.Status.LastVerifiedTime).To(BeNil(), "no round was complete")
		Expect(refresh(a).Status.LastVerifiedTime).To(BeNil())
		s.cloud.Heal()
		check(a)
		expect(a, resting...)
		Expect(refresh(s.posture()).Status.LastVerifiedTime).NotTo(BeNil())
	})

	It("is unknown where the list itself is denied", func() {
		s := start()
		s.buckets("logs")
		s.cloud.Deny("s3:ListBuckets")
		s.baseline("foundational", v1alpha1.Enforce, bothOn())
		a := s.account(roomy)
		expect(a, "Compliant=Unknown Unread", "Ready=True Reconciled")
		Expect(refresh(s.posture()).Status.Findings[0].Message).To(ContainSubstring("missing permission s3:ListAllMyBuckets"))
		Expect(s.writes()).To(BeEmpty())
	})

	It("is left alone where its owner cannot be told", func() {
		s := start()
		s.buckets("logs")
		s.cloud.Deny("s3:GetBucketTagging")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, findings...)
		Expect(refresh(s.posture()).Status.Findings[0].ManagedElsewhere).To(ContainSubstring("its tags could not be read"))
		Expect(s.writes()).To(BeEmpty())
	})

	It("is said to be the organization's will in a region that an SCP rules out, and others go on", func() {
		s := start()
		s.cloud.Inject(&fakeaws.Fault{
			Match: func(c fakeaws.Call) bool { return c.Region == "eu-west-1" },
			Err:   &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "User is not authorized with an explicit deny in a service control policy"},
		})
		s.baseline("foundational", v1alpha1.Enforce, v1alpha1.Posture{Threat: v1alpha1.ThreatPosture{GuardDuty: &v1alpha1.GuardDuty{Setting: setting([]v1alpha1.Enforcement{v1alpha1.Enforce})}}})
		a := s.account(roomy, allowing(v1alpha1.Safe, v1alpha1.Costly))
		expect(a, "Compliant=Unknown Unread", "ReadFailing=True PermissionMissing", "Ready=True Reconciled")
		p := refresh(s.posture())
		Expect(p.Status.Findings).To(HaveLen(1))
		Expect(p.Status.Findings[0].Reason).To(Equal(v1alpha1.VerdictReadDeniedByOrganization))
		Expect(p.Status.Findings[0].Region).To(Equal("eu-west-1"))
		Expect(p.Status.Controls[0].Pass).To(BeEquivalentTo(1))
		Expect(s.mutating()).To(HaveLen(1))
		Expect(s.mutating()[0].Region).To(Equal("us-east-1"))
	})
})

var _ = Describe("a namespace", func() {
	It("that is not allowed the account has nothing called, and works at once when it is", func() {
		s := start()
		s.buckets("logs")
		s.allow("222222222222")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, stalledBy("NamespaceNotAllowed")...)
		Expect(message(a, "Stalled")).To(ContainSubstring(v1alpha1.AnnotationAllowedAccountIDs))
		check := time.Now()
		Consistently(s.cloud.Calls).Should(BeEmpty())
		s.allow("222222222222," + s.id)
		expect(a, resting...)
		Expect(time.Since(check)).To(BeNumerically("<", 10*time.Second))
	})

	It("is allowed by ACK's annotation too", func() {
		s := start()
		s.buckets("logs")
		s.allow("")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		a := s.account()
		expect(a, stalledBy("NamespaceNotAllowed")...)
		edit(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}, func(n *corev1.Namespace) {
			n.Annotations = map[string]string{ackv1alpha1.AnnotationOwnerAccountID: s.id}
		})
		expect(a, findings...)
	})

	It("finds its role in ACK's role map, and loses it with it", func() {
		s := set()
		system := s.newNamespace(nil)
		s.run(func(o *app.Options) { o.RoleMapNamespace = system })
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy, func(a *v1alpha1.AWSAccount) { a.Spec.AuditRoleARN = "" })
		expect(a, stalledBy("RoleNotFound")...)
		roles := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: system, Name: "ack-role-account-map"}, Data: map[string]string{s.id: auditRole(s.id)}}
		Expect(cluster.Create(ctx, roles)).To(Succeed())
		expect(a, resting...)
		Expect(refresh(a).Status.AuditIdentity).To(ContainSubstring("assumed-role/guardrails-audit/"))
		edit(roles, func(c *corev1.ConfigMap) { c.Data[s.id] = "arn:aws:iam::222222222222:role/x" })
		expect(a, stalledBy("WrongAccount")...)
		Expect(cluster.Delete(ctx, roles)).To(Succeed())
		expect(a, stalledBy("RoleNotFound")...)
	})
})

var _ = Describe("two AWSAccounts of one id", func() {
	It("are served by the older, and by the other once that is gone", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		first := s.account()
		expect(first, findings...)
		time.Sleep(1100 * time.Millisecond) // the API server tells ages in seconds
		second := s.account(func(a *v1alpha1.AWSAccount) { a.Name = "a-shop-too" })
		expect(second, stalledBy("DuplicateAccount")...)
		Expect(message(second, "Stalled")).To(ContainSubstring("is served by the older AWSAccount " + s.namespace + "/shop"))
		check(first)
		expect(first, findings...)
		Expect(cluster.Delete(ctx, first)).To(Succeed())
		expect(second, findings...)
	})

	It("are not taken from guard by one whose namespace is not allowed the id", func() {
		s := start()
		s.buckets("logs")
		stranger := accountOf(s.newNamespace(nil), "squatter", s.id)
		Expect(cluster.Create(ctx, stranger)).To(Succeed())
		expect(stranger, "Compliant=Unknown NothingDeclared", "Ready=False NamespaceNotAllowed", "Stalled=True NamespaceNotAllowed")
		time.Sleep(1100 * time.Millisecond)
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		a := s.account()
		expect(a, findings...)
		// Allowed, the older one serves; the other is told so at once.
		edit(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: stranger.Namespace}}, func(n *corev1.Namespace) {
			n.Annotations = map[string]string{v1alpha1.AnnotationAllowedAccountIDs: "*"}
		})
		expect(a, stalledBy("DuplicateAccount")...)
		expect(stranger, "Compliant=Unknown NothingDeclared", "Ready=True Reconciled")
	})
})

// ask asks for a round of the account now.
func ask(a *v1alpha1.AWSAccount) {
	GinkgoHelper()
	asked++
	edit(a, func(a *v1alpha1.AWSAccount) {
		a.Annotations = map[string]string{v1alpha1.AnnotationCheckNow: fmt.Sprint(asked)}
	})
}

// isGone says whether an object is there no more.
func isGone(o client.Object) bool {
	GinkgoHelper()
	err := cluster.Get(ctx, client.ObjectKeyFromObject(o), o)
	Expect(client.IgnoreNotFound(err)).To(Succeed())
	return apierrors.IsNotFound(err)
}
