package conditions

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// announced are the conditions whose transitions are told as events.
var announced = []string{
	v1alpha1.ConditionReady, v1alpha1.ConditionCompliant, v1alpha1.ConditionBlocked, v1alpha1.ConditionContested,
	v1alpha1.ConditionSuspended, v1alpha1.ConditionConflict, v1alpha1.ConditionReadFailing, v1alpha1.ConditionCovering,
}

// Announce tells the transitions between two states of an object as events.
func Announce(recorder events.EventRecorder, before, now Object) {
	for _, kind := range announced {
		was, is := meta.FindStatusCondition(*before.GetConditions(), kind), meta.FindStatusCondition(*now.GetConditions(), kind)
		switch {
		case is == nil && was == nil, is != nil && was != nil && was.Status == is.Status && was.Reason == is.Reason:
		case is == nil:
			Event(recorder, now, corev1.EventTypeNormal, was.Reason, "Reconcile", "%s is over", kind)
		default:
			Event(recorder, now, levelOf(now, is), is.Reason, "Reconcile", "%s is %s: %s", kind, is.Status, is.Message)
		}
	}
}

// levelOf warns of what a person should look at.
func levelOf(o Object, is *metav1.Condition) string {
	bad := false
	switch is.Type {
	case v1alpha1.ConditionReady:
		bad = meta.IsStatusConditionTrue(*o.GetConditions(), v1alpha1.ConditionStalled) || is.Reason == v1alpha1.ReasonExpiring || is.Reason == v1alpha1.ReasonExpired
	case v1alpha1.ConditionCompliant:
		bad = is.Status == metav1.ConditionFalse
	case v1alpha1.ConditionBlocked, v1alpha1.ConditionContested, v1alpha1.ConditionConflict, v1alpha1.ConditionReadFailing:
		bad = is.Status == metav1.ConditionTrue
	}
	if bad {
		return corev1.EventTypeWarning
	}
	return corev1.EventTypeNormal
}

// Event records an event, best effort.
func Event(recorder events.EventRecorder, about client.Object, level, reason, verb, format string, args ...any) {
	recorder.Eventf(about, nil, level, reason, verb, "%s", inventory.Clean(fmt.Sprintf(format, args...), maxEvent))
}

// maxEvent is what the API server takes for an event's note.
const maxEvent = 1000
