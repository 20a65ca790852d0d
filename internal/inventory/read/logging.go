package read

import "github.com/guardrails-dev/aws-guardrails/internal/inventory"

var _ = []*reader{
	collection(inventory.AuditTrails, auditTrails, auditTrailTags).takes(auditTrailCalls...).takes(listBuckets),
	collection(inventory.TrailAlerts, trailAlerts, alertsTags).takes(auditTrailCalls...).takes(describeMetricFilters, describeAlarms, listSubscriptions),
	collection(inventory.Recorders, recorders, recorderTags).takes(describeRecorders, describeRecorderStatus, describeChannels, listRecorderTags),
}
