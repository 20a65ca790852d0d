package v1alpha1

// Enforcement says how far the operator may go to mend a finding.
// +kubebuilder:validation:Enum=Audit;Approve;Enforce
type Enforcement string

// Audit never writes, Approve writes what a person approved, Enforce writes safe actions
// within the limits by itself.
const (
	Audit   Enforcement = "Audit"
	Approve Enforcement = "Approve"
	Enforce Enforcement = "Enforce"
)

// Rank orders enforcements by how far they go: Audit (and the empty value) 0, Approve 1, Enforce 2.
func (e Enforcement) Rank() int {
	switch e {
	case Enforce:
		return 2
	case Approve:
		return 1
	case Audit:
	}
	return 0
}

// Severity says how bad a failing control is.
// +kubebuilder:validation:Enum=critical;high;medium;low
type Severity string

// Severities, worst first.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
)

// Rank orders severities: critical 4, high 3, medium 2, low 1, unset 0.
func (s Severity) Rank() int {
	return map[Severity]int{Critical: 4, High: 3, Medium: 2, Low: 1}[s]
}

// Risk is what an action may cost whoever uses the account.
// +kubebuilder:validation:Enum=safe;costly;disruptive;irreversible;manual
type Risk string

// Risks, mildest first. Manual is no action at all: a person has to do it.
const (
	Safe         Risk = "safe"
	Costly       Risk = "costly"
	Disruptive   Risk = "disruptive"
	Irreversible Risk = "irreversible"
	Manual       Risk = "manual"
)

// VerdictStatus is what a control concludes: on one resource, or, as the worst of its
// resources, on an account.
// +kubebuilder:validation:Enum=Pass;Fail;Contained;Unknown;NotApplicable
type VerdictStatus string

// Verdicts. Contained: the risk is cut off but its cause remains and a person must act.
// Unknown: AWS could not be read, so nothing is claimed.
const (
	Pass          VerdictStatus = "Pass"
	Fail          VerdictStatus = "Fail"
	Contained     VerdictStatus = "Contained"
	Unknown       VerdictStatus = "Unknown"
	NotApplicable VerdictStatus = "NotApplicable"
)

// Limits bound what is changed without approval in one account within 24 hours, over all
// baselines together. A plan that exceeds either bound, with what was applied before, writes nothing and is offered for approval instead.
type Limits struct {
	// Most actions applied without approval within 24 hours, from 0 (none) to
	// 1000.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	// +optional
	MaxActions *int32 `json:"maxActions,omitempty"`
	// Largest share of any one collection (buckets, users, ...) changed without
	// approval within 24 hours, in percent of its size before, from 0 to 100;
	// counted where more than five of them change.
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100
	// +optional
	MaxPercent *int32 `json:"maxPercent,omitempty"`
}

// Totals count controls by what they conclude, each control on each account once, by its
// worst resource.
type Totals struct {
	// Controls whose every resource passes.
	Pass int32 `json:"pass"`
	// Controls with a failing resource that no acceptance covers.
	Fail int32 `json:"fail"`
	// Controls whose failures are cut off, but whose cause a person must still
	// remove.
	Contained int32 `json:"contained"`
	// Controls whose every failure is covered by an unexpired acceptance.
	Accepted int32 `json:"accepted"`
	// Controls that could not be read in full.
	Unknown int32 `json:"unknown"`
	// Controls with nothing to judge in the account.
	NotApplicable int32 `json:"notApplicable"`
}

// Add adds the other totals to these.
func (t *Totals) Add(other Totals) {
	t.Pass += other.Pass
	t.Fail += other.Fail
	t.Contained += other.Contained
	t.Accepted += other.Accepted
	t.Unknown += other.Unknown
	t.NotApplicable += other.NotApplicable
}
