package read

import "github.com/guardrails-dev/aws-guardrails/internal/inventory"

var loggingReaders = []reader{
	logGroups,
	loadBalancers,
	collection(inventory.Trails, trails, trailTags),
	collection(inventory.AuditTrails, auditTrails, auditTrailTags),
	collection(inventory.TrailAlerts, trailAlerts, alertsTags),
	collection(inventory.Recorders, recorders, recorderTags),
}
