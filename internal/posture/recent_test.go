package posture_test

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

func TestRecent(t *testing.T) {
	for ago, want := range map[time.Duration]bool{
		0: true, time.Hour - time.Second: true, time.Hour: false, 24 * time.Hour: false,
		-time.Second: true, -posture.Skew: true, -posture.Skew - time.Second: false, -24 * time.Hour: false,
	} {
		if got := posture.Recent(asOf.Add(-ago), asOf, time.Hour); got != want {
			t.Errorf("%s ago: %t", ago, got)
		}
	}
}
