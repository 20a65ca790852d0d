package awsapi

import (
	"slices"
	"testing"
)

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
