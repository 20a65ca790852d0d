package awsapi

import "testing"

// An operation that AWS limits more than its service has a bucket of its own, so that it neither
// goes too fast nor holds up the others.
func TestPaces(t *testing.T) {
	l := newLimits(false)
	for _, operation := range []string{"cloudtrail:DescribeTrails", "cloudtrail:LookupEvents", "cloudtrail:ListTrails", "sns:Subscribe"} {
		if err := l.wait(t.Context(), "1", operation); err != nil {
			t.Fatal(err)
		}
	}
	for key, want := range map[string]pace{"1//cloudtrail": {10, 10}, "1//cloudtrail:LookupEvents": {2, 2}, "1//sns": usualPace} {
		bucket, ok := l.buckets[key]
		if !ok || bucket.Limit() != want.perSecond || bucket.Burst() != want.burst {
			t.Errorf("%s: %v, want %v", key, bucket, want)
		}
	}
	if len(l.buckets) != 3 {
		t.Errorf("%d buckets", len(l.buckets))
	}
}
