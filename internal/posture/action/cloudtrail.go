package action

import (
	"encoding/json"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// StartTrail makes a stopped trail log again.
type StartTrail struct {
	Trail Target `json:"trail"`
	// Billed says that events are paid for: they are data events, or a further copy of
	// management events.
	Billed bool `json:"billed,omitempty"`
}

// Describe implements Action.
func (a StartTrail) Describe() Description {
	return onTrail(a.Trail, a.Billed, Description{
		Setting: "Logging", Title: "start logging of trail " + a.Trail.ID, From: "stopped", To: "logging", Calls: []string{"cloudtrail:StartLogging"},
	})
}

// Undo implements Action.
func (a StartTrail) Undo([]string) Undoing {
	return Undoing{Calls: []string{"cloudtrail:StopLogging"}, Finds: a.Trail.Account}
}

// RecordAllRegions makes a trail of one region record all regions.
type RecordAllRegions struct {
	Trail  Target `json:"trail"`
	Billed bool   `json:"billed,omitempty"`
}

// Describe implements Action.
func (a RecordAllRegions) Describe() Description {
	return onTrail(a.Trail, a.Billed, Description{
		Setting: "MultiRegion", Title: "record all regions in trail " + a.Trail.ID, From: "region " + a.Trail.Region, To: "all regions", Calls: []string{"cloudtrail:UpdateTrail"},
	})
}

// Undo implements Action.
func (a RecordAllRegions) Undo([]string) Undoing {
	return Undoing{Calls: []string{"cloudtrail:UpdateTrail"}, Finds: a.Trail.Account}
}

// RecordManagementEvents makes a trail record every management event, and leaves the other
// events it records as they are.
type RecordManagementEvents struct {
	Trail  Target                   `json:"trail"`
	From   inventory.EventSelectors `json:"from"`
	To     inventory.EventSelectors `json:"to"`
	Billed bool                     `json:"billed,omitempty"`
}

// Describe implements Action.
func (a RecordManagementEvents) Describe() Description {
	return onTrail(a.Trail, a.Billed, Description{
		Setting: "EventSelectors", Title: "record all management events in trail " + a.Trail.ID, From: pretty(a.From), To: pretty(a.To), Calls: []string{"cloudtrail:PutEventSelectors"},
	})
}

// Undo implements Action.
func (a RecordManagementEvents) Undo([]string) Undoing {
	return Undoing{Calls: []string{"cloudtrail:PutEventSelectors"}, Finds: a.Trail.Account}
}

// TrailValidation is whether a trail writes digests of its log files.
var TrailValidation = sets(Setting[inventory.Trail, bool]{
	Type:  "ValidateTrailLogs",
	Fact:  inventory.TrailValidation,
	Title: "validate the log files of trail {id}",
	Risk:  v1alpha1.Safe,
	Call:  "cloudtrail:UpdateTrail",
	Was:   Was[bool]{Target: "trail", Bare: true, To: always(true)},
})

// onTrail adds what is said of every action on a trail.
func onTrail(trail Target, billed bool, d Description) Description {
	d.Target, d.Collection, d.Risk = trail.Ref(), inventory.Trails.Name, v1alpha1.Safe
	if billed {
		d.Risk = v1alpha1.Costly
	}
	return d
}

// pretty is how a document is shown to a person.
func pretty(document any) string {
	text, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}
