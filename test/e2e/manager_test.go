//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/go-logr/logr"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/test/testenv"
)

// The account that the manager holds to its posture, and one bucket of it.
const (
	shop   = "333333333333"
	photos = "e2e-photos"
)

// TestManager runs the whole manager as main does: its cluster is real, and AWS it finds by the
// ordinary environment.
func TestManager(t *testing.T) {
	g := NewWithT(t)
	g.SetDefaultEventuallyTimeout(2 * time.Minute)
	g.SetDefaultEventuallyPollingInterval(200 * time.Millisecond)
	g.Expect(server.Reset(t.Context())).To(Succeed())
	admin, network := s3.NewFromConfig(server.ConfigFor(shop)), ec2.NewFromConfig(server.ConfigFor(shop))
	_, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(photos)})
	g.Expect(err).NotTo(HaveOccurred())

	cluster, alice, listings := startManager(t)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop", Annotations: map[string]string{v1alpha1.AnnotationAllowedAccountIDs: shop}}}
	account := &v1alpha1.AWSAccount{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "shop"},
		Spec: v1alpha1.AWSAccountSpec{
			AccountID: shop, AuditRoleARN: "arn:aws:iam::" + shop + ":role/guardrails-audit", RemediationRoleARN: "arn:aws:iam::" + shop + ":role/guardrails-remediation",
			Regions: &v1alpha1.RegionScope{Include: []string{"us-east-1", "eu-west-1"}},
			Guard:   v1alpha1.Guard{MaxEnforcement: v1alpha1.Enforce, AllowedRisks: []v1alpha1.Risk{v1alpha1.Safe, v1alpha1.Disruptive}},
		},
	}
	baseline := &v1alpha1.SecurityBaseline{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "foundational"},
		Spec: v1alpha1.SecurityBaselineSpec{
			Enforcement: v1alpha1.Approve, Interval: &metav1.Duration{Duration: 10 * time.Second},
			Posture: v1alpha1.Posture{
				DataAtRest: v1alpha1.DataAtRestPosture{
					S3AccountPublicAccessBlock: &v1alpha1.S3AccountPublicAccessBlock{},
					S3BucketPublicAccessBlock:  &v1alpha1.S3BucketPublicAccessBlock{},
					S3BucketVersioning:         &v1alpha1.S3BucketVersioning{},
				},
				Network: v1alpha1.NetworkPosture{SGNoOpenRemoteAdmin: &v1alpha1.SGNoOpenRemoteAdmin{}},
				Logging: v1alpha1.LoggingPosture{CloudTrailMultiRegion: &v1alpha1.CloudTrailMultiRegion{}},
			},
		},
	}
	for _, object := range []client.Object{namespace, account, baseline} {
		g.Expect(cluster.Create(t.Context(), object)).To(Succeed())
	}

	t.Cleanup(func() { tell(t, cluster) })

	var runs v1alpha1.RemediationRunList
	g.Eventually(func() ([]v1alpha1.RemediationRun, error) {
		err := cluster.List(t.Context(), &runs, client.InNamespace("shop"))
		return runs.Items, err
	}).Should(HaveLen(1))
	run := &runs.Items[0]
	g.Eventually(func() v1alpha1.RunPhase { return refresh(g, cluster, run).Status.Phase }).Should(Equal(v1alpha1.RunPending))
	g.Expect(versioning(g, admin)).To(BeEmpty(), "nothing is written before the approval")

	approve(g, cluster, alice)
	g.Eventually(func() v1alpha1.RunPhase { return refresh(g, cluster, run).Status.Phase }).Should(Equal(v1alpha1.RunSucceeded))
	compliant := func() bool {
		return meta.IsStatusConditionTrue(refresh(g, cluster, account).Status.Conditions, v1alpha1.ConditionCompliant)
	}
	// The trail came with a bucket, which is held to the same posture: that is offered in its turn.
	g.Eventually(func() bool {
		approve(g, cluster, alice)
		return compliant()
	}).Should(BeTrue())
	g.Expect(versioning(g, admin)).To(Equal(types.BucketVersioningStatusEnabled))

	before := listings()
	approved := refresh(g, cluster, baseline).DeepCopy()
	baseline.Spec.Enforcement = v1alpha1.Enforce
	baseline.Spec.Posture.Network.SGNoOpenRemoteAdmin.Enforcement = v1alpha1.Enforce
	g.Expect(cluster.Patch(t.Context(), baseline, client.MergeFrom(approved))).To(Succeed())
	// The change makes the account be read at once; the group is opened behind that reading's back.
	g.Eventually(listings).Should(BeNumerically(">=", before+len(account.Spec.Regions.Include)))
	group := openSSH(g, network)
	opened := time.Now()
	g.Eventually(func() int { return len(rules(g, network, group)) }).Should(BeZero())
	t.Logf("port 22 was closed %s after it was opened, at an interval of %s", time.Since(opened).Round(100*time.Millisecond), baseline.Spec.Interval.Duration)
	g.Eventually(compliant).Should(BeTrue())
}

// approve says yes to every run that waits for it.
func approve(g *WithT, cluster, approver client.Client) {
	g.THelper()
	var runs v1alpha1.RemediationRunList
	g.Expect(cluster.List(context.Background(), &runs, client.InNamespace("shop"))).To(Succeed())
	for i := range runs.Items {
		run := &runs.Items[i]
		if run.Status.Phase != v1alpha1.RunPending || run.Spec.Approval != nil {
			continue
		}
		offered := run.DeepCopy()
		run.Spec.Approval = &v1alpha1.Approval{Decision: v1alpha1.Approved, By: "alice"}
		g.Expect(approver.Patch(context.Background(), run, client.MergeFrom(offered))).To(Succeed())
	}
}

// openSSH makes a security group that lets everyone in on port 22.
func openSSH(g *WithT, network *ec2.Client) *string {
	g.THelper()
	ctx := context.Background()
	vpc, err := network.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String("10.1.0.0/16")})
	g.Expect(err).NotTo(HaveOccurred())
	group, err := network.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{VpcId: vpc.Vpc.VpcId, GroupName: aws.String("debug"), Description: aws.String("for now")})
	g.Expect(err).NotTo(HaveOccurred())
	_, err = network.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group.GroupId, IpPermissions: []ec2types.IpPermission{{
		IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22), IpRanges: []ec2types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}},
	}}})
	g.Expect(err).NotTo(HaveOccurred())
	return group.GroupId
}

// rules are what the group lets in.
func rules(g *WithT, network *ec2.Client, group *string) []ec2types.IpPermission {
	g.THelper()
	out, err := network.DescribeSecurityGroups(context.Background(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{*group}})
	g.Expect(err).NotTo(HaveOccurred())
	return out.SecurityGroups[0].IpPermissions
}

// startManager starts a control plane and, until the test ends, the manager in it. It returns
// the cluster as its administrator sees it and as one who may approve runs does, and how often
// the manager has listed security groups.
func startManager(t *testing.T) (cluster, alice client.Client, listings func() int) {
	t.Helper()
	g := NewWithT(t)
	ctrl.SetLogger(logr.Discard())
	env, err := testenv.Start(t.Context())
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { g.Expect(env.Stop()).To(Succeed()) })
	scheme, err := app.Scheme()
	g.Expect(err).NotTo(HaveOccurred())
	cluster, err = client.New(env.Config, client.Options{Scheme: scheme})
	g.Expect(err).NotTo(HaveOccurred())
	approver, err := env.AddUser("alice", "guardrails:approvers")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(env.Grant(t.Context(), "guardrails:approvers", "guardrails-approver")).To(Succeed())
	alice, err = client.New(approver.Config, client.Options{Scheme: scheme})
	g.Expect(err).NotTo(HaveOccurred())
	operator, err := env.Operator(t.Context())
	g.Expect(err).NotTo(HaveOccurred())

	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	t.Cleanup(func() {
		cancel()
		g.Expect(<-ended).To(Succeed())
	})
	g.Expect(os.Getenv("AWS_ENDPOINT_URL")).To(Equal(server.URL))
	base, err := config.LoadDefaultConfig(ctx)
	g.Expect(err).NotTo(HaveOccurred())
	o := app.Defaults()
	o.MetricsAddress, o.ProbeAddress, o.Unlimited = "0", "0", true
	o.Settling = 5 * time.Second // Moto shows writes at once
	made := make(chan *awsapi.Pool, 1)
	o.Pool = func(pool *awsapi.Pool) { made <- pool }
	go func() { ended <- app.Run(ctx, operator.Config, base, o) }()
	pool := <-made
	return cluster, alice, func() int { return pool.Meter.Calls()["ec2:DescribeSecurityGroups"] }
}

// tell shows how the objects stood when a test failed.
func tell(t *testing.T, cluster client.Client) {
	t.Helper()
	if !t.Failed() {
		return
	}
	for _, list := range []client.ObjectList{&v1alpha1.AWSAccountList{}, &v1alpha1.SecurityBaselineList{}, &v1alpha1.AccountPostureList{}, &v1alpha1.RemediationRunList{}} {
		if err := cluster.List(context.Background(), list); err != nil {
			t.Log(err)
			continue
		}
		text, _ := json.MarshalIndent(list, "", " ")
		t.Logf("%s", text)
	}
}

func refresh[O client.Object](g *WithT, cluster client.Client, object O) O {
	g.THelper()
	g.Expect(cluster.Get(context.Background(), client.ObjectKeyFromObject(object), object)).To(Succeed())
	return object
}

func versioning(g *WithT, admin *s3.Client) types.BucketVersioningStatus {
	g.THelper()
	out, err := admin.GetBucketVersioning(context.Background(), &s3.GetBucketVersioningInput{Bucket: aws.String(photos)})
	g.Expect(err).NotTo(HaveOccurred())
	return out.Status
}
