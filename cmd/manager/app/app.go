// Package app is the manager without its process: what main, the demo and the tests run.
package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	ackv1alpha1 "github.com/aws-controllers-k8s/runtime/apis/core/v1alpha1"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	crconfig "sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers"
	"github.com/guardrails-dev/aws-guardrails/controllers/acceptance"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// Options of the manager.
type Options struct {
	// MetricsAddress serves metrics over TLS to authenticated and authorized clients; "0" serves none.
	MetricsAddress string
	// ProbeAddress serves /healthz and /readyz; "0" serves none.
	ProbeAddress string
	// LeaderElection lets several replicas run, of which one works.
	LeaderElection          bool
	LeaderElectionNamespace string
	// Concurrent is how many accounts are worked on at once.
	Concurrent int
	// Suspended stops every write to AWS.
	Suspended bool
	// Settling is how long AWS may take to show a write.
	Settling time.Duration
	// VerifyAfter is how soon an account is read again after a run wrote to it.
	VerifyAfter time.Duration
	// ApprovalTTL is how long an approval is good.
	ApprovalTTL time.Duration
	// MaxAcceptance is how far from its creation a RiskAcceptance may reach.
	MaxAcceptance time.Duration
	// UndoAcceptance is how long a finding that an undo brings back is accepted.
	UndoAcceptance time.Duration
	// Debounce is how long changes of postures are gathered before baselines and acceptances
	// total them.
	Debounce time.Duration
	// KeepRuns bounds the final runs that came to nothing, KeepRunsFor all that an account keeps.
	KeepRuns    int
	KeepRunsFor time.Duration
	// RoleMapNamespace is where ACK's role map lives.
	RoleMapNamespace string
	// SourceIdentity is set on the roles that are assumed.
	SourceIdentity bool
	// Unlimited turns the limits on AWS calls off.
	Unlimited bool
	// Pool, if set, is filled with the pool that the manager uses, for its meter.
	Pool func(*awsapi.Pool)
	// SkipNameValidation lets a process run more than one manager, as tests do.
	SkipNameValidation bool
	// Now is the clock.
	Now func() time.Time
}

// Defaults returns the options that the flags start from.
func Defaults() Options {
	return Options{
		MetricsAddress: ":8443", ProbeAddress: ":8081",
		Concurrent: 10, Settling: 2 * time.Minute, VerifyAfter: 2 * time.Second, ApprovalTTL: 24 * time.Hour, Debounce: time.Second, KeepRuns: 50, KeepRunsFor: 90 * 24 * time.Hour,
		MaxAcceptance: 400 * 24 * time.Hour, UndoAcceptance: 7 * 24 * time.Hour,
		RoleMapNamespace: envOr("ACK_SYSTEM_NAMESPACE", "ack-system"), Now: time.Now,
	}
}

// Bind makes flags of the options.
func (o *Options) Bind(flags *flag.FlagSet) {
	flags.StringVar(&o.MetricsAddress, "metrics-bind-address", o.MetricsAddress, "Address of the metrics, served over TLS to authenticated and authorized clients; 0 serves none.")
	flags.StringVar(&o.ProbeAddress, "health-probe-bind-address", o.ProbeAddress, "Address of /healthz and /readyz; 0 serves none.")
	flags.BoolVar(&o.LeaderElection, "leader-elect", o.LeaderElection, "Let several replicas run, of which one works.")
	flags.StringVar(&o.LeaderElectionNamespace, "leader-election-namespace", o.LeaderElectionNamespace, "Namespace of the lease; default: the pod's own.")
	flags.IntVar(&o.Concurrent, "concurrent-accounts", o.Concurrent, "Accounts worked on at once.")
	flags.BoolVar(&o.Suspended, "suspend", o.Suspended, "Write nothing to AWS, in no account; reading goes on.")
	flags.DurationVar(&o.Settling, "settling", o.Settling, "How long AWS may take to show a write; until then the setting is neither planned again nor concluded on.")
	flags.DurationVar(&o.ApprovalTTL, "approval-ttl", o.ApprovalTTL, "How long the approval of a RemediationRun is good; what was not begun by then is offered again.")
	flags.DurationVar(&o.MaxAcceptance, "max-acceptance", o.MaxAcceptance, "How far from its creation a RiskAcceptance may reach; one that reaches further covers nothing.")
	flags.DurationVar(&o.UndoAcceptance, "undo-acceptance", o.UndoAcceptance, "How long findings that an undone run brings back are accepted, and so not mended again; at most --max-acceptance.")
	flags.IntVar(&o.KeepRuns, "keep-runs", o.KeepRuns, "Final RemediationRuns kept per account that changed nothing in AWS; the others are kept by age alone.")
	flags.DurationVar(&o.KeepRunsFor, "keep-runs-for", o.KeepRunsFor, "How long final RemediationRuns are kept.")
	flags.StringVar(&o.RoleMapNamespace, "role-map-namespace", o.RoleMapNamespace, "Namespace of the ConfigMap ack-role-account-map.")
	flags.BoolVar(&o.SourceIdentity, "source-identity", o.SourceIdentity, "Set SourceIdentity on assumed roles; their trust policies must allow sts:SetSourceIdentity.")
	flags.BoolVar(&o.Unlimited, "unlimited-aws-calls", o.Unlimited, "Do not limit the rate of AWS calls; for an endpoint that is not AWS.")
}

func envOr(name, usual string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return usual
}

// Scheme knows the kinds that the manager works with.
func Scheme() (*runtime.Scheme, error) {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme, ackv1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			return nil, fmt.Errorf("building the scheme: %w", err)
		}
	}
	return scheme, nil
}

// Lease times. A call's deadline is shorter than the lease, see remedy.CallDeadline.
const (
	leaseDuration = 3 * remedy.CallDeadline
	renewDeadline = 2 * remedy.CallDeadline
	retryPeriod   = remedy.CallDeadline / 5
)

// Run runs the manager until the context ends.
func Run(ctx context.Context, cluster *rest.Config, base aws.Config, o Options) error {
	if o.ApprovalTTL <= 0 {
		return fmt.Errorf("--approval-ttl is %s; it must be longer than nothing", o.ApprovalTTL)
	}
	scheme, err := Scheme()
	if err != nil {
		return err
	}
	if cluster.QPS == 0 {
		// A run writes its journal before and after each call; the API server's own fairness
		// keeps order among its clients.
		cluster = rest.CopyConfig(cluster)
		cluster.QPS, cluster.Burst = 200, 400
	}
	lease, renew, retry := leaseDuration, renewDeadline, retryPeriod
	m, err := ctrl.NewManager(cluster, ctrl.Options{
		Scheme: scheme,
		Metrics: metricsserver.Options{
			BindAddress: o.MetricsAddress, SecureServing: true, FilterProvider: onlyAllowed,
		},
		HealthProbeBindAddress: o.ProbeAddress,
		LeaderElection:         o.LeaderElection, LeaderElectionID: "aws.guardrails.dev", LeaderElectionNamespace: o.LeaderElectionNamespace,
		LeaseDuration: &lease, RenewDeadline: &renew, RetryPeriod: &retry,
		Controller: crconfig.Controller{SkipNameValidation: &o.SkipNameValidation},
		Cache: cache.Options{ByObject: map[client.Object]cache.ByObject{
			&corev1.ConfigMap{}: {Namespaces: map[string]cache.Config{o.RoleMapNamespace: {FieldSelector: fields.OneTermEqualSelector("metadata.name", "ack-role-account-map")}}},
		}},
	})
	if err != nil {
		return fmt.Errorf("making the manager: %w", err)
	}
	if base.HTTPClient == nil {
		// One client for all accounts: connections are shared, and not kept per service client.
		base.HTTPClient = awshttp.NewBuildableClient()
	}
	pool := awsapi.NewPool(base, awsapi.Options{Now: o.Now, Unlimited: o.Unlimited, SourceIdentity: o.SourceIdentity})
	if o.Pool != nil {
		o.Pool(pool)
	}
	acceptances := acceptance.NewMeter()
	unregister, err := register(o, pool.Meter, acceptances)
	if err != nil {
		return err
	}
	defer unregister()
	if err := controllers.Add(m, controllers.Options{
		AWS: pool, Now: o.Now, RoleMapNamespace: o.RoleMapNamespace, Suspended: o.Suspended, Settling: o.Settling, VerifyAfter: o.VerifyAfter, ApprovalTTL: o.ApprovalTTL,
		Concurrent: o.Concurrent, KeepRuns: o.KeepRuns, KeepRunsFor: o.KeepRunsFor, MaxAcceptance: o.MaxAcceptance, UndoAcceptance: o.UndoAcceptance, Debounce: o.Debounce,
		Acceptances: acceptances, LeaderElection: o.LeaderElection,
	}); err != nil {
		return err
	}
	// A restart mends only a process that does not answer: one that loses its lease ends by itself,
	// and an AWS or API server that is away is not for the kubelet to judge.
	if err := m.AddHealthzCheck("ping", healthz.Ping); err != nil {
		return fmt.Errorf("adding healthz: %w", err)
	}
	if err := m.AddReadyzCheck("caches", filled(m.GetCache())); err != nil {
		return fmt.Errorf("adding readyz: %w", err)
	}
	return m.Start(ctx)
}

// readyWithin is how long a probe waits for the caches; the kubelet gives it a second.
const readyWithin = 500 * time.Millisecond

// filled says whether the manager has read the cluster, whether it leads or waits to.
func filled(caches cache.Cache) healthz.Checker {
	return func(r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
		defer cancel()
		if !caches.WaitForCacheSync(ctx) {
			return errors.New("the caches of the cluster's objects are not filled: can the operator list them?")
		}
		return nil
	}
}

// register has the meters shown with the process's metrics, until it is undone.
func register(o Options, meters ...prometheus.Collector) (unregister func(), err error) {
	var shown []prometheus.Collector
	unregister = func() {
		for _, meter := range shown {
			metrics.Registry.Unregister(meter)
		}
	}
	for _, meter := range meters {
		switch err := metrics.Registry.Register(meter); {
		case err == nil:
			shown = append(shown, meter)
		case !o.SkipNameValidation:
			unregister()
			return nil, fmt.Errorf("registering metrics: %w", err)
		}
	}
	return unregister, nil
}
