package inventory

// Detectors are what GuardDuty is in a region: always one entry, since a region can have only
// one detector, and none is a finding.
var Detectors = Collection[Detector]{
	Name: "guardduty.detectors", Scope: Regional,
	Type: Type{Name: "AWS::GuardDuty::Detector", ARN: "guardduty:{region}:{account}:detector/{id}"},
}

// Detector is GuardDuty in one region. Its id is the account's where there is no detector.
type Detector struct {
	Ref
	State Observed[DetectorState]
	// ScansVolumes: what GuardDuty finds on an instance makes it scan the volumes.
	ScansVolumes Observed[bool]
}

// DetectorIs is whether GuardDuty watches a region.
var DetectorIs = Asked(Detectors, "Detector", func(d *Detector) *Observed[DetectorState] { return &d.State })

// MalwareProtection is whether GuardDuty scans the volumes of instances on which it finds something.
var MalwareProtection = Asked(Detectors, "EbsMalwareProtection", func(d *Detector) *Observed[bool] { return &d.ScansVolumes })

// DetectorState is whether GuardDuty watches.
type DetectorState string

// Detector states. A detector can be there and be off.
const (
	DetectorAbsent   DetectorState = "Absent"
	DetectorDisabled DetectorState = "Disabled"
	DetectorEnabled  DetectorState = "Enabled"
)
