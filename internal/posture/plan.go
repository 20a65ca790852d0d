package posture

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Mode is what becomes of a planned change.
type Mode string

// Modes. Audited is shown only, Offered waits for an approval, Automatic is applied at once.
const (
	Audited   Mode = "Audited"
	Offered   Mode = "Offered"
	Automatic Mode = "Automatic"
)

// Change is one planned action.
type Change struct {
	action.Description
	Action   action.Action
	Hash     string
	Controls []string
	Mode     Mode
	// Size of the target's collection when it was planned.
	Size int
}

// Key names the setting that the change is about.
func (c Change) Key() string { return KeyOf(c.Description) }

// KeyOf names the setting that an action is about.
func KeyOf(d action.Description) string {
	return strings.Join([]string{d.Target.Region, d.Target.Name(), d.Setting}, "|")
}

// Held is a finding that is not planned for, and why.
type Held struct {
	Control string
	Ref     inventory.Ref
	// Why it is held: one of the seven is set.
	Protected        string
	ManagedElsewhere string
	ByHand           string
	Contested        string
	Failed           string
	Rejected         string
	Settling         bool
}

// Plan is the ordered changes that would mend an account's findings.
type Plan struct {
	Changes []Change
	Held    []Held
	// Blocked says which limit the automatic changes exceed; they are offered instead.
	Blocked string
	Hash    string
}

// Rules are what a plan is made under.
type Rules struct {
	AllowedRisks []v1alpha1.Risk
	MaxActions   int
	MaxPercent   int
	Protection   Protection
	// Spent is what counts against the limits already.
	Spent Spent
	// Settling says whether a change was written so recently that AWS may not show it yet.
	Settling func(action.Description) bool
	// Rejected says who said no to an action, by its hash, or "".
	Rejected func(hash string) string
	// Contested says why an automatic change is left alone that somebody keeps undoing, or "".
	Contested func(action.Description) string
	// Failed says of an action, by its hash and its setting, whether it failed lately, and why it
	// is not tried again yet, or "".
	Failed func(d action.Description, hash string) (why string, failed bool)
}

// percentFrom is how many resources of a collection must change before the share counts.
const percentFrom = 5

// Draft plans what would mend the report's findings. The same report gives the same plan,
// whatever the enforcement: only the mode of the changes differs.
func Draft(report Report, facts *inventory.Snapshot, rules Rules) (Plan, error) {
	var plan Plan
	byHash := map[string]int{}
	for _, control := range bySeverity(report.Controls) {
		for _, judged := range control.Judged {
			if err := plan.mend(control, judged, rules, byHash); err != nil {
				return Plan{}, err
			}
		}
	}
	plan.dropContradictions()
	for i := range plan.Changes {
		plan.Changes[i].Size, _ = facts.Size(plan.Changes[i].Collection)
	}
	plan.Blocked = rules.exceeded(plan.Changes, facts)
	if plan.Blocked != "" {
		for i := range plan.Changes {
			if plan.Changes[i].Mode == Automatic {
				plan.Changes[i].Mode = Offered
			}
		}
	}
	plan.Changes = rules.failedLast(plan.Changes)
	plan.Hash = HashOf(plan.Changes)
	return plan, nil
}

func bySeverity(controls []ControlReport) []ControlReport {
	return slices.SortedStableFunc(slices.Values(controls), func(a, b ControlReport) int {
		return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), strings.Compare(a.Control.ID, b.Control.ID))
	})
}

// mend plans for one finding, or says why it is held.
func (p *Plan) mend(control ControlReport, judged Judged, rules Rules, byHash map[string]int) error {
	hold := func(h Held) {
		h.Control, h.Ref = control.Control.ID, judged.Ref
		p.Held = append(p.Held, h)
	}
	if judged.AcceptedBy != "" {
		return nil
	}
	if judged.ByHand != "" {
		hold(Held{ByHand: judged.ByHand})
	}
	if len(judged.Mend) == 0 {
		return nil
	}
	if owner := rules.Protection.ManagedElsewhere(judged.Ref); owner != "" {
		hold(Held{ManagedElsewhere: owner})
		return nil
	}
	for _, wanted := range judged.Mend {
		d := wanted.Describe()
		mode := rules.Mode(control.Declaration, d.Risk)
		hash, err := action.Hash(wanted)
		if err != nil {
			return fmt.Errorf("planning %s: %w", control.Control.ID, err)
		}
		if why, held := rules.holds(d, hash, mode); held {
			hold(why)
			continue
		}
		p.add(Change{Description: d, Action: wanted, Hash: hash, Controls: []string{control.Control.ID}, Mode: mode}, byHash)
	}
	return nil
}

// holds says why nothing is planned for a change, if so.
func (r Rules) holds(d action.Description, hash string, mode Mode) (Held, bool) {
	if rule := r.Protection.Refuses(d); rule != "" {
		return Held{Protected: rule}, true
	}
	if why := r.Protection.Distrusts(d); why != "" {
		return Held{ByHand: why}, true
	}
	if r.Settling != nil && r.Settling(d) {
		return Held{Settling: true}, true
	}
	if mode != Audited && r.Rejected != nil {
		if by := r.Rejected(hash); by != "" {
			return Held{Rejected: by}, true
		}
	}
	if mode == Automatic {
		return r.leaves(d, hash)
	}
	return Held{}, false
}

// leaves says why a change is left alone that nobody has to approve, if so.
func (r Rules) leaves(d action.Description, hash string) (Held, bool) {
	if r.Contested != nil {
		if why := r.Contested(d); why != "" {
			return Held{Contested: why}, true
		}
	}
	why, _ := r.failed(d, hash)
	return Held{Failed: why}, why != ""
}

func (r Rules) failed(d action.Description, hash string) (why string, failed bool) {
	if r.Failed == nil {
		return "", false
	}
	return r.Failed(d, hash)
}

// failedLast puts the automatic changes that failed before after all others. What waits for an
// approval keeps its order: another one would be another plan.
func (r Rules) failedLast(changes []Change) []Change {
	var first, last []Change
	for _, change := range changes {
		if _, failed := r.failed(change.Description, change.Hash); failed && change.Mode == Automatic {
			last = append(last, change)
		} else {
			first = append(first, change)
		}
	}
	return append(first, last...)
}

// add puts a change into the plan; a change that several controls ask for is one change, in the
// strongest mode any of them gives it.
func (p *Plan) add(change Change, byHash map[string]int) {
	at, ok := byHash[change.Hash]
	if !ok {
		byHash[change.Hash] = len(p.Changes)
		p.Changes = append(p.Changes, change)
		return
	}
	have := &p.Changes[at]
	if !slices.Contains(have.Controls, change.Controls[0]) {
		have.Controls = append(have.Controls, change.Controls[0])
		slices.Sort(have.Controls)
	}
	have.Mode = stronger(have.Mode, change.Mode)
}

func stronger(a, b Mode) Mode {
	order := []Mode{Audited, Offered, Automatic}
	return order[max(slices.Index(order, a), slices.Index(order, b))]
}

// dropContradictions only shows changes that want different things of one setting.
func (p *Plan) dropContradictions() {
	wanted := map[string]string{}
	for _, change := range p.Changes {
		if to, ok := wanted[change.Key()]; ok && to != change.To {
			for i := range p.Changes {
				if p.Changes[i].Key() == change.Key() {
					p.Changes[i].Mode = Audited
				}
			}
		}
		wanted[change.Key()] = change.To
	}
}

// Mode says what becomes of a change of the risk that the control asks for. Manual is no
// change at all: such a one is only shown.
func (r Rules) Mode(declared Declaration, risk v1alpha1.Risk) Mode {
	if risk == v1alpha1.Manual {
		return Audited
	}
	switch declared.Enforcement {
	case v1alpha1.Approve:
		return Offered
	case v1alpha1.Enforce:
		leave := slices.Contains(r.AllowedRisks, risk)
		if risk == v1alpha1.Safe && leave || declared.Explicit && leave && risk != v1alpha1.Irreversible {
			return Automatic
		}
		return Offered
	case v1alpha1.Audit:
	}
	return Audited
}

// In returns the changes in the mode.
func (p Plan) In(mode Mode) []Change {
	var in []Change
	for _, change := range p.Changes {
		if change.Mode == mode {
			in = append(in, change)
		}
	}
	return in
}

// HashOf identifies a list of changes.
func HashOf(changes []Change) string {
	sum := sha256.New()
	for _, change := range changes {
		_, _ = fmt.Fprintln(sum, change.Hash)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}
