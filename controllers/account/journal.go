package account

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// journal keeps a run's journal in its status. A claim is an update by resource version: of two
// writers of one run, the second is refused before it sends anything.
type journal struct {
	visit *visit
	run   *v1alpha1.RemediationRun
	dirty bool
	// written is the status as the cluster has it, for all that we know.
	written v1alpha1.RemediationRunStatus
}

// journalOf is the journal of a run that was just read.
func (v *visit) journalOf(run *v1alpha1.RemediationRun) *journal {
	return &journal{visit: v, run: run, dirty: true, written: *run.Status.DeepCopy()}
}

// Result implements remedy.Journal.
func (j *journal) Result(hash, call string) v1alpha1.CallResult {
	if entry := j.find(hash, call); entry != nil {
		return entry.Result
	}
	return ""
}

// Claim implements remedy.Journal.
func (j *journal) Claim(ctx context.Context, hash, call string) error {
	now := metav1.NewTime(j.visit.Now())
	if j.run.Status.StartedAt == nil {
		j.run.Status.StartedAt = &now
	}
	j.put(v1alpha1.JournalEntry{Action: hash, Call: call, At: now, Result: v1alpha1.CallClaimed})
	return j.Flush(ctx)
}

// Record implements remedy.Journal.
func (j *journal) Record(hash, call string, result v1alpha1.CallResult, message string) {
	entry := v1alpha1.JournalEntry{Action: hash, Call: call, At: metav1.NewTime(j.visit.Now()), Result: result, Message: shortened(message)}
	if claimed := j.find(hash, call); claimed != nil && claimed.Result == v1alpha1.CallClaimed {
		entry.At = claimed.At
	}
	j.put(entry)
	j.visit.logCall(j.run, entry)
}

// Flush implements remedy.Journal.
func (j *journal) Flush(ctx context.Context) error {
	if !j.dirty {
		return nil
	}
	j.run.Status.Progress = progress(j.run)
	if err := j.visit.updateStatus(ctx, j.run, j.written); err != nil {
		return fmt.Errorf("writing the journal of run %s: %w", j.run.Name, err)
	}
	j.dirty, j.written = false, *j.run.Status.DeepCopy()
	return nil
}

// maxTries is how often a write of a run's status is tried again, while somebody keeps touching
// the run: more often than the API server lets one user do so meanwhile.
const maxTries = 20

// updateStatus writes a run's status, which the cluster has as written for all that we know. A
// conflict that is not about it is tried again: whoever may set spec.approval or spec.revert, or
// applies what is there already, is no other writer of the journal, and holds up no claim.
func (r *Reconciler) updateStatus(ctx context.Context, run *v1alpha1.RemediationRun, written v1alpha1.RemediationRunStatus) error {
	err := r.Status().Update(ctx, run)
	for tries := 0; apierrors.IsConflict(err) && tries < maxTries; tries++ {
		live := &v1alpha1.RemediationRun{}
		if err := r.Live.Get(ctx, client.ObjectKeyFromObject(run), live); err != nil {
			return fmt.Errorf("reading it anew: %w", err)
		}
		if live.UID != run.UID || !live.DeletionTimestamp.IsZero() || !equality.Semantic.DeepEqual(live.Status, written) {
			return errors.Join(errOtherWriter, err)
		}
		run.ResourceVersion = live.ResourceVersion
		err = r.Status().Update(ctx, run)
	}
	return err
}

var errOtherWriter = errors.New("somebody else wrote its status")

func (j *journal) find(hash, call string) *v1alpha1.JournalEntry {
	for i := range j.run.Status.Journal {
		if entry := &j.run.Status.Journal[i]; entry.Action == hash && entry.Call == call {
			return entry
		}
	}
	return nil
}

// begun says whether a call of the action may have been sent.
func (j *journal) begun(hash string) bool {
	return slices.ContainsFunc(j.run.Status.Journal, func(e v1alpha1.JournalEntry) bool {
		return e.Action == hash && (e.Result == v1alpha1.CallClaimed || e.Result == v1alpha1.CallDone)
	})
}

// firstOpen is the call that the action stands at: the first that has not ended, or "" once it
// needs no further one.
func (j *journal) firstOpen(planned v1alpha1.RunAction) string {
	for _, call := range planned.Calls {
		switch ended := j.Result(planned.Hash, call); {
		case !remedy.Ended(ended):
			return call
		case ended != v1alpha1.CallDone && ended != v1alpha1.CallAlreadySo:
			return ""
		}
	}
	return ""
}

func (j *journal) put(entry v1alpha1.JournalEntry) {
	j.dirty = true
	if have := j.find(entry.Action, entry.Call); have != nil {
		*have = entry
		return
	}
	j.run.Status.Journal = append(j.run.Status.Journal, entry)
}

// logCall repeats a journal entry as one structured line, and as an event if it changed AWS.
func (v *visit) logCall(run *v1alpha1.RemediationRun, entry v1alpha1.JournalEntry) {
	planned := actionOf(run, entry.Action)
	logger := v.log.WithValues("account", run.Spec.AccountID, "region", planned.Region, "resource", planned.Target,
		"action", planned.Type, "call", entry.Call, "run", run.Name, "caller", run.Status.Caller, "result", entry.Result)
	by := ""
	if run.Status.ApprovedBy != "" {
		logger = logger.WithValues("approvedBy", run.Status.ApprovedBy)
		by = ", approved by " + run.Status.ApprovedBy
	}
	switch entry.Result {
	case v1alpha1.CallDone:
		logger.Info("changed AWS")
		v.event(run, "Normal", "Changed", "Apply", "%s (%s%s)", planned.Title, entry.Call, by)
	case v1alpha1.CallDenied, v1alpha1.CallFailed:
		logger.Info("could not change AWS", "cause", entry.Message)
		v.event(run, "Warning", string(entry.Result), "Apply", "%s (%s%s): %s", planned.Title, entry.Call, by, entry.Message)
	case v1alpha1.CallAlreadySo, v1alpha1.CallChanged, v1alpha1.CallSkipped, v1alpha1.CallClaimed:
		logger.V(1).Info("did not change AWS", "cause", entry.Message)
	}
}

// maxEntryMessage bounds a message in bytes of its JSON, so that a full journal keeps its run
// under its bound whatever AWS answers.
const maxEntryMessage = 450

func shortened(message string) string {
	for {
		left := room(maxEntryMessage)
		if left.takes(message) {
			return message
		}
		message = inventory.Clean(message, len(message)*3/4)
	}
}

func actionOf(run *v1alpha1.RemediationRun, hash string) v1alpha1.RunAction {
	for _, planned := range run.Spec.Actions {
		if planned.Hash == hash {
			return planned
		}
	}
	return v1alpha1.RunAction{}
}
