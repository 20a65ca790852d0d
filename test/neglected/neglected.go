// Package neglected furnishes an AWS account as one finds it that nobody guarded: open buckets,
// old keys, public snapshots, no trail, no recorder. The demo heals it, the benchmark reads it.
package neglected

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// Size says how much of each thing the account has.
type Size struct {
	Buckets, Users, Keys, Groups, Volumes, Instances, Snapshots, Images, Tables, Databases, LogGroups int
}

// Shop is the account of the demo.
var Shop = Size{Buckets: 40, Users: 25, Keys: 8, Groups: 24, Volumes: 12, Instances: 14, Snapshots: 20, Images: 4, Tables: 6, Databases: 4, LogGroups: 10}

// account is an account being furnished.
type account struct {
	cloud *fakeaws.Cloud
	id    string
	size  Size
	// today is when the operator comes; things are made before.
	today time.Time
	// subnets are one in each region, in order.
	subnets []*string
	errs    []error
}

// Furnish makes the account's things through AWS's own calls, some of them long ago.
func Furnish(ctx context.Context, cloud *fakeaws.Cloud, id string, size Size) error {
	a := &account{cloud: cloud, id: id, size: size, today: cloud.Now()}
	for _, part := range []func(context.Context){a.root, a.people, a.programs, a.buckets, a.keys, a.networks, a.machines, a.databases, a.logs} {
		part(ctx)
	}
	cloud.Forget()
	if err := errors.Join(a.errs...); err != nil {
		return fmt.Errorf("furnishing account %s: %w", id, err)
	}
	return nil
}

// region spreads things over the regions.
func (a *account) region(i int) string { return a.cloud.Regions[i%len(a.cloud.Regions)] }

// in is an administrator's configuration in the region.
func (a *account) in(region string) aws.Config {
	config := a.cloud.ConfigFor(a.id)
	config.Region = region
	return config
}

// ago runs the work as many days ago.
func (a *account) ago(days int, work func()) {
	then := a.today.AddDate(0, 0, -days)
	a.cloud.SetClock(func() time.Time { return then })
	defer a.cloud.SetClock(a.clock())
	work()
}

// clock tells the real time from today on.
func (a *account) clock() func() time.Time { return time.Now }

// must keeps an error, and returns the answer.
func must[O any](a *account, what string) func(O, error) O {
	return func(out O, err error) O {
		if err != nil {
			a.errs = append(a.errs, fmt.Errorf("%s: %w", what, err))
		}
		return out
	}
}
