package api_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var _ = Describe("the manager's Deployment", Ordered, func() {
	deployment := &appsv1.Deployment{}

	BeforeAll(func(ctx context.Context) {
		home := &corev1.Namespace{}
		decode(read("config", "manager", "namespace.yaml"), home)
		Expect(admin.Create(ctx, home)).To(Succeed())
		decode(read("config", "manager", "manager.yaml"), deployment)
		Expect(deployment.Namespace).To(Equal(home.Name))
		Expect(admin.Create(ctx, deployment, strict)).To(Succeed())
	})

	pod := func() *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: deployment.Namespace, Name: "manager", Labels: deployment.Spec.Template.Labels},
			Spec:       *deployment.Spec.Template.Spec.DeepCopy(),
		}
	}

	It("makes pods that its restricted namespace takes", func(ctx context.Context) {
		Expect(admin.Create(ctx, pod(), client.DryRunAll)).To(Succeed())
		By("and that it would refuse were they any laxer")
		lax := pod()
		lax.Spec.Containers[0].SecurityContext.Capabilities = nil
		Expect(admin.Create(ctx, lax, client.DryRunAll)).To(MatchError(ContainSubstring(`violates PodSecurity "restricted:latest"`)))
	})

	It("goes beyond what restricted asks", func() {
		container := deployment.Spec.Template.Spec.Containers[0]
		Expect(*container.SecurityContext.ReadOnlyRootFilesystem).To(BeTrue())
		Expect(deployment.Spec.Template.Spec.Volumes).To(BeEmpty())
		Expect(container.Resources.Requests).To(SatisfyAll(HaveKey(corev1.ResourceCPU), HaveKey(corev1.ResourceMemory)))
		Expect(container.Resources.Limits).To(HaveKey(corev1.ResourceMemory))
	})

	It("runs as the user that the admission policies know, twice", func() {
		Expect("system:serviceaccount:" + deployment.Namespace + ":" + deployment.Spec.Template.Spec.ServiceAccountName).To(Equal(operatorName))
		Expect(*deployment.Spec.Replicas).To(BeEquivalentTo(2))
		Expect(deployment.Spec.Template.Spec.Containers[0].Args).To(ContainElement("--leader-elect"))
	})

	It("is found by its Service and its NetworkPolicy", func(ctx context.Context) {
		service, policy := &corev1.Service{}, &networkingv1.NetworkPolicy{}
		decode(read("config", "manager", "metrics_service.yaml"), service)
		decode(read("config", "manager", "network_policy.yaml"), policy)
		Expect(service.Spec.Selector).To(Equal(deployment.Spec.Template.Labels))
		Expect(policy.Spec.PodSelector.MatchLabels).To(Equal(deployment.Spec.Template.Labels))
		Expect(admin.Create(ctx, service, client.DryRunAll, strict)).To(Succeed())
		Expect(admin.Create(ctx, policy, client.DryRunAll, strict)).To(Succeed())
	})
})
