package acceptance

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var (
	expiry = prometheus.NewDesc("guardrails_risk_acceptance_expiry_seconds",
		"When the RiskAcceptance ends, in seconds since 1970.", []string{"namespace", "name"}, nil)
	phases = prometheus.NewDesc("guardrails_risk_acceptances",
		"RiskAcceptances by phase: Active, Expiring (14 days before the end), Expired, Invalid.", []string{"phase"}, nil)
)

// Meter shows the acceptances there are to Prometheus.
type Meter struct {
	mu    sync.Mutex
	known map[types.NamespacedName]standing
}

type standing struct {
	end   time.Time
	phase v1alpha1.AcceptancePhase
}

// NewMeter returns a meter that knows no acceptance.
func NewMeter() *Meter { return &Meter{known: map[types.NamespacedName]standing{}} }

// Observe keeps where an acceptance stands.
func (m *Meter) Observe(name types.NamespacedName, end time.Time, phase v1alpha1.AcceptancePhase) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known[name] = standing{end: end, phase: phase}
}

// Forget drops an acceptance that is gone.
func (m *Meter) Forget(name types.NamespacedName) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.known, name)
}

// Describe implements prometheus.Collector.
func (m *Meter) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- expiry
	descriptions <- phases
}

// Collect implements prometheus.Collector.
func (m *Meter) Collect(metrics chan<- prometheus.Metric) {
	m.mu.Lock()
	defer m.mu.Unlock()
	count := map[v1alpha1.AcceptancePhase]int{}
	for name, is := range m.known {
		count[is.phase]++
		metrics <- prometheus.MustNewConstMetric(expiry, prometheus.GaugeValue, float64(is.end.Unix()), name.Namespace, name.Name)
	}
	for _, phase := range []v1alpha1.AcceptancePhase{v1alpha1.AcceptanceActive, v1alpha1.AcceptanceExpiring, v1alpha1.AcceptanceExpired, v1alpha1.AcceptanceInvalid} {
		metrics <- prometheus.MustNewConstMetric(phases, prometheus.GaugeValue, float64(count[phase]), string(phase))
	}
}
