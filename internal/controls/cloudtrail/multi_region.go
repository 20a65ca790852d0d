package cloudtrail

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// What happens in a region without a trail is told by nobody after ninety days.
var multiRegion = posture.Add(&Controls, posture.Over[v1alpha1.CloudTrailMultiRegion, inventory.AuditTrail]{
	ID:       "cloudtrail-multi-region",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.CloudTrailMultiRegion { return p.Logging.CloudTrailMultiRegion },
	Observe:  inventory.AuditTrails.With(),
	Judge: func(leaf v1alpha1.CloudTrailMultiRegion, a inventory.AuditTrail, _ time.Time) posture.Verdict {
		return judgeAuditTrail(leaf, a)
	},
	Plans: func(leaf v1alpha1.CloudTrailMultiRegion) []action.Action {
		return []action.Action{newTrail(leaf, inventory.AuditTrail{}), action.RecordAllRegions{}, action.RecordManagementEvents{}, action.StartTrail{}}
	},
	Mend:   mendAuditTrail,
	ByHand: auditTrailByHand,
})

// judgeAuditTrail passes on any trail without a gap whose records stay within the account or its
// organization. Without one, what could not be read leaves the account unknown: it may be recorded.
func judgeAuditTrail(leaf v1alpha1.CloudTrailMultiRegion, a inventory.AuditTrail) posture.Verdict {
	var unread error
	for _, t := range a.Trails {
		gaps, err := t.Gaps()
		switch {
		case err != nil:
			if t.Candidate() {
				unread = err
			}
		case len(gaps) > 0:
		case t.Ours():
			kept, err := keeps(leaf, a, t)
			if kept {
				return posture.Pass()
			}
			unread = cmp.Or(unread, err)
		default:
			return posture.Inherited("trail %s of account %s records all regions", t.ID, t.Owner)
		}
	}
	if unread != nil {
		return posture.Unknown(unread)
	}
	best, ok := a.Best()
	if !ok {
		return posture.Fail("NoTrail", "no trail of the account records all regions; trails of other accounts that do, and may stop at any time: %d", len(a.Trails))
	}
	if gaps, _ := best.Gaps(); len(gaps) == 0 {
		return posture.Fail("DeliversElsewhere", "trail %s delivers to bucket %s, which is not the account's", best.ID, best.Bucket)
	}
	return judgeGaps(best)
}

// keeps says whether what a trail of the account records comes to a bucket of the account, or to
// one that was chosen: by its organization, or in the declaration.
func keeps(leaf v1alpha1.CloudTrailMultiRegion, a inventory.AuditTrail, t inventory.Trail) (bool, error) {
	if t.Organization || t.Bucket == leaf.BucketName {
		return true, nil
	}
	own, err := a.OwnBuckets.Get()
	return slices.Contains(own, t.Bucket), err
}

// judgeGaps names the first gap of a trail.
func judgeGaps(t inventory.Trail) posture.Verdict {
	gaps, _ := t.Gaps()
	status, _ := t.Status.Get()
	reason := string(gaps[0])
	switch gaps[0] {
	case inventory.GapStopped:
		return posture.Fail(reason, "trail %s does not log", t.ID)
	case inventory.GapSingleRegion:
		return posture.Fail(reason, "trail %s records only region %s", t.ID, t.Region)
	case inventory.GapEvents:
		return posture.Fail(reason, "trail %s does not record all management events", t.ID)
	case inventory.GapDelivery:
	}
	return posture.Fail(reason, "trail %s cannot deliver to bucket %s: %s", t.ID, t.Bucket, status.DeliveryError)
}

// mendAuditTrail closes the gaps of the account's best trail, each by an action of its own, or
// creates a trail where the account has none.
func mendAuditTrail(leaf v1alpha1.CloudTrailMultiRegion, a inventory.AuditTrail) []action.Action {
	best, ok := a.Best()
	if !ok {
		return []action.Action{newTrail(leaf, a)}
	}
	gaps, _ := best.Gaps()
	selectors, _ := best.Selectors.Get()
	billed := len(a.Trails) > 1 || selectors.Data()
	var actions []action.Action
	for _, gap := range gaps {
		switch gap {
		case inventory.GapSingleRegion:
			actions = append(actions, action.RecordAllRegions{Trail: action.On(best), Billed: billed})
		case inventory.GapEvents:
			if to, ok := selectors.WithAllManagement(); ok {
				actions = append(actions, action.RecordManagementEvents{Trail: action.On(best), From: selectors, To: to, Billed: billed || selectors.Excludes()})
			}
		case inventory.GapStopped:
			actions = append(actions, action.StartTrail{Trail: action.On(best), Billed: billed})
		case inventory.GapDelivery:
		}
	}
	return actions
}

func newTrail(leaf v1alpha1.CloudTrailMultiRegion, a inventory.AuditTrail) action.Action {
	name := inventory.OwnTrail
	made := action.CreateTrail{
		Trail:  action.Target{Account: a.Account, Partition: a.Partition, Region: a.Home, Type: a.Type, ID: name, ARN: "arn:" + a.Partition + ":cloudtrail:" + a.Home + ":" + a.Account + ":trail/" + name},
		Bucket: leaf.BucketName, Billed: len(a.Trails) > 0,
	}
	if made.Bucket == "" {
		made.Bucket, made.NewBucket = inventory.OwnTrailBucket(a.Account, a.Home), true
	}
	return made
}

func auditTrailByHand(_ v1alpha1.CloudTrailMultiRegion, a inventory.AuditTrail) string {
	best, ok := a.Best()
	if !ok {
		return ""
	}
	if gaps, err := best.Gaps(); err == nil && len(gaps) == 0 {
		return fmt.Sprintf("whoever has bucket %s has the records of trail %s: if it is meant to, name it as bucketName of cloudtrail-multi-region; else `aws cloudtrail update-trail --name %s --region %s --s3-bucket-name BUCKET` with one of yours",
			best.Bucket, best.ID, best.ARN, best.Region)
	}
	status, _ := best.Status.Get()
	if status.DeliveryError != "" {
		return fmt.Sprintf("let CloudTrail write to bucket %s again (it meets %s): see `aws s3api get-bucket-policy --bucket %s` and the bucket's key, then `aws cloudtrail get-trail-status --name %s --region %s`",
			best.Bucket, status.DeliveryError, best.Bucket, best.ARN, best.Region)
	}
	return fmt.Sprintf("trail %s has as many event selectors as it can: make room for one of all management events with `aws cloudtrail put-event-selectors --trail-name %s --region %s`", best.ID, best.ID, best.Region)
}
