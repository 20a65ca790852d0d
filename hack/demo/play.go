package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/neglected"
	"github.com/guardrails-dev/aws-guardrails/test/testenv"
)

// What config/samples declares.
const (
	namespace = "guardrails-samples"
	accountID = "111111111111"
	shop      = "production"
	interval  = 10 * time.Second
)

// demo is the stage and the people on it.
type demo struct {
	story *story
	cloud *fakeaws.Cloud
	pool  *awsapi.Pool
	env   *testenv.Environment

	// admin owns the cluster, alice approves runs and may do little else.
	admin, alice client.Client

	managerEnded chan error
	stopManager  context.CancelFunc
	logFile      *os.File
}

// play tells the story, step by step.
func (d *demo) play(ctx context.Context) error {
	d.story.say("")
	d.story.say("%s", d.story.paint(bold, "An AWS account that nobody guarded, and what happens once somebody does."))
	for _, step := range []struct {
		title string
		take  func(context.Context) error
	}{
		{"The account as it is found", d.furnish},
		{"A cluster, and the operator in it", d.startCluster},
		{"What is declared, and for which account", d.declare},
		{"The audit: where the account stands; nothing is written", d.audit},
		{"The plan: what would change", d.plan},
		{"The owner lets it mend: too much at once, so it is offered", d.raise},
		{"Alice approves; every change as it lands", d.approve},
		{"Where the account stands now, and what only a person can do", d.stand},
		{"Behind its back, someone opens port 22 to the world", d.drift},
		{"What it took", d.sum},
	} {
		d.story.begin(step.title)
		if err := step.take(ctx); err != nil {
			return fmt.Errorf("step %d, %q, failed: %w", d.story.steps, step.title, err)
		}
	}
	return nil
}

func (d *demo) furnish(ctx context.Context) error {
	d.cloud = fakeaws.New()
	size := neglected.Shop
	if err := neglected.Furnish(ctx, d.cloud, accountID, size); err != nil {
		return err
	}
	if err := d.logBucket(ctx); err != nil {
		return err
	}
	d.story.say("%s, in %v: %d buckets, %d users, %d KMS keys, %d security groups, %d instances,", accountID, d.cloud.Regions, size.Buckets, size.Users, size.Keys, size.Groups, size.Instances)
	d.story.say("%d snapshots, %d images, %d tables, %d databases; root with access keys; no trail, no recorder, no alarm.", size.Snapshots, size.Images, size.Tables, size.Databases)
	return nil
}

// logBucket makes the bucket that the sample has access logs delivered to.
func (d *demo) logBucket(ctx context.Context) error {
	_, err := s3.NewFromConfig(d.cloud.ConfigFor(accountID)).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("example-access-logs")})
	d.cloud.Forget()
	return err
}

func (d *demo) startCluster(ctx context.Context) error {
	var err error
	if d.env, err = testenv.Start(ctx); err != nil {
		return err
	}
	scheme, err := app.Scheme()
	if err != nil {
		return err
	}
	if d.admin, err = client.New(d.env.Config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	operator, err := d.env.Operator(ctx)
	if err != nil {
		return err
	}
	approver, err := d.env.AddUser("alice", "guardrails:approvers")
	if err != nil {
		return err
	}
	if err := d.env.Grant(ctx, "guardrails:approvers", "guardrails-approver"); err != nil {
		return err
	}
	if d.alice, err = client.New(approver.Config, client.Options{Scheme: scheme}); err != nil {
		return err
	}
	d.story.say("etcd and kube-apiserver run; kinds, admission policies and roles are installed.")
	return d.startManager(ctx, operator)
}

// startManager runs the real manager as its own service account; its log goes to a file.
func (d *demo) startManager(ctx context.Context, operator testenv.User) error {
	var err error
	if d.logFile, err = os.CreateTemp("", "guardrails-manager-*.log"); err != nil {
		return err
	}
	ctrl.SetLogger(zap.New(zap.WriteTo(io.Writer(d.logFile))))
	ctx = logr.NewContext(ctx, ctrl.Log)
	ctx, d.stopManager = context.WithCancel(ctx)
	options := app.Defaults()
	options.MetricsAddress, options.ProbeAddress = "0", "0"
	options.Pool = func(p *awsapi.Pool) { d.pool = p }
	d.managerEnded = make(chan error, 1)
	go func() { d.managerEnded <- app.Run(ctx, operator.Config, d.cloud.Config(), options) }()
	d.story.say("guardrails-manager runs as its service account, with the RBAC of config/rbac; its log: %s", d.logFile.Name())
	return nil
}

// declare applies the samples, with two changes that are told: a short interval, and at first
// the owner only wants to look.
func (d *demo) declare(ctx context.Context) error {
	objects, err := read("config/samples/*.yaml")
	if err != nil {
		return err
	}
	for _, object := range objects {
		switch object.GetKind() {
		case "SecurityBaseline":
			err = unstructured.SetNestedField(object.Object, interval.String(), "spec", "interval")
		case "AWSAccount":
			err = unstructured.SetNestedField(object.Object, string(v1alpha1.Audit), "spec", "guard", "maxEnforcement")
		}
		if err != nil {
			return err
		}
	}
	// The namespace first, then who is guarded, then what is declared.
	rank := map[string]int{"Namespace": 0, "AWSAccount": 1}
	d.story.command("kubectl apply -k config/samples   # with interval: " + interval.String() + " and, for now, maxEnforcement: Audit")
	for want := range 3 {
		for _, object := range objects {
			at, ok := rank[object.GetKind()]
			if !ok {
				at = 2
			}
			if at != want {
				continue
			}
			if err := apply(ctx, d.admin, []*unstructured.Unstructured{object}, func(o *unstructured.Unstructured) {
				d.story.say("%s/%s created", o.GetKind(), o.GetName())
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// show prints what kubectl get would.
func (d *demo) show(ctx context.Context, resource, short string) error {
	table, err := printed(ctx, d.env.Config, namespace, resource)
	if err != nil {
		return err
	}
	d.story.command("kubectl get " + short + " -n " + namespace)
	d.story.table(table)
	return nil
}

func (d *demo) account(ctx context.Context) (*v1alpha1.AWSAccount, error) {
	a := &v1alpha1.AWSAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: shop}}
	return a, d.admin.Get(ctx, client.ObjectKeyFromObject(a), a)
}

func (d *demo) posture(ctx context.Context) (*v1alpha1.AccountPosture, error) {
	p := &v1alpha1.AccountPosture{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: shop}}
	return p, d.admin.Get(ctx, client.ObjectKeyFromObject(p), p)
}

// keep leaves everything up until it is interrupted.
func (d *demo) keep(ctx context.Context) error {
	path := "bin/demo.kubeconfig"
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("making a place for the kubeconfig: %w", err)
	}
	config, err := clientcmd.Load(d.env.Kubeconfig)
	if err != nil {
		return fmt.Errorf("reading the kubeconfig: %w", err)
	}
	config.Contexts[config.CurrentContext].Namespace = namespace // so that the README's commands need none
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
	d.story.begin("It stays up until Ctrl-C. Things to try")
	for _, line := range []string{
		"export KUBECONFIG=" + path,
		"kubectl get sb,awsa,posture,rr -n " + namespace,
		"kubectl explain securitybaseline.spec.posture.identity.accessKeyRotation",
		"kubectl get posture " + shop + " -n " + namespace + " -o yaml",
		"kubectl get events -n " + namespace + " --sort-by=.metadata.creationTimestamp",
		"kubectl wait --for=condition=Ready sb --all -n " + namespace,
	} {
		d.story.command(line)
	}
	<-ctx.Done()
	return nil
}

// close ends the manager, then the cluster. The log is kept where something went wrong.
func (d *demo) close(played error) error {
	var errs []error
	if d.stopManager != nil {
		d.stopManager()
		errs = append(errs, <-d.managerEnded)
	}
	if d.env != nil {
		errs = append(errs, d.env.Stop())
	}
	if err := errors.Join(append(errs, played)...); err != nil || d.logFile == nil {
		return err
	}
	return errors.Join(d.logFile.Close(), os.Remove(d.logFile.Name()))
}
