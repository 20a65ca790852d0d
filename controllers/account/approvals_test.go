package account

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// stamp is what the API server notes of who wrote which fields when.
func stamp(fields string, at time.Time) metav1.ManagedFieldsEntry {
	when := metav1.NewTime(at)
	return metav1.ManagedFieldsEntry{Manager: "m", Operation: metav1.ManagedFieldsOperationUpdate, Time: &when, FieldsV1: metav1.NewFieldsV1(fields)}
}

const (
	theApproval = `{"f:spec":{"f:approval":{".":{},"f:by":{},"f:decision":{}}}}`
	theLabels   = `{"f:metadata":{"f:labels":{"f:approval":{}}}}`
	theActions  = `{"f:spec":{"f:actions":{}}}`
)

func TestApprovedAt(t *testing.T) {
	created := noon.Add(-48 * time.Hour)
	for name, row := range map[string]struct {
		stamps []metav1.ManagedFieldsEntry
		want   time.Time
	}{
		"nobody is known to own it":    {nil, created},
		"others own other fields":      {[]metav1.ManagedFieldsEntry{stamp(theActions, noon), stamp(theLabels, noon)}, created},
		"its owner's stamp":            {[]metav1.ManagedFieldsEntry{stamp(theActions, created), stamp(theApproval, noon.Add(-time.Hour)), stamp(theLabels, noon)}, noon.Add(-time.Hour)},
		"the oldest of several owners": {[]metav1.ManagedFieldsEntry{stamp(theApproval, noon.Add(-time.Hour)), stamp(theApproval, noon.Add(-3*time.Hour))}, noon.Add(-3 * time.Hour)},
		"a stamp that lies ahead":      {[]metav1.ManagedFieldsEntry{stamp(theApproval, noon.Add(24*time.Hour))}, noon},
		"fields that are not JSON":     {[]metav1.ManagedFieldsEntry{stamp(`{"f:spec":`, noon), stamp(`{"f:spec":[]}`, noon)}, created},
		"an entry that says nothing":   {[]metav1.ManagedFieldsEntry{{}, {Time: &metav1.Time{Time: noon}}}, created},
	} {
		t.Run(name, func(t *testing.T) {
			run := &v1alpha1.RemediationRun{}
			run.CreationTimestamp, run.ManagedFields = metav1.NewTime(created), row.stamps
			if got := approvedAt(run, noon); !got.Equal(row.want) {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// However the clocks jump, an approval is never good for longer than it was given for.
func TestApprovalsExpire(t *testing.T) {
	for name, row := range map[string]struct {
		now time.Duration
		// stamped is when the API server stamped the posture last.
		stamped time.Duration
		want    bool
	}{
		"just given":                           {0, 0, false},
		"within a day":                         {24*time.Hour - time.Second, 0, false},
		"after a day":                          {24 * time.Hour, 0, true},
		"the clocks of two leaders":            {-30 * time.Second, -time.Hour, false},
		"the clock jumped ahead":               {8760 * time.Hour, 0, true},
		"it jumped back before it was given":   {-20 * time.Hour, -48 * time.Hour, true},
		"it jumped back, and was written then": {time.Hour, 25 * time.Hour, true},
		"it jumped back a little":              {time.Hour, 2 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			at := metav1.NewTime(noon)
			run := &v1alpha1.RemediationRun{}
			run.Spec.Approval = &v1alpha1.Approval{Decision: v1alpha1.Approved, By: "alice"}
			run.Status.ApprovedAt = &at
			v := &visit{Reconciler: &Reconciler{Now: func() time.Time { return noon.Add(row.now) }, ApprovalTTL: 24 * time.Hour}}
			v.recalled = &v1alpha1.AccountPosture{}
			v.recalled.ManagedFields = []metav1.ManagedFieldsEntry{{}, stamp("{}", noon.Add(row.stamped))}
			if got := v.expired(run); got != row.want {
				t.Errorf("got %t", got)
			}
			run.Spec.Approval.Decision = v1alpha1.Rejected
			if v.expired(run) {
				t.Error("a rejection expired")
			}
		})
	}
}
