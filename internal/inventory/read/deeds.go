package read

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// deedsPage is the most events that one call gives.
const deedsPage = 50

// record is what an event says beyond the list of it. Everything but who did it may be cut.
type record struct {
	ErrorCode    string `json:"errorCode"`
	UserIdentity struct {
		Type      string `json:"type"`
		ARN       string `json:"arn"`
		InvokedBy string `json:"invokedBy"`
	} `json:"userIdentity"`
}

var lookupEvents = awsapi.Reads((*cloudtrail.Client).LookupEvents)

// Deeds reads who changed a resource since, newest first, as far as one call tells: the API is
// slow (two calls a second), and the newest page is enough to name somebody. Calls that failed
// changed nothing. An event may be minutes late.
func Deeds(ctx context.Context, s *awsapi.Session, region, resource string, since time.Time) ([]inventory.Deed, error) {
	out, err := lookupEvents.In(ctx, s.In(region), &cloudtrail.LookupEventsInput{
		LookupAttributes: []types.LookupAttribute{{AttributeKey: types.LookupAttributeKeyResourceName, AttributeValue: aws.String(resource)}},
		StartTime:        aws.Time(since), MaxResults: aws.Int32(deedsPage),
	})
	if err != nil {
		return nil, fmt.Errorf("looking up who changed %s: %w", resource, err)
	}
	var deeds []inventory.Deed
	for _, event := range out.Events {
		var said record
		if err := json.Unmarshal([]byte(aws.ToString(event.CloudTrailEvent)), &said); err != nil {
			said = record{}
		}
		if aws.ToString(event.ReadOnly) == "true" || said.ErrorCode != "" {
			continue
		}
		who := said.UserIdentity
		deeds = append(deeds, inventory.Deed{
			By:    cmp.Or(who.ARN, who.InvokedBy, aws.ToString(event.Username), who.Type),
			Event: aws.ToString(event.EventName), At: aws.ToTime(event.EventTime),
		})
	}
	return deeds, nil
}
