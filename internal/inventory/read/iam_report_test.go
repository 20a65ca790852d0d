package read

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const reportHead = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
	"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
	"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
	"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated,something_new\n"

func TestParseReport(t *testing.T) {
	const (
		day  = "2026-01-02T03:04:05+00:00"
		none = ",false,N/A,N/A,N/A,N/A"
		tail = ",false,N/A,false,N/A,x\n"
	)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, row := range map[string]struct{ line, want string }{
		"password, never used":   {"b,A," + day + ",true,no_information," + day + ",N/A,true" + none + none + tail, fmt.Sprint(reportRow{created: at, password: inventory.Password{Set: true, Changed: at}, devices: 1})},
		"capital truth":          {"b,A," + day + ",TRUE,N/A," + day + ",N/A,FALSE" + none + none + tail, fmt.Sprint(reportRow{created: at, password: inventory.Password{Set: true, Changed: at}})},
		"active key, never used": {"b,A," + day + ",false,N/A,N/A,N/A,false,true," + day + ",N/A,N/A,N/A" + none + tail, fmt.Sprint(reportRow{created: at, keys: []inventory.AccessKey{{Active: true, Created: at}}})},
		"inactive key":           {"b,A," + day + ",false,N/A,N/A,N/A,false,false,N/A," + day + ",N/A,N/A" + none + tail, fmt.Sprint(reportRow{created: at})},
		"quoted comma":           {`"b,c",A,` + day + ",false,N/A,N/A,N/A,false" + none + none + tail, fmt.Sprint(reportRow{created: at})},
		// These say nothing clear, and their users are read by calls of their own.
		"bare comma":              {"b,c,A," + day + ",false,N/A,N/A,N/A,false" + none + none + tail, "left out"},
		"cut off":                 {"b,A," + day + ",fal", "left out"},
		"password not supported":  {"b,A," + day + ",not_supported,N/A,N/A,N/A,false" + none + none + tail, "left out"},
		"password of no age":      {"b,A," + day + ",true,N/A,N/A,N/A,false" + none + none + tail, "left out"},
		"active key of no age":    {"b,A," + day + ",false,N/A,N/A,N/A,false,true,N/A,N/A,N/A,N/A" + none + tail, "left out"},
		"last use in other words": {"b,A," + day + ",false,N/A,N/A,N/A,false,true," + day + ",soon,N/A,N/A" + none + tail, "left out"},
		"never made":              {"b,A,N/A,false,N/A,N/A,N/A,false" + none + none + tail, "left out"},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := parseReport([]byte(reportHead + row.line))
			if err != nil {
				t.Fatal(err)
			}
			got := "left out"
			if found, ok := rows["A"]; ok {
				got = fmt.Sprint(found)
			}
			if got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestMalformedReports(t *testing.T) {
	for name, content := range map[string]string{
		"empty": "", "something else": "<html>", "without MFA": strings.Replace(reportHead, "mfa_active", "mfa", 1),
	} {
		if _, err := parseReport([]byte(content)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseReport(f *testing.F) {
	f.Add(reportHead + "b,A,2026-01-02T03:04:05+00:00,true,N/A\n")
	f.Add("\"\n\",\r,")
	f.Fuzz(func(_ *testing.T, content string) { _, _ = parseReport([]byte(content)) })
}

func scopeOn(t *testing.T, cloud *fakeaws.Cloud) *Scope {
	t.Helper()
	pool := awsapi.NewPool(cloud.Config(), awsapi.Options{Now: cloud.Now, Unlimited: true})
	session, err := pool.Open(t.Context(), awsapi.Target{Account: "111111111111", Partition: "aws", Home: "us-east-1", RoleARN: "arn:aws:iam::111111111111:role/r", SessionName: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return scopeOf(session, inventory.NewSnapshot("111111111111", "aws", "us-east-1", []string{"us-east-1"}, cloud.Now()), "", nil)
}

// A report that is long in the making is no report of nobody: it is read in the next round.
func TestReportNotReady(t *testing.T) {
	waits := reportWaits
	t.Cleanup(func() { reportWaits = waits })
	reportWaits = []time.Duration{time.Millisecond, time.Millisecond}
	cloud := fakeaws.New()
	scope := scopeOn(t, cloud)
	if _, err := iam.NewFromConfig(cloud.ConfigFor("111111111111")).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("bob")}); err != nil {
		t.Fatal(err)
	}
	cloud.SlowReport("111111111111", 6)
	if _, err := scope.credentialReport(t.Context()); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "not ready yet") {
		t.Errorf("in the making: %v", err)
	}
	got, err := scope.credentialReport(t.Context())
	if err != nil || len(got.rows) != 1 {
		t.Errorf("in the next round: %v %v", got, err)
	}
}

func TestSummaryWithoutWhatMatters(t *testing.T) {
	cloud := fakeaws.New()
	scope := scopeOn(t, cloud)
	roots, err := rootUser(t.Context(), scope, nil)
	if err != nil || len(roots) != 1 || !roots[0].Password || roots[0].MFA {
		t.Errorf("a new account: %+v %v", roots, err)
	}
}
