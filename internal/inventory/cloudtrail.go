package inventory

import (
	"cmp"
	"slices"
	"strings"
)

// Trails are the CloudTrail trails that the account sees: its own in every region, and those of
// its organization.
var Trails = Collection[Trail]{
	Name: "cloudtrail.trails", Scope: Global,
	Type: Type{Name: "AWS::CloudTrail::Trail", ARN: "cloudtrail:{region}:{account}:trail/{id}"},
}

// TrailValidation is whether a trail writes digests of its log files.
var TrailValidation = Listed(Trails, "LogFileValidation", func(t Trail) bool { return t.LogValidation })

// AuditTrails is what records the account: always one.
var AuditTrails = Collection[AuditTrail]{Name: "cloudtrail.audit-trail", Scope: Global}

// Trail is a CloudTrail trail; its region is its home.
type Trail struct {
	Ref
	// Owner is the account that the trail belongs to: an organization's manager, or the account.
	Owner         string
	MultiRegion   bool
	Organization  bool
	LogValidation bool
	Bucket        string
	// LogGroup is the ARN of the CloudWatch log group it delivers to, or empty.
	LogGroup string
	// DefaultSelectors says that nobody chose which events it records.
	DefaultSelectors bool
	// Status and Selectors are read only for trails that could be the account's audit trail.
	Status    Observed[TrailStatus]
	Selectors Observed[EventSelectors]
}

// TrailStatus is what a trail is doing.
type TrailStatus struct {
	Logging bool
	// DeliveryError and LogGroupError are what the last deliveries met, or empty.
	DeliveryError string
	LogGroupError string
}

// Ours says whether the account can change the trail.
func (t Trail) Ours() bool { return t.Owner == t.Account }

// Candidate says whether the trail is or could be made the account's audit trail.
func (t Trail) Candidate() bool { return t.MultiRegion || t.Ours() }

// TrailGap is what keeps a trail from being an audit trail.
type TrailGap string

// Gaps of a trail, in the order in which they matter.
const (
	GapStopped      TrailGap = "NotLogging"
	GapSingleRegion TrailGap = "SingleRegion"
	GapEvents       TrailGap = "ManagementEventsLeftOut"
	GapDelivery     TrailGap = "DeliveryFailing"
)

// Gaps returns what keeps the trail from being an audit trail, or why that is not known.
func (t Trail) Gaps() ([]TrailGap, error) {
	status, err := t.Status.Get()
	if err != nil {
		return nil, err
	}
	selectors, err := t.Selectors.Get()
	if err != nil {
		return nil, err
	}
	var gaps []TrailGap
	for _, part := range []struct {
		open bool
		gap  TrailGap
	}{
		{!status.Logging, GapStopped},
		{!t.MultiRegion, GapSingleRegion},
		{!selectors.AllManagement(), GapEvents},
		{status.DeliveryError != "", GapDelivery},
	} {
		if part.open {
			gaps = append(gaps, part.gap)
		}
	}
	return gaps, nil
}

// Records says whether the trail records every management event of every region, wherever it
// delivers them to. A trail that could not be read does not, and says why.
func (t Trail) Records() (bool, error) {
	gaps, err := t.Gaps()
	if err != nil {
		return false, err
	}
	return len(gaps) == 0 || slices.Equal(gaps, []TrailGap{GapDelivery}), nil
}

// AuditTrail is what records the account.
type AuditTrail struct {
	Ref
	// Home is the region in which a trail of the account is created.
	Home string
	// Trails that the home region shows, in order of ARN.
	Trails []Trail
	// OwnBuckets are the account's, of those that its own trails of all regions deliver to.
	OwnBuckets Observed[[]string]
}

// Best returns the account's own trail that has the fewest gaps, if it has any trail.
func (a AuditTrail) Best() (Trail, bool) {
	own := slices.DeleteFunc(slices.Clone(a.Trails), func(t Trail) bool { return !t.Ours() })
	if len(own) == 0 {
		return Trail{}, false
	}
	return slices.MinFunc(own, func(a, b Trail) int {
		return cmp.Or(cmp.Compare(a.distance(), b.distance()), strings.Compare(a.ARN, b.ARN))
	}), true
}

// distance counts a trail's gaps; one that could not be read is farther than any.
func (t Trail) distance() int {
	gaps, err := t.Gaps()
	if err != nil {
		return 10
	}
	return len(gaps)
}

// Names of what the operator creates for an account's audit trail.
const (
	OwnTrail = "guardrails"
	// OwnTrailLogs names the log group and the role that delivers to it.
	OwnTrailLogs = "guardrails-cloudtrail"
)

// OwnTrailBucket names the bucket that the operator creates for an account's trail.
func OwnTrailBucket(account, home string) string {
	return "guardrails-trail-" + account + "-" + home
}

// OwnTrailGroup is the ARN of the log group that the operator creates for a trail of the region.
func OwnTrailGroup(partition, account, region string) string {
	return "arn:" + partition + ":logs:" + region + ":" + account + ":log-group:" + OwnTrailLogs
}
