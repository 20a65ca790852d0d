package awsapi

import (
	"context"
	"maps"
	"sync"

	"github.com/aws/smithy-go/middleware"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

// Meter counts every attempt of every call, by name, for benchmarks and for Prometheus.
type Meter struct {
	mu    sync.Mutex
	calls map[string]int

	attempts *prometheus.CounterVec
}

// NewMeter returns a meter that nothing has counted on.
func NewMeter() *Meter {
	return &Meter{
		calls: map[string]int{},
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "guardrails_aws_calls_total",
			Help: "Calls sent to AWS, retries included, by operation and class of error (empty: answered).",
		}, []string{"operation", "error"}),
	}
}

// Describe implements prometheus.Collector.
func (m *Meter) Describe(descriptions chan<- *prometheus.Desc) { m.attempts.Describe(descriptions) }

// Collect implements prometheus.Collector.
func (m *Meter) Collect(metrics chan<- prometheus.Metric) { m.attempts.Collect(metrics) }

// Calls returns how often each operation was sent.
func (m *Meter) Calls() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.calls)
}

func (m *Meter) count(name string, err error) {
	class := ""
	if err != nil {
		class = string(fault.Of(classify(name, err)))
	}
	m.attempts.WithLabelValues(name, class).Inc()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[name]++
}

// measure counts inside the retry loop, where every attempt passes, after waiting for its turn.
func (m *Meter) measure(limits *limits, account string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("guardrails:Measure", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			name := OperationName(middleware.GetServiceID(ctx), middleware.GetOperationName(ctx))
			if err := limits.wait(ctx, account, name); err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, err
			}
			out, metadata, err := next.HandleFinalize(ctx, in)
			m.count(name, err)
			return out, metadata, err
		}), "Retry", middleware.After)
	}
}
