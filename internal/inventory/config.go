package inventory

import (
	"slices"
	"strings"
)

// Recorders are what AWS Config records in a region: one per region, whether it has a recorder
// or not.
var Recorders = Collection[Recording]{Name: "config.recorders", Scope: Regional}

// Recording is what AWS Config does in a region.
type Recording struct {
	Ref
	// Home says that this is the region that records what is global.
	Home bool
	// HomeRegion is that region's name.
	HomeRegion string
	// Recorder is nil where the region has none of its own.
	Recorder *Recorder
	Status   Observed[RecorderStatus]
	// Channel delivers; its name is empty where the region has none.
	Channel Observed[DeliveryChannel]
}

// Recorder is a customer-managed configuration recorder.
type Recorder struct {
	Name  string         `json:"name"`
	ARN   string         `json:"arn,omitempty"`
	Group RecordingGroup `json:"group"`
}

// RecordingGroup says which types of resources are recorded.
type RecordingGroup struct {
	AllSupported bool `json:"allSupported"`
	// GlobalTypes adds IAM's to all supported types.
	GlobalTypes bool     `json:"includeGlobalResourceTypes"`
	Strategy    string   `json:"recordingStrategy,omitempty"`
	Types       []string `json:"resourceTypes,omitempty"`
	Excluded    []string `json:"exclusionByResourceTypes,omitempty"`
}

// Recording strategies, as far as they are told apart.
const (
	RecordAllSupported = "ALL_SUPPORTED_RESOURCE_TYPES"
	recordAllButListed = "EXCLUSION_BY_RESOURCE_TYPES"
)

// OwnRecorder names the recorder and the channel that the operator creates: AWS's own default.
const OwnRecorder = "default"

// globalTypes are IAM's, which one region records for all.
var globalTypes = []string{"AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"}

// All says whether every supported type of the region's own is recorded: to leave out what is
// global leaves out nothing of the region.
func (g RecordingGroup) All() bool {
	if g.Strategy == recordAllButListed {
		return !slices.ContainsFunc(g.Excluded, func(t string) bool { return !slices.Contains(globalTypes, t) })
	}
	return g.AllSupported
}

// Globals says whether IAM's types are recorded.
func (g RecordingGroup) Globals() bool {
	if g.Strategy == recordAllButListed {
		return !slices.ContainsFunc(globalTypes, func(t string) bool { return slices.Contains(g.Excluded, t) })
	}
	return g.AllSupported && g.GlobalTypes
}

// RecorderStatus is what a recorder is doing.
type RecorderStatus struct {
	Recording bool
	// Failure is what the last recording met, or empty.
	Failure string
}

// DeliveryChannel is where a region's records go.
type DeliveryChannel struct {
	Name   string `json:"name"`
	Bucket string `json:"bucket"`
}

// OwnConfigBucket names the bucket that the operator creates for the records of all regions.
func OwnConfigBucket(account, home string) string {
	return "guardrails-config-" + account + "-" + home
}

// Widened returns the group that records all supported types, and IAM's if the region is the one
// for it; none that was recorded is left out.
func (g RecordingGroup) Widened(home bool) RecordingGroup {
	listed := slices.ContainsFunc(g.Types, func(t string) bool { return slices.Contains(globalTypes, t) })
	return RecordingGroup{AllSupported: true, GlobalTypes: home || listed || g.Globals(), Strategy: RecordAllSupported}
}

// Covers says whether all that the other group is meant to record is recorded.
func (g RecordingGroup) Covers(other RecordingGroup) bool {
	return g.All() && (g.Globals() || !other.Globals())
}

func (g RecordingGroup) String() string {
	switch {
	case g.Strategy == recordAllButListed:
		return "all types but " + strings.Join(g.Excluded, ", ")
	case !g.AllSupported:
		return "types " + strings.Join(g.Types, ", ")
	case g.GlobalTypes:
		return "all supported types and IAM's"
	}
	return "all supported types"
}
