package read

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func TestDeeds(t *testing.T) {
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	told := func(name, readOnly, user, record string) types.Event {
		return types.Event{EventName: aws.String(name), ReadOnly: aws.String(readOnly), Username: aws.String(user), EventTime: aws.Time(at), CloudTrailEvent: aws.String(record)}
	}
	cloud := fakeaws.New()
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("cloudtrail:LookupEvents"), Alter: func(any) any {
		return &cloudtrail.LookupEventsOutput{NextToken: aws.String("more"), Events: []types.Event{
			told("Put", "false", "eve", `{"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/eve"}}`),
			told("Get", "true", "eve", `{"userIdentity":{"arn":"arn:aws:iam::1:user/eve"}}`),
			told("Refused", "false", "eve", `{"errorCode":"AccessDenied","userIdentity":{"arn":"arn:aws:iam::1:user/eve"}}`),
			told("Serve", "false", "", `{"userIdentity":{"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"}}`),
			told("Cut", "false", "mallory", `{"userIdentity":{"ty`),
			told("Root", "", "", `{"userIdentity":{"type":"Root"}}`),
		}}
	}})
	pool := awsapi.NewPool(cloud.Config(), awsapi.Options{Now: cloud.Now, Unlimited: true})
	session, err := pool.Open(t.Context(), awsapi.Target{Account: "111111111111", Partition: "aws", Home: "us-east-1", RoleARN: "arn:aws:iam::111111111111:role/r", SessionName: "t"})
	if err != nil {
		t.Fatal(err)
	}
	deeds, err := Deeds(t.Context(), session, "eu-west-1", "box", at.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range deeds {
		if !d.At.Equal(at) {
			t.Errorf("at %s", d.At)
		}
		got = append(got, fmt.Sprint(d.Event, " by ", d.By))
	}
	if want := "Put by arn:aws:iam::1:user/eve, Serve by autoscaling.amazonaws.com, Cut by mallory, Root by Root"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
	asked := 0
	for _, call := range cloud.Calls() {
		in, ok := call.Input.(*cloudtrail.LookupEventsInput)
		if !ok {
			continue
		}
		asked++
		if call.Region != "eu-west-1" || *in.LookupAttributes[0].AttributeValue != "box" || !in.StartTime.Equal(at.Add(-time.Hour)) {
			t.Errorf("asked %s: %+v", call.Region, in)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	cloud.Heal()
	cloud.Deny("cloudtrail:LookupEvents")
	if _, err := Deeds(t.Context(), session, "", "box", at); !fault.Is(err, fault.Denied) || !strings.Contains(err.Error(), "cloudtrail:LookupEvents") {
		t.Errorf("denied: %v", err)
	}
}
