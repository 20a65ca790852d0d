package fakeaws

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// event is a write that CloudTrail recorded, which it does with no trail too.
type event struct {
	account, region string
	source, name    string
	by              string
	at              time.Time
	id              string
	resources       []string
}

// eventsKept bounds the record; AWS keeps ninety days.
const eventsKept = 10000

// record keeps an answered write.
func (c *Cloud) record(r *Request, input any) {
	source, name, _ := strings.Cut(r.Operation, ":")
	c.events = append(c.events, event{
		account: r.Account, region: r.Region, source: source + ".amazonaws.com", name: name, by: r.Caller, at: r.Now,
		id: fmt.Sprintf("00000000-0000-0000-0001-%012d", c.serial), resources: resourcesOf(input),
	})
	c.events = c.events[max(0, len(c.events)-eventsKept):]
}

// resourcesOf names what an input is about: its fields that are called a name, an id or an ARN.
func resourcesOf(input any) []string {
	var names []string
	fields := reflect.Indirect(reflect.ValueOf(input))
	if fields.Kind() != reflect.Struct {
		return nil
	}
	for i := range fields.NumField() {
		field := fields.Type().Field(i)
		if !field.IsExported() || !slices.ContainsFunc([]string{"Bucket", "Name", "Id", "Arn", "ARN"}, func(end string) bool { return strings.HasSuffix(strings.TrimSuffix(field.Name, "s"), end) }) {
			continue
		}
		switch value := fields.Field(i).Interface().(type) {
		case *string:
			if value != nil {
				names = append(names, *value)
			}
		case []string:
			names = append(names, value...)
		}
	}
	return names
}

func lookupEvents(r *Request, in *cloudtrail.LookupEventsInput) (*cloudtrail.LookupEventsOutput, error) {
	size := 50
	if in.MaxResults != nil {
		size = int(*in.MaxResults)
	}
	if err := refusedLookup(in, size); err != nil {
		return nil, err
	}
	var found []types.Event
	for _, e := range slices.Backward(r.Cloud.events) {
		if e.account == r.Account && e.region == r.Region && e.within(in) && (len(in.LookupAttributes) == 0 || e.has(in.LookupAttributes[0])) {
			found = append(found, e.told())
		}
	}
	events, next, err := page(found, in.NextToken, size, 50, "InvalidNextTokenException")
	return &cloudtrail.LookupEventsOutput{Events: events, NextToken: next}, err
}

func refusedLookup(in *cloudtrail.LookupEventsInput, size int) error {
	switch {
	case len(in.LookupAttributes) > 1:
		return &types.InvalidLookupAttributesException{Message: aws.String("You can specify only one lookup attribute.")}
	case size < 1 || size > 50:
		return &types.InvalidMaxResultsException{Message: aws.String("A maximum results value of 1 to 50 is allowed.")}
	case in.StartTime != nil && in.EndTime != nil && in.StartTime.After(*in.EndTime):
		return &types.InvalidTimeRangeException{Message: aws.String("StartTime cannot be later than EndTime.")}
	}
	return nil
}

func (e event) within(in *cloudtrail.LookupEventsInput) bool {
	return (in.StartTime == nil || !e.at.Before(*in.StartTime)) && (in.EndTime == nil || !e.at.After(*in.EndTime))
}

func (e event) has(attribute types.LookupAttribute) bool {
	value := aws.ToString(attribute.AttributeValue)
	switch attribute.AttributeKey {
	case types.LookupAttributeKeyResourceName:
		return slices.Contains(e.resources, value)
	case types.LookupAttributeKeyEventName:
		return e.name == value
	case types.LookupAttributeKeyEventSource:
		return e.source == value
	case types.LookupAttributeKeyEventId:
		return e.id == value
	case types.LookupAttributeKeyUsername:
		return e.user() == value
	case types.LookupAttributeKeyReadOnly:
		return value == "false"
	case types.LookupAttributeKeyAccessKeyId, types.LookupAttributeKeyResourceType:
	}
	return false
}

func (e event) user() string { return e.by[strings.LastIndex(e.by, "/")+1:] }

// told is the event as it is looked up: whose it is, is in the record that comes as text.
func (e event) told() types.Event {
	kind := "IAMUser"
	if strings.Contains(e.by, ":assumed-role/") {
		kind = "AssumedRole"
	}
	text, err := json.Marshal(map[string]any{
		"eventVersion": "1.11", "eventTime": e.at.UTC().Format(time.RFC3339), "eventSource": e.source, "eventName": e.name, "awsRegion": e.region,
		"eventID": e.id, "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": e.account,
		"userIdentity": map[string]any{"type": kind, "arn": e.by, "accountId": e.account},
	})
	if err != nil {
		text = nil
	}
	told := types.Event{
		EventId: aws.String(e.id), EventName: aws.String(e.name), EventSource: aws.String(e.source), EventTime: aws.Time(e.at.Truncate(time.Second)),
		Username: aws.String(e.user()), ReadOnly: aws.String("false"), CloudTrailEvent: aws.String(string(text)), Resources: []types.Resource{},
	}
	for _, name := range e.resources {
		told.Resources = append(told.Resources, types.Resource{ResourceName: aws.String(name)})
	}
	return told
}
