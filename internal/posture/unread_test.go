package posture_test

import (
	"slices"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

func TestUnreadRounds(t *testing.T) {
	for name, row := range map[string]struct {
		// unknown is how many resources each round left unread.
		unknown []int32
		want    []int32
		loud    bool
	}{
		"read":                    {[]int32{0, 0}, []int32{0, 0}, false},
		"once unread":             {[]int32{3}, []int32{1}, false},
		"twice":                   {[]int32{3, 1}, []int32{1, 2}, true},
		"ever after":              {[]int32{1, 1, 1, 1}, []int32{1, 2, 2, 2}, true},
		"twice with one between":  {[]int32{1, 0, 1}, []int32{1, 0, 1}, false},
		"read again after it all": {[]int32{1, 1, 1, 0}, []int32{1, 2, 2, 0}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var control v1alpha1.ControlPosture
			var got []int32
			for _, n := range row.unknown {
				control.Unknown = n
				control.UnreadRounds = posture.UnreadRounds(control.UnreadRounds, control)
				got = append(got, control.UnreadRounds)
			}
			if !slices.Equal(got, row.want) || posture.Loud(control) != row.loud {
				t.Errorf("got %v, loud %t", got, posture.Loud(control))
			}
		})
	}
}

func TestMissingPermissions(t *testing.T) {
	unread := func(id string, err error) thing {
		x := round(id)
		x.Shape = inventory.Unseen[string](err)
		return x
	}
	facts := observed(round("r"), square("s"),
		unread("a", fault.DeniedRead("test:Describe", "test:Describe")),
		unread("b", fault.DeniedRead("test:Describe", "test:Describe")),
		unread("c", fault.DeniedRead("test:Look", "test:Look, kms:Decrypt")),
		unread("d", &fault.Fault{Class: fault.DeniedByOrganization, Permission: "test:Ask"}),
		unread("e", &fault.Fault{Class: fault.Throttled, Permission: "test:Wait"}),
		unread("f", fault.ErrNotRead))
	report := posture.Judge([]posture.Declaration{declared(rule("test-round", nil, nil), v1alpha1.Audit)}, facts)
	if got, want := report.Controls[0].Missing(), []string{"kms:Decrypt", "test:Ask", "test:Describe", "test:Look"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := posture.Unread([]posture.Declaration{declared(rule("test-round", nil, nil), v1alpha1.Audit)}, "1", time.Time{}, fault.ErrNotRead).Controls[0].Missing(); got != nil {
		t.Errorf("got %v of what nobody denied", got)
	}
}
