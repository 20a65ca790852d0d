package inventory

import "slices"

// EventSelectors say which events a trail records: basic ones or advanced ones.
type EventSelectors struct {
	Basic    []EventSelector    `json:"eventSelectors,omitempty"`
	Advanced []AdvancedSelector `json:"advancedEventSelectors,omitempty"`
}

// EventSelector is a basic selector.
type EventSelector struct {
	ReadWriteType                 string         `json:"readWriteType"`
	IncludeManagementEvents       bool           `json:"includeManagementEvents"`
	ExcludeManagementEventSources []string       `json:"excludeManagementEventSources,omitempty"`
	DataResources                 []DataResource `json:"dataResources,omitempty"`
}

// DataResource is what a basic selector records data events of.
type DataResource struct {
	Type   string   `json:"type"`
	Values []string `json:"values,omitempty"`
}

// AdvancedSelector is an advanced selector.
type AdvancedSelector struct {
	Name           string          `json:"name,omitempty"`
	FieldSelectors []FieldSelector `json:"fieldSelectors"`
}

// FieldSelector is one condition of an advanced selector.
type FieldSelector struct {
	Field         string   `json:"field"`
	Equals        []string `json:"equals,omitempty"`
	NotEquals     []string `json:"notEquals,omitempty"`
	StartsWith    []string `json:"startsWith,omitempty"`
	NotStartsWith []string `json:"notStartsWith,omitempty"`
	EndsWith      []string `json:"endsWith,omitempty"`
	NotEndsWith   []string `json:"notEndsWith,omitempty"`
}

// What selectors speak of.
const (
	readWriteAll     = "All"
	fieldCategory    = "eventCategory"
	categoryManaging = "Management"
	// mostBasic is how many basic selectors a trail has at most.
	mostBasic = 5
)

// AllManagement says whether every management event is recorded, reads and writes alike.
func (s EventSelectors) AllManagement() bool {
	return slices.ContainsFunc(s.Basic, EventSelector.all) || slices.ContainsFunc(s.Advanced, AdvancedSelector.all)
}

func (s EventSelector) all() bool {
	return s.IncludeManagementEvents && s.ReadWriteType == readWriteAll && len(s.ExcludeManagementEventSources) == 0
}

// managing says whether the selector is about management events.
func (s AdvancedSelector) managing() bool {
	return slices.ContainsFunc(s.FieldSelectors, func(f FieldSelector) bool {
		return f.Field == fieldCategory && slices.Equal(f.Equals, []string{categoryManaging})
	})
}

func (s AdvancedSelector) all() bool { return s.managing() && len(s.FieldSelectors) == 1 }

// Excludes says whether someone chose sources of management events not to record.
func (s EventSelectors) Excludes() bool {
	return slices.ContainsFunc(s.Basic, func(b EventSelector) bool { return len(b.ExcludeManagementEventSources) > 0 }) ||
		slices.ContainsFunc(s.Advanced, func(a AdvancedSelector) bool {
			return a.managing() && slices.ContainsFunc(a.FieldSelectors, func(f FieldSelector) bool { return f.Field == "eventSource" })
		})
}

// Data says whether events other than management events are recorded, which are billed by number.
func (s EventSelectors) Data() bool {
	return slices.ContainsFunc(s.Basic, func(b EventSelector) bool { return len(b.DataResources) > 0 }) ||
		slices.ContainsFunc(s.Advanced, func(a AdvancedSelector) bool { return !a.managing() })
}

// WithAllManagement returns the selectors with every management event recorded and everything
// else as it is; not ok where there is no room for that.
func (s EventSelectors) WithAllManagement() (all EventSelectors, ok bool) {
	if len(s.Advanced) > 0 {
		return EventSelectors{Advanced: withManagement(s.Advanced)}, true
	}
	whole := EventSelector{ReadWriteType: readWriteAll, IncludeManagementEvents: true}
	widened := slices.Clone(s.Basic)
	// A selector with data events is left alone: to widen it would record more of them too.
	at := slices.IndexFunc(widened, func(b EventSelector) bool { return len(b.DataResources) == 0 })
	switch {
	case at >= 0:
		widened[at] = whole
	case len(widened) < mostBasic:
		widened = append(widened, whole)
	default:
		return s, false
	}
	return EventSelectors{Basic: widened}, true
}

// withManagement puts one selector of all management events in place of those of some.
func withManagement(selectors []AdvancedSelector) []AdvancedSelector {
	whole := AdvancedSelector{Name: "Management events", FieldSelectors: []FieldSelector{{Field: fieldCategory, Equals: []string{categoryManaging}}}}
	others := slices.DeleteFunc(slices.Clone(selectors), AdvancedSelector.managing)
	return append([]AdvancedSelector{whole}, others...)
}
