package action

import (
	"bytes"
	"encoding/json"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// DenyInsecureTransport puts a statement into a bucket's policy that denies requests without
// TLS; everything else in the policy stays. It is disruptive: clients that still use plain HTTP
// are cut off.
type DenyInsecureTransport struct {
	Bucket Target `json:"bucket"`
	// From is the policy as it was read, "" for none; To is it with the statement.
	From string `json:"from,omitempty"`
	To   string `json:"to"`
}

// Describe implements Action.
func (a DenyInsecureTransport) Describe() Description {
	return Description{
		Target:     a.Bucket.Ref(),
		Collection: inventory.Buckets.Name,
		Setting:    "Policy",
		Title:      "deny requests without TLS to bucket " + a.Bucket.ID,
		From:       prettyPolicy(a.From),
		To:         prettyPolicy(a.To),
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"s3:PutBucketPolicy"},
	}
}

// Undo implements Action. Only our statement is taken out: what others wrote stays, and
// what they wrote since.
func (a DenyInsecureTransport) Undo([]string) Undoing {
	undoing := back("s3:PutBucketPolicy")
	if a.From == "" {
		undoing.Calls = append(undoing.Calls, "s3:DeleteBucketPolicy")
	}
	undoing.To = "the policy without statement " + iampolicy.SidDenyInsecureTransport + ", every other word as it is by then; no policy where no other statement is left"
	return undoing
}

// prettyPolicy lays a policy out so that a person can compare it line by line.
func prettyPolicy(text string) string {
	if text == "" {
		return "no policy"
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(text), "", "  "); err != nil {
		return text
	}
	return pretty.String()
}
