package run

import (
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

func TestExcess(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	var changed string
	run := func(name string, phase v1alpha1.RunPhase, days int, revertOf string) metav1.PartialObjectMetadata {
		labels := map[string]string{v1alpha1.LabelPhase: string(phase)}
		if !phase.Final() {
			labels = map[string]string{v1alpha1.LabelOpen: ""}
		}
		if changed != "" {
			labels[v1alpha1.LabelChanged] = changed
		}
		return metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
			Name: name, Labels: labels, CreationTimestamp: metav1.NewTime(now.AddDate(0, 0, -days)), Annotations: map[string]string{v1alpha1.AnnotationRevertOf: revertOf},
		}}
	}
	runs := []metav1.PartialObjectMetadata{
		run("open", v1alpha1.RunPending, 100, "undone"), run("undone", v1alpha1.RunSucceeded, 95, ""),
		run("no", v1alpha1.RunRejected, 80, ""), run("old no", v1alpha1.RunRejected, 91, ""),
		run("of a version before", v1alpha1.RunSucceeded, 70, ""),
	}
	changed = "true"
	runs = append(runs, run("changed", v1alpha1.RunSucceeded, 60, ""), run("changed, then failed", v1alpha1.RunFailed, 61, ""), run("changed too long ago", v1alpha1.RunSucceeded, 92, ""))
	changed = "false"
	runs = append(runs, run("failed lately", v1alpha1.RunFailed, 0, ""), run("overtaken since", v1alpha1.RunSuperseded, 0, ""),
		run("newer", v1alpha1.RunFailed, 2, ""), run("older", v1alpha1.RunSucceeded, 3, ""))
	for i := range runs {
		if runs[i].Name == "failed lately" {
			runs[i].CreationTimestamp = metav1.NewTime(now.Add(-12 * time.Hour))
		}
	}
	r := &Reconciler{Now: func() time.Time { return now }, Keep: 1, KeepFor: 90 * 24 * time.Hour}
	excess, next := r.excess(runs)
	var names []string
	for _, run := range excess {
		names = append(names, run.Name)
	}
	slices.Sort(names)
	if want := []string{"changed too long ago", "newer", "old no", "older", "overtaken since"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	if want := 10 * 24 * time.Hour; next != want {
		t.Errorf("the next after %s, want %s", next, want)
	}
}

// A cache lists in any order, and may still have what the last round removed.
func TestExcessOfTheSameSecond(t *testing.T) {
	r := &Reconciler{Now: time.Now, Keep: 1, KeepFor: time.Hour}
	run := func(name string) metav1.PartialObjectMetadata {
		return metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name, CreationTimestamp: metav1.Now(), Labels: map[string]string{
			v1alpha1.LabelPhase: string(v1alpha1.RunSuperseded), v1alpha1.LabelChanged: "false",
		}}}
	}
	runs := []metav1.PartialObjectMetadata{run("a"), run("b")}
	runs[1].CreationTimestamp = runs[0].CreationTimestamp
	for range 2 {
		if excess, _ := r.excess(slices.Clone(runs)); len(excess) != 1 || excess[0].Name != "b" {
			t.Errorf("removed %v, want b alone", excess)
		}
		slices.Reverse(runs)
	}
}
