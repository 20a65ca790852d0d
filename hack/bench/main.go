// Command bench prints what an audit round costs: wall time, CPU, memory and AWS calls, of one
// account and of a fleet, on the stateful AWS with latency added to every call. It decides
// nothing; tests never time.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/neglected"
)

// size is the account that the figures are of.
var size = neglected.Size{Buckets: 200, Users: 100, Keys: 50, Groups: 100, Volumes: 20, Instances: 20, Snapshots: 20, Images: 5, Tables: 10, Databases: 5, LogGroups: 20}

func main() {
	latency := flag.Duration("latency", 30*time.Millisecond, "added to every AWS call")
	fleet := flag.Int("accounts", 100, "accounts of the fleet")
	concurrent := flag.Int("concurrent", 10, "accounts worked on at once, as the manager's flag")
	flag.Parse()
	if err := run(context.Background(), *latency, *fleet, *concurrent); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, latency time.Duration, fleet, concurrent int) error {
	fmt.Printf("One audit round, all %d controls, 2 regions, %s added to every call, %d CPUs, %s\n", len(controls.All()), latency, runtime.NumCPU(), runtime.Version())
	fmt.Printf("An account: %+v\n\n", size)
	fmt.Printf("%-34s %9s %9s %12s %9s\n", "", "wall", "CPU", "memory", "calls")
	for _, row := range []struct {
		name     string
		accounts int
		limits   bool
	}{
		{"1 account, limits as shipped", 1, true},
		{"1 account, no limits", 1, false},
		{fmt.Sprintf("%d accounts, limits as shipped", fleet), fleet, true},
	} {
		calls, err := measure(ctx, row.name, row.accounts, concurrent, latency, !row.limits)
		if err != nil {
			return err
		}
		if row.accounts == 1 && row.limits {
			defer against(calls)
		}
	}
	return nil
}

// measure takes one round in each account and prints what it cost.
func measure(ctx context.Context, name string, accounts, concurrent int, latency time.Duration, unlimited bool) (map[string]int, error) {
	cloud := fakeaws.New()
	ids := make([]string, accounts)
	for i := range ids {
		ids[i] = fmt.Sprintf("%012d", 200000000000+i)
		if err := neglected.Furnish(ctx, cloud, ids[i], size); err != nil {
			return nil, err
		}
	}
	cloud.SetLatency(latency)
	pool := awsapi.NewPool(cloud.Config(), awsapi.Options{Now: time.Now, Unlimited: unlimited})
	declared := everything()
	debug.FreeOSMemory()
	before, stop := watchMemory()
	began, cpu := time.Now(), cpuTime()
	var group errgroup.Group
	group.SetLimit(concurrent)
	for _, id := range ids {
		group.Go(func() error { return take(ctx, pool, id, cloud.Regions, declared) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	wall, spent := time.Since(began), cpuTime()-cpu
	calls := pool.Meter.Calls()
	total := 0
	for _, n := range calls {
		total += n
	}
	fmt.Printf("%-34s %8.2fs %8.2fs %9.0f MiB %9d\n", name, wall.Seconds(), spent.Seconds(), float64(stop()-before)/(1<<20), total)
	return calls, nil
}

func take(ctx context.Context, pool *awsapi.Pool, id string, regions []string, declared []posture.Declaration) error {
	session, err := pool.Open(ctx, awsapi.Target{Account: id, Partition: "aws", Home: "us-east-1", RoleARN: "arn:aws:iam::" + id + ":role/audit", SessionName: "bench"})
	if err != nil {
		return err
	}
	result, err := round.Take(ctx, round.Input{Session: session, Regions: regions, Who: inventory.Who{}, Declarations: declared, Rules: posture.Rules{MaxActions: 25, MaxPercent: 20}})
	if err != nil {
		return err
	}
	if unknown := result.Report.Totals().Unknown; unknown > 0 {
		return fmt.Errorf("account %s: %d controls are unknown, so the figures would not be of a whole round", id, unknown)
	}
	return nil
}

// everything declares every control that is implemented.
func everything() []posture.Declaration {
	all := neglected.Everything()
	return posture.Declare(controls.All(), []posture.Declarer{{Name: "bench", Enforcement: v1alpha1.Audit, Posture: &all}}, v1alpha1.Audit, catalogue.Severity)
}

// watchMemory returns the heap in use now, and a function that stops watching and returns the
// most that was in use; the fake's own things are in both.
func watchMemory() (before uint64, most func() uint64) {
	var peak atomic.Uint64
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapInuse + stats.StackInuse
	}
	before = heap()
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
				peak.Store(max(peak.Load(), heap()))
			}
		}
	}()
	return before, func() uint64 {
		close(done)
		return max(peak.Load(), before)
	}
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// against prints the calls of one account's round against the fewest that AWS's API allows for
// the same facts.
func against(calls map[string]int) {
	fmt.Printf("\nCalls of one account's round by operation, against the fewest that the API allows for the same facts:\n")
	fmt.Println("a list takes its pages at the largest page size, in each region; what only a call per resource tells takes")
	fmt.Println("that; what is wrong takes one more for its owner's tags, where no list has them (test/neglected/fewest.go).")
	fewest := neglected.FewestCalls(size, 2)
	sum := map[string][2]int{}
	for _, operation := range slices.Sorted(maps.Keys(calls)) {
		least := fewest[operation]
		service, _, _ := strings.Cut(operation, ":")
		s := sum[service]
		sum[service] = [2]int{s[0] + calls[operation], s[1] + least}
		fmt.Printf("  %-42s %5d %5d\n", operation, calls[operation], least)
	}
	fmt.Println("By service:")
	var made, needed int
	for _, service := range slices.Sorted(maps.Keys(sum)) {
		made, needed = made+sum[service][0], needed+sum[service][1]
		fmt.Printf("  %-42s %5d %5d\n", service, sum[service][0], sum[service][1])
	}
	fmt.Printf("  %-42s %5d %5d\n", "all", made, needed)
}
