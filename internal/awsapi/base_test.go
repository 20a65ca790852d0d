package awsapi

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// A role that nobody asks for any more is forgotten, one that is asked for is not.
func TestOldCredentialsAreForgotten(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	pool := NewPool(aws.Config{}, Options{Now: func() time.Time { return now }})
	asked, old, fresh := Target{Account: "111111111111"}, Target{Account: "222222222222"}, Target{Account: "333333333333"}
	first := pool.provider(asked)
	pool.provider(old)
	for range 3 {
		now = now.Add(30 * time.Minute)
		pool.provider(asked)
	}
	pool.provider(fresh)
	if _, kept := pool.providers[old]; kept || pool.provider(asked) != first || len(pool.providers) != 2 {
		t.Errorf("%d providers are kept, the old one among them: %t", len(pool.providers), kept)
	}
}

func TestSignsInBy(t *testing.T) {
	for arn, want := range map[string][]string{
		"arn:aws:iam::111111111111:user/ops/guardrails":                       {"arn:aws:iam::111111111111:user/ops/guardrails"},
		"arn:aws:sts::111111111111:assumed-role/guardrails/1700000000000000":  {"arn:aws:iam::111111111111:role/guardrails"},
		"arn:aws-cn:sts::111111111111:assumed-role/nodes/i-0123456789abcdef0": {"arn:aws-cn:iam::111111111111:role/nodes", "i-0123456789abcdef0"},
		"nonsense": {"nonsense"},
	} {
		if got := signsInBy(arn); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", arn, got, want)
		}
	}
}
