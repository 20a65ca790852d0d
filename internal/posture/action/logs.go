package action

import (
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// LogRetention is how long a log group keeps its logs. Storage is billed by volume.
var LogRetention = sets(Setting[inventory.LogGroup, int32]{
	Type:  "KeepLogs",
	Fact:  inventory.LogGroupRetention,
	Title: "keep the logs of group {id} for {to}",
	Text:  func(days int32) string { return fmt.Sprintf("%d days", days) },
	Risk:  v1alpha1.Safe,
	Call:  "logs:PutRetentionPolicy",
	Was:   Was[int32]{Target: "group"},
	Never: "keeping them for a shorter time would delete logs, and evidence is not deleted",
})
