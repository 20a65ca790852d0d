package account

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// neglected is the report of an account in which everything is wrong that can be.
func neglected(controls, resources, baselines int, name string) (posture.Report, posture.Plan) {
	var report posture.Report
	var plan posture.Plan
	for c := range controls {
		one := posture.ControlReport{Declaration: posture.Declaration{
			Control: posture.Control{ID: fmt.Sprintf("a-control-with-a-name-%03d", c)}, Severity: v1alpha1.Critical, Enforcement: v1alpha1.Approve, Conflict: strings.Repeat(name, 10),
		}}
		for b := range baselines {
			one.Baselines = append(one.Baselines, fmt.Sprintf("%s%03d", strings.Repeat("b", 250), b))
		}
		for r := range resources {
			ref := inventory.Ref{Account: shop, Region: "us-east-1", Type: "Test::Thing", ID: fmt.Sprintf("%s%05d", name, r)}
			by := fmt.Sprintf("%03d%s", r%60, strings.Repeat("a", 250))
			one.Judged = append(one.Judged, posture.Judged{Ref: ref, Verdict: posture.Fail("SomethingWrong", "%s", strings.Repeat(name, 20)), AcceptedBy: by})
			plan.Held = append(plan.Held, posture.Held{Control: one.Control.ID, Ref: ref, ByHand: strings.Repeat(name, 20)})
		}
		report.Controls = append(report.Controls, one)
	}
	for i := range 300 {
		change := posture.Change{Mode: posture.Offered}
		change.Title, change.Risk = fmt.Sprintf("%s%05d", strings.Repeat(name, 20), i), v1alpha1.Disruptive
		plan.Changes = append(plan.Changes, change)
	}
	return report, plan
}

func TestPostureStaysSmall(t *testing.T) {
	for name, row := range map[string]struct {
		controls, resources, baselines int
		name                           string
	}{
		"one control, many resources": {1, 3000, 1, strings.Repeat("n", 58)},
		"all controls":                {142, 20, 1, "resource-with-a-long-name"},
		"many baselines":              {142, 3, 50, "x"},
		"hostile names":               {33, 60, 10, strings.Repeat("<", 58)},
		"names of other scripts":      {33, 60, 10, strings.Repeat("大", 20)},
	} {
		t.Run(name, func(t *testing.T) {
			report, plan := neglected(row.controls, row.resources, row.baselines, row.name)
			status := postureStatus(report, &plan)
			status.Totals = &v1alpha1.Totals{}
			var m posture.Measure
			for i := range v1alpha1.MaxCollections {
				size := v1alpha1.CollectionSize{Collection: fmt.Sprintf("service.a-collection-%02d", i), Size: 100000, Doubted: new(int32)}
				m.Sizes, m.Shrank = append(m.Sizes, size), append(m.Shrank, size.Collection+" had 100000 resources and now has none")
			}
			rememberSizes(&status, m)
			for i := range v1alpha1.MaxBaselines {
				status.Baselines = append(status.Baselines, v1alpha1.JudgedBaseline{UID: fmt.Sprintf("00000000-0000-0000-0000-%012d", i), Generation: 1 << 40})
			}
			encoded, err := json.Marshal(v1alpha1.AccountPosture{Status: status})
			if err != nil {
				t.Fatal(err)
			}
			if len(encoded) > 60<<10 {
				t.Errorf("%d bytes, with metadata and conditions to come", len(encoded))
			}
			t.Logf("%d bytes: %d findings and %d more, %d plan lines", len(encoded), len(status.Findings), status.MoreFindings, len(status.Plan.First))
			if all := len(status.Findings) + int(status.MoreFindings); all != row.controls*row.resources {
				t.Errorf("%d findings are shown or counted, of %d", all, row.controls*row.resources)
			}
			if len(status.Findings) == 0 || len(status.Findings) > v1alpha1.MaxFindings || len(status.Plan.First) == 0 {
				t.Errorf("%d findings, %d lines", len(status.Findings), len(status.Plan.First))
			}
			if status.Plan.Actions != 300 || int(status.Plan.Manual) != row.controls*row.resources {
				t.Errorf("plan %+v", status.Plan)
			}
			if all, want := len(status.Accepted)+int(status.MoreAccepted), min(60, row.resources); all != want || len(status.Accepted) == 0 {
				t.Errorf("%d acceptances are named and %d more counted, of %d", len(status.Accepted), status.MoreAccepted, want)
			}
			for _, f := range status.Findings {
				if len([]rune(f.Message)) > v1alpha1.MaxMessage || len([]rune(f.Resource)) > 2048 {
					t.Errorf("a finding that the API server refuses: %+v", f)
				}
			}
		})
	}
}

// What each acceptance covers is counted in full, however little of it is shown.
func TestAcceptedFindingsFit(t *testing.T) {
	report, _ := neglected(33, 3000, 1, strings.Repeat("n", 58))
	for i := range report.Controls {
		for j := range report.Controls[i].Judged {
			report.Controls[i].Judged[j].AcceptedBy = fmt.Sprintf("accepted-until-we-moved-%02d", j%40)
		}
	}
	shown, more := acceptedFindings(report)
	total, named := 0, 0
	for _, a := range shown {
		total += int(a.Findings)
		named += len(a.First)
	}
	if len(shown) != 40 || more != 0 || total != 33*3000 || named == 0 {
		t.Errorf("%d acceptances and %d more cover %d findings, %d of them named", len(shown), more, total, named)
	}
	if encoded, err := json.Marshal(shown); err != nil || len(encoded) > maxAcceptedBytes+1<<10 {
		t.Errorf("%d bytes, %v", len(encoded), err)
	}
}

func TestUnreadAccount(t *testing.T) {
	why := conditions.Stallf(v1alpha1.ReasonRoleNotAssumable, "role x cannot be assumed")
	report := posture.Unread([]posture.Declaration{{Control: posture.Control{ID: "a"}}, {Control: posture.Control{ID: "b"}}}, shop, noon, why)
	if got := report.Totals(); got != (v1alpha1.Totals{Unknown: 2}) {
		t.Errorf("totals %+v", got)
	}
	status := postureStatus(report, nil)
	want := v1alpha1.Finding{Control: "a", Verdict: v1alpha1.Unknown, Resource: shop, Reason: v1alpha1.VerdictReadFailed, Message: "role x cannot be assumed"}
	if status.Plan != nil || len(status.Findings) != 2 || !reflect.DeepEqual(status.Findings[0], want) {
		t.Errorf("got %+v", status)
	}
}

func TestBeats(t *testing.T) {
	for ago, want := range map[time.Duration]bool{0: false, heartbeat: true, -posture.Skew: false, -time.Hour: true} {
		last := metav1.NewTime(noon.Add(-ago))
		if got := beats(&last, metav1.NewTime(noon)); got != want {
			t.Errorf("%s after the last: %t", ago, got)
		}
	}
}
