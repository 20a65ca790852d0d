package awsapi

import (
	"context"
	"fmt"
	"strings"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"golang.org/x/time/rate"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

// pace is how fast one account is asked in one region, below what AWS refills for its owner.
type pace struct {
	perSecond rate.Limit
	burst     int
}

// usualPace is for services whose rates nobody met.
var usualPace = pace{20, 40}

// paces of operations that have a rate of their own.
var paces = map[string]pace{"cloudtrail:LookupEvents": {2, 2}}

func paceOf(name string) pace {
	if own, ok := paces[name]; ok {
		return own
	}
	for _, one := range services {
		if one.name == name {
			return one.pace
		}
	}
	return usualPace
}

// limits hold one token bucket per account, region and service.
type limits struct {
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
	// off lets everything pass, for an endpoint that is not AWS.
	off bool
}

func newLimits(off bool) *limits { return &limits{buckets: map[string]*rate.Limiter{}, off: off} }

// wait returns when it is the call's turn.
func (l *limits) wait(ctx context.Context, account, operation string) error {
	if l.off {
		return nil
	}
	service, _, _ := strings.Cut(operation, ":")
	if _, own := paces[operation]; own {
		service = operation
	}
	if err := l.bucket(account+"/"+awsmiddleware.GetRegion(ctx)+"/"+service, service).Wait(ctx); err != nil {
		return &fault.Fault{Class: fault.Unavailable, Operation: operation, Message: fmt.Sprintf("waiting for the limit of %s calls: %v", service, err), Cause: err}
	}
	return nil
}

func (l *limits) bucket(key, service string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket, ok := l.buckets[key]
	if !ok {
		p := paceOf(service)
		bucket = rate.NewLimiter(p.perSecond, p.burst)
		l.buckets[key] = bucket
	}
	return bucket
}
