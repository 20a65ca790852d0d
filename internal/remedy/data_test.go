package remedy_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// dataActions are the actions on keys, data and detectors, with what makes the target
// be neither as planned nor as intended, where there is such a thing.
var dataActions = map[string]struct {
	plan    func(*testing.T, *dataScene) action.Action
	disturb func(*testing.T, *dataScene)
}{
	"EnableKeyRotation": {
		plan: func(_ *testing.T, s *dataScene) action.Action {
			return action.KeyRotation.Set(dataTarget("AWS::KMS::Key", s.key), inventory.Rotation{}, inventory.Rotation{Enabled: true, PeriodDays: 365})
		},
		disturb: func(t *testing.T, s *dataScene) { s.rotate(t, 2000) },
	},
	"EnableKeyRotation more often": {
		plan: func(t *testing.T, s *dataScene) action.Action {
			s.rotate(t, 2000)
			return action.KeyRotation.Set(dataTarget("AWS::KMS::Key", s.key), inventory.Rotation{Enabled: true, PeriodDays: 2000}, inventory.Rotation{Enabled: true, PeriodDays: 365})
		},
		disturb: func(t *testing.T, s *dataScene) { s.rotate(t, 1000) },
	},
	"RecoverKey": {
		plan: func(t *testing.T, s *dataScene) action.Action { return s.doom(t, 7) },
		disturb: func(t *testing.T, s *dataScene) {
			roundtrip.Done(t)(s.keys.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: &s.key}))
			s.doom(t, 30)
		},
	},
	"UnpublishDBSnapshot": {
		plan: func(*testing.T, *dataScene) action.Action {
			return action.UnpublishDBSnapshot{Snapshot: dataTarget(inventory.DBSnapshotType, "shop"), From: inventory.DBSharing{"all"}}
		},
		disturb: func(t *testing.T, s *dataScene) { s.share(t, "222222222222") },
	},
	"UnpublishDBSnapshot of a cluster": {
		plan: func(*testing.T, *dataScene) action.Action {
			return action.UnpublishDBSnapshot{Snapshot: dataTarget(inventory.DBClusterSnapshotType, "shop"), From: inventory.DBSharing{"all"}}
		},
		disturb: func(t *testing.T, s *dataScene) { s.share(t, "222222222222") },
	},
	"CreateDetector": {plan: func(t *testing.T, s *dataScene) action.Action {
		roundtrip.Done(t)(s.watch.DeleteDetector(t.Context(), &guardduty.DeleteDetectorInput{DetectorId: &s.detector}))
		return action.CreateDetector{Detector: dataTarget("AWS::GuardDuty::Detector", roundtrip.Account)}
	}},
}

func TestDataActions(t *testing.T) {
	for name, row := range dataActions {
		t.Run(name, func(t *testing.T) {
			s := newDataScene(t)
			planned := row.plan(t, s)
			calls := planned.Describe().Calls
			if got := s.stepNames(t, planned); !slices.Equal(got, calls) {
				t.Errorf("takes the steps %v, describes %v", got, calls)
			}
			applied := s.apply(t, dataRecoded(t, planned))
			for i, entry := range applied.Entries {
				if entry.Call != calls[i] || entry.Result != v1alpha1.CallDone {
					t.Errorf("%s ended %s: %s", entry.Call, entry.Result, entry.Message)
				}
			}
			s.cloud.Forget()
			for _, entry := range s.apply(t, planned).Entries {
				if entry.Result != v1alpha1.CallAlreadySo {
					t.Errorf("again, %s ended %s: %s", entry.Call, entry.Result, entry.Message)
				}
			}
			if writes := s.cloud.Writes(); len(writes) != 0 {
				t.Errorf("again, it writes %+v", writes)
			}
		})
	}
}

func TestDataActionsOnChangedTargets(t *testing.T) {
	for name, row := range dataActions {
		if row.disturb == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s := newDataScene(t)
			planned := row.plan(t, s)
			row.disturb(t, s)
			s.cloud.Forget()
			entries := s.apply(t, planned).Entries
			if len(entries) != 1 || entries[0].Result != v1alpha1.CallChanged {
				t.Errorf("ended %+v, want the first call Changed and no other", entries)
			}
			if writes := s.cloud.Writes(); len(writes) != 0 {
				t.Errorf("writes %+v", writes)
			}
		})
	}
}

// A crash before the second call of a chain: the same run goes on where it stopped.
func TestRecoverKeyResumed(t *testing.T) {
	s := newDataScene(t)
	planned := s.doom(t, 7)
	rig := s.rig()
	session, err := rig.Pool.OpenForRun(t.Context(), rig.Target)
	roundtrip.Done(t)(session, err)
	crashed, asked := errors.New("crashed"), 0
	crash := func(context.Context) error {
		if asked++; asked > 1 {
			return crashed
		}
		return nil
	}
	intents := []remedy.Intent{{Hash: dataHash(t, planned), Action: planned}}
	journal := &roundtrip.Journal{}
	if outcome, err := remedy.Apply(t.Context(), session, intents, journal, crash); err != nil || !errors.Is(outcome.Stopped, crashed) {
		t.Fatalf("got %+v, %v", outcome, err)
	}
	if got := s.keyState(t); got != inventory.KeyDisabled {
		t.Fatalf("after the first call the key is %s", got)
	}
	// What was not sent is not ended: the next pass asks for it again.
	journal.Entries = journal.Entries[:1]
	roundtrip.Done(t)(remedy.Apply(t.Context(), session, intents, journal, func(context.Context) error { return nil }))
	if got := s.keyState(t); got != inventory.KeyEnabled {
		t.Errorf("after the second pass the key is %s", got)
	}
}

// An answer that got lost is sent again by the SDK; KMS then refuses what it has already done.
func TestRecoverKeyLostAnswer(t *testing.T) {
	s := newDataScene(t)
	planned := s.doom(t, 7)
	s.cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("kms:CancelKeyDeletion"), Applied: true, Times: 1, Err: &smithy.GenericAPIError{Code: "RequestTimeout", Message: "lost"}})
	for _, entry := range s.apply(t, planned).Entries {
		if entry.Result != v1alpha1.CallDone {
			t.Errorf("%s ended %s: %s", entry.Call, entry.Result, entry.Message)
		}
	}
	if got := s.keyState(t); got != inventory.KeyEnabled {
		t.Errorf("the key is %s", got)
	}
}

// KMS may show a cancelled deletion for a while; the key must be enabled all the same.
func TestRecoverKeyLaggingReads(t *testing.T) {
	s := newDataScene(t)
	planned := s.doom(t, 7)
	s.cloud.SetLag(time.Minute)
	s.apply(t, planned)
	s.cloud.Heal()
	if got := s.keyState(t); got != inventory.KeyEnabled {
		t.Errorf("the key is %s", got)
	}
}
