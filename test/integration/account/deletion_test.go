package account

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

var _ = Describe("deleting", func() {
	It("an account whose run is under way ends the run before its next write", func() {
		s := start()
		s.buckets(numbered(5)...)
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		s.onWrite(func(n int, _ fakeaws.Call) {
			if n == 2 {
				Expect(cluster.Delete(ctx, accountOf(s.namespace, "shop", s.id))).To(Succeed())
			}
		})
		a := s.account(roomy)
		Eventually(func() bool { return isGone(a) }).Should(BeTrue())
		Expect(s.phases()).To(Equal([]string{"Enforced Stopped 2/5"}))
		run := s.runs()[0]
		expect(&run, "Ready=True Stopped")
		Expect(message(&run, "Ready")).To(Equal("the AWSAccount was deleted"))
		Consistently(s.writes).Should(HaveLen(2))
		Expect(run.Labels).NotTo(HaveKey(v1alpha1.LabelOpen))
	})

	It("an account closes what waits for an approval, and changes nothing in AWS", func() {
		s := start()
		s.buckets("logs")
		b := s.baseline("foundational", v1alpha1.Approve, versionBuckets())
		a := s.account()
		s.onlyRun(v1alpha1.RunPending)
		expect(b, findings...)
		Expect(cluster.Delete(ctx, a)).To(Succeed())
		Eventually(func() bool { return isGone(a) }).Should(BeTrue())
		Expect(s.phases()).To(Equal([]string{"Offered Stopped 0/1"}))
		expect(b, "Compliant=Unknown NoAccounts", "Ready=False NoAccounts", "Stalled=True NoAccounts")
		Expect(s.writes()).To(BeEmpty())
	})

	It("an account closes its runs even if nobody held it", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Approve, versionBuckets())
		a := s.account()
		s.onlyRun(v1alpha1.RunPending)
		edit(a, func(a *v1alpha1.AWSAccount) { a.Finalizers = nil })
		Expect(cluster.Delete(ctx, a)).To(Succeed())
		s.onlyRun(v1alpha1.RunStopped)
	})

	It("a baseline changes nothing in AWS, and leaves nothing declared", func() {
		s := start()
		s.buckets("logs")
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account()
		expect(a, resting...)
		Expect(cluster.Delete(ctx, b)).To(Succeed())
		expect(a, "Compliant=Unknown NothingDeclared", "Ready=True Reconciled")
		Expect(s.writes()).To(HaveLen(1))
	})

	It("a posture has it written again", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		a := s.account()
		expect(a, findings...)
		expect(s.posture(), "Compliant=False Findings")
		Expect(cluster.Delete(ctx, s.posture())).To(Succeed())
		ask(a)
		Eventually(func() error { return cluster.Get(ctx, objectKey(s.posture()), s.posture()) }).Should(Succeed())
		expect(s.posture(), "Compliant=False Findings")
	})

	Context("where zones and quarantines exist", Ordered, func() {
		BeforeAll(func() {
			crds := []*apiextensionsv1.CustomResourceDefinition{dependent("NetworkZone", "networkzones"), dependent("Quarantine", "quarantines")}
			_, err := envtest.InstallCRDs(env.Config, envtest.CRDInstallOptions{CRDs: crds})
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(func() {
				Expect(envtest.UninstallCRDs(env.Config, envtest.CRDInstallOptions{CRDs: crds})).To(Succeed())
			})
		})

		It("an account waits for those that need it, and says for which", func() {
			s := start()
			zone, other, quarantine := s.dependent("NetworkZone", "web", "shop"), s.dependent("NetworkZone", "db", "another"), s.dependent("Quarantine", "i-0123", "shop")
			a := s.account()
			expect(a, "Compliant=Unknown NothingDeclared", "Ready=True Reconciled")
			Expect(cluster.Delete(ctx, a)).To(Succeed())
			expect(a, "Compliant=Unknown NothingDeclared of an old generation", "Ready=False InUse", "Stalled=True InUse")
			Expect(message(a, "Stalled")).To(Equal("deletion waits for NetworkZone/web, Quarantine/i-0123"))
			Expect(kstatus(a, a.Status.ObservedGeneration)).To(Equal("Terminating"))
			Expect(cluster.Delete(ctx, zone)).To(Succeed())
			Expect(cluster.Delete(ctx, quarantine)).To(Succeed())
			Eventually(func() bool { return isGone(a) }).WithTimeout(15 * time.Second).Should(BeTrue())
			Expect(cluster.Delete(ctx, other)).To(Succeed())
		})

		It("a namespace takes its accounts without waiting, and without touching AWS", func() {
			s := start()
			s.buckets("logs")
			s.baseline("foundational", v1alpha1.Approve, versionBuckets())
			zone := s.dependent("NetworkZone", "web", "shop")
			a := s.account()
			s.onlyRun(v1alpha1.RunPending)
			// No namespace controller runs here: the namespace ends, and its objects one by one.
			Expect(cluster.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}})).To(Succeed())
			Expect(cluster.Delete(ctx, a)).To(Succeed())
			Eventually(func() bool { return isGone(a) }).WithTimeout(15 * time.Second).Should(BeTrue())
			Expect(s.writes()).To(BeEmpty())
			Expect(cluster.Delete(ctx, zone)).To(Succeed())
		})
	})
})

// dependent is a kind that is to come, as small as can be.
func dependent(kind, plural string) *apiextensionsv1.CustomResourceDefinition {
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: plural + "." + v1alpha1.GroupVersion.Group},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: v1alpha1.GroupVersion.Group, Scope: apiextensionsv1.NamespaceScoped,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Kind: kind, ListKind: kind + "List", Plural: plural},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: v1alpha1.GroupVersion.Version, Served: true, Storage: true,
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", XPreserveUnknownFields: ptr.To(true)}},
			}},
		},
	}
}

func (s *stage) dependent(kind, name, account string) *unstructured.Unstructured {
	GinkgoHelper()
	o := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"account": account}}}
	o.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
	o.SetNamespace(s.namespace)
	o.SetName(name)
	Eventually(func() error { return cluster.Create(ctx, o) }).Should(Succeed())
	return o
}
