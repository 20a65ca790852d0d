package action

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Undoing is how an action is taken back, as the action itself says it: what was there before
// comes back, by these calls.
type Undoing struct {
	// Calls that take it back, in order; none where it cannot be.
	Calls []string
	// Not is what of the action is not taken back, and why; empty where all of it is.
	Not string
	// To is what will be there, where that is not what the action found.
	To string
	// Risk of taking it back, where it is not safe.
	Risk v1alpha1.Risk
	// Finds names the resource that the finding comes back on, where it is not the target; *
	// stands for any characters.
	Finds string
}

// back is an undoing of the whole action.
func back(calls ...string) Undoing { return Undoing{Calls: calls} }

// never is no undoing.
func never(why string) Undoing { return Undoing{Not: why} }

// inverse returns the calls that take back those that were done, the last first. What a call
// did that is not among them stays.
func inverse(done []string, by map[string][]string) []string {
	var calls []string
	for _, call := range slices.Backward(done) {
		calls = append(calls, by[call]...)
	}
	return calls
}

// Undo takes back what an action of a run changed, as far as AWS still shows what it wrote. It
// is planned only when a person asks for it, for it puts back what was weaker.
type Undo struct {
	// Run is the name of the run that applied the action, UID what tells it from others that
	// may come to bear the name.
	Run, UID string
	// Of is the action, with its before-image.
	Of Action
	// Done are the calls of it that changed something: what was so already was not its work.
	Done []string
}

// Describe implements Action: from what the action wrote to what it had found.
func (a Undo) Describe() Description {
	d, undoing := a.Of.Describe(), a.Of.Undo(a.Done)
	d.Title = "undo, which puts back the weaker state: " + d.Title
	d.From, d.To = d.To, cmp.Or(undoing.To, d.From)
	if undoing.Not != "" {
		d.To += "\nnot undone: " + undoing.Not
	}
	d.Keys = nil // a person asks for what was there before
	d.Risk, d.Calls = cmp.Or(undoing.Risk, v1alpha1.Safe), undoing.Calls
	return d
}

// Undo implements Action.
func (a Undo) Undo([]string) Undoing {
	return never("an undo is not undone: once its acceptance ends, what is declared is planned again")
}

// Finds names the resources that the finding may come back on.
func (a Undo) Finds() []string {
	return slices.DeleteFunc([]string{a.Of.Describe().Target.Unique(), a.Of.Undo(a.Done).Finds}, func(name string) bool { return name == "" })
}

// undoContent is an Undo's content.
type undoContent struct {
	Run     string          `json:"run"`
	UID     string          `json:"uid"`
	Type    string          `json:"type"`
	Content json.RawMessage `json:"content"`
	Done    []string        `json:"done"`
}

// MarshalJSON implements json.Marshaler.
func (a Undo) MarshalJSON() ([]byte, error) {
	content, err := Encode(a.Of)
	if err != nil {
		return nil, err
	}
	return json.Marshal(undoContent{Run: a.Run, UID: a.UID, Type: TypeOf(a.Of), Content: content, Done: a.Done})
}

// UnmarshalJSON implements json.Unmarshaler. An undo of an undo is not known to anybody.
func (a *Undo) UnmarshalJSON(text []byte) error {
	var content undoContent
	if err := json.Unmarshal(text, &content); err != nil {
		return fmt.Errorf("decoding an undo: %w", err)
	}
	of, err := decodeAs(Types(), content.Type, content.Content)
	*a = Undo{Run: content.Run, UID: content.UID, Of: of, Done: content.Done}
	return err
}
