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

// paces by service, and by operation where one has a rate of its own; AWS documents refill rates per API, account and region.
var paces = map[string]pace{
	"ec2":        {20, 100},
	"iam":        {15, 50},
	"s3":         {100, 200},
	"kms":        {100, 200},
	"logs":       {5, 10},
	"cloudtrail": {10, 10},
	"dynamodb":   {10, 20},
	"config":     {10, 20},

	"cloudtrail:LookupEvents": {2, 2},
}

var defaultPace = pace{20, 40}

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
		p, known := paces[service]
		if !known {
			p = defaultPace
		}
		bucket = rate.NewLimiter(p.perSecond, p.burst)
		l.buckets[key] = bucket
	}
	return bucket
}
