package account

import (
	"errors"
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// gauge shows what a person has to look at, as the last round of each account left it. It is
// collected whole: no scrape falls between one round's values and the next's.
type gauge struct {
	mu       sync.Mutex
	accounts map[types.NamespacedName]told
}

// told is what is shown of one account.
type told struct {
	id     string
	unread []unreadControl
	// contested is how many settings are left alone because somebody keeps undoing them.
	contested int
}

// unreadControl is a control that cannot be read, for want of the IAM action if one is named.
type unreadControl struct{ control, action string }

// gauges are the process's; the registry takes each metric once.
var gauges = &gauge{accounts: map[types.NamespacedName]told{}}

var unreadDesc = prometheus.NewDesc("guardrails_control_unread",
	"1 for a control that could not be read for two rounds or more, by the IAM action that is missing (empty: none).", []string{"account", "control", "action"}, nil)

var contestedDesc = prometheus.NewDesc("guardrails_contested_settings",
	"Settings that are left alone for a while because somebody keeps undoing them.", []string{"account"}, nil)

// Describe implements prometheus.Collector.
func (g *gauge) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- unreadDesc
	descriptions <- contestedDesc
}

// Collect implements prometheus.Collector.
func (g *gauge) Collect(values chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	// Two AWSAccounts may name one id, though only one of them serves it.
	shown := map[[3]string]bool{}
	contested := map[string]int{}
	for _, account := range g.accounts {
		if account.contested > 0 {
			contested[account.id] = account.contested
		}
		for _, unread := range account.unread {
			labels := [3]string{account.id, unread.control, unread.action}
			if !shown[labels] {
				values <- prometheus.MustNewConstMetric(unreadDesc, prometheus.GaugeValue, 1, labels[:]...)
			}
			shown[labels] = true
		}
	}
	for account, n := range contested {
		values <- prometheus.MustNewConstMetric(contestedDesc, prometheus.GaugeValue, float64(n), account)
	}
}

// tell changes what is shown of an account.
func (g *gauge) tell(account *v1alpha1.AWSAccount, change func(*told)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := client.ObjectKeyFromObject(account)
	now := g.accounts[key]
	now.id = account.Spec.AccountID
	change(&now)
	g.accounts[key] = now
}

// forget shows nothing more of an account.
func (g *gauge) forget(account types.NamespacedName) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.accounts, account)
}

// registerGauges serves the gauges. Several managers of one process share them.
func registerGauges() error {
	var already prometheus.AlreadyRegisteredError
	if err := metrics.Registry.Register(gauges); err != nil && !errors.As(err, &already) {
		return fmt.Errorf("registering metrics: %w", err)
	}
	return nil
}
