package remedy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// The tables of this file drive a world of chains: an action builds its links one after the
// other, each a call of its own, and each can be found again by its name.

type chain struct{ Name string }

func (c chain) Describe() action.Description {
	return action.Description{Title: "build " + c.Name, Calls: []string{"test:CreateLink1", "test:CreateLink2", "test:CreateLink3"}}
}

func (chain) Undo([]string) action.Undoing { return action.Undoing{} }

func init() {
	by(func(_ *awsapi.Session, c chain) []Step { return current.steps(c) }, irrevocable)
}

// current is the world that the chain under test is in.
var current *world

type world struct {
	built   map[string]int  // how often each link was sent and arrived
	changed map[string]bool // links whose target is neither as planned nor as intended
	unread  map[string]error
	answers map[string]func(*world, string) error
	looks   int
	log     []string

	durable, pending map[string]v1alpha1.JournalEntry
	// crash panics at the n-th point of a pass, counted from 1.
	crash, point int
}

type crashed struct{}

func newWorld() *world {
	return &world{built: map[string]int{}, changed: map[string]bool{}, unread: map[string]error{}, answers: map[string]func(*world, string) error{}, durable: map[string]v1alpha1.JournalEntry{}, pending: map[string]v1alpha1.JournalEntry{}}
}

func (w *world) at(what string) {
	w.point++
	w.log = append(w.log, what)
	if w.point == w.crash {
		panic(crashed{})
	}
}

func (w *world) steps(c chain) []Step {
	var steps []Step
	for i, call := range c.Describe().Calls {
		link := fmt.Sprint(c.Name, i+1)
		steps = append(steps, Step{
			Call: call,
			Look: func(ctx context.Context) (Standing, error) {
				w.looks++
				w.at("look " + link)
				switch {
				case ctx.Err() != nil:
					return "", ctx.Err()
				case w.unread[link] != nil:
					return "", w.unread[link]
				case w.changed[link]:
					return Changed, nil
				case w.built[link] > 0:
					return Done, nil
				}
				return Pending, nil
			},
			Send: func(context.Context) error {
				w.at("send " + link)
				if answer := w.answers[link]; answer != nil {
					if err := answer(w, link); err != nil {
						return err
					}
				}
				w.built[link]++
				w.at("sent " + link)
				return nil
			},
		})
	}
	return steps
}

// Result implements Journal.
func (w *world) Result(hash, call string) v1alpha1.CallResult {
	if e, ok := w.pending[hash+call]; ok {
		return e.Result
	}
	return w.durable[hash+call].Result
}

// Claim implements Journal.
func (w *world) Claim(_ context.Context, hash, call string) error {
	w.at("claim " + hash + call)
	w.pending[hash+call] = v1alpha1.JournalEntry{Action: hash, Call: call, Result: v1alpha1.CallClaimed}
	return w.Flush(context.Background())
}

// Record implements Journal.
func (w *world) Record(hash, call string, result v1alpha1.CallResult, message string) {
	w.at("record " + hash + call)
	w.pending[hash+call] = v1alpha1.JournalEntry{Action: hash, Call: call, Result: result, Message: message}
}

// Flush implements Journal.
func (w *world) Flush(context.Context) error {
	w.at("flush")
	for key, entry := range w.pending {
		w.durable[key] = entry
	}
	w.pending = map[string]v1alpha1.JournalEntry{}
	w.at("flushed")
	return nil
}

func (w *world) results(names ...string) string {
	var all []string
	for _, name := range names {
		for _, call := range (chain{}).Describe().Calls {
			all = append(all, string(w.durable[name+call].Result))
		}
	}
	return strings.Join(all, " ")
}

// pass applies the chains once; it says whether it crashed.
func (w *world) pass(t *testing.T, may func(context.Context) error, names ...string) (outcome Outcome, crash bool) {
	t.Helper()
	current = w
	intents := make([]Intent, len(names))
	for i, name := range names {
		intents[i] = Intent{Hash: name, Action: chain{Name: name}}
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(crashed); !ok {
				panic(r)
			}
			crash = true
		}
	}()
	outcome, err := Apply(t.Context(), nil, intents, w, may)
	if err != nil {
		t.Fatal(err)
	}
	return outcome, false
}

func yes(context.Context) error { return nil }

// Every call is claimed, and the claim is durable, before it is sent; its result is recorded
// before the next is claimed.
func TestApplyClaimsBeforeItSends(t *testing.T) {
	w := newWorld()
	outcome, _ := w.pass(t, yes, "a", "b")
	if outcome != (Outcome{Applied: 2}) {
		t.Errorf("outcome %+v", outcome)
	}
	if got := w.results("a", "b"); got != "Done Done Done Done Done Done" {
		t.Errorf("journal: %s", got)
	}
	var order []string
	for _, step := range w.log {
		if !strings.HasPrefix(step, "look") {
			order = append(order, strings.Fields(step)[0])
		}
	}
	one := "claim flush flushed send sent record "
	if want := strings.TrimSpace(strings.Repeat(one, 6)) + " flush flushed"; strings.Join(order, " ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(order, " "), want)
	}
	sends := w.point
	if outcome, _ := w.pass(t, yes, "a", "b"); outcome != (Outcome{Applied: 2}) || len(w.built) != 6 {
		t.Errorf("again: %+v, %v", outcome, w.built)
	}
	for _, step := range w.log[sends:] {
		if step != "flush" && step != "flushed" {
			t.Errorf("a run that has ended does %q again", step)
		}
	}
}

// A crash at any point is made good by a second pass over the durable journal: everything is
// built, and nothing twice.
func TestApplyResumesAfterACrashAnywhere(t *testing.T) {
	points := 0
	for crash := 1; ; crash++ {
		w := newWorld()
		w.crash = crash
		if _, crashes := w.pass(t, yes, "a", "b"); !crashes {
			break
		}
		points++
		last := w.log[len(w.log)-1]
		w.pending = map[string]v1alpha1.JournalEntry{} // died with the process
		w.crash = -1
		outcome, _ := w.pass(t, yes, "a", "b")
		if outcome.Applied != 2 || outcome.Failed+outcome.Changed > 0 || outcome.Stopped != nil {
			t.Errorf("crashed at %q, then %+v", last, outcome)
		}
		for _, link := range []string{"a1", "a2", "a3", "b1", "b2", "b3"} {
			if w.built[link] != 1 {
				t.Errorf("crashed at %q: %s built %d times", last, link, w.built[link])
			}
		}
		// What was sent is told as done, whichever process sent it.
		if got := w.results("a", "b"); got != "Done Done Done Done Done Done" {
			t.Errorf("crashed at %q: the journal says %s", last, got)
		}
	}
	if points < 40 {
		t.Errorf("only %d points", points)
	}
	t.Logf("%d points", points)
}

// May is asked before every single write, and what it stops goes on another time.
func TestApplyStopsByMay(t *testing.T) {
	stop := errors.New("suspended")
	for allowed := range 6 {
		w := newWorld()
		asked := 0
		outcome, _ := w.pass(t, func(context.Context) error {
			if asked++; asked > allowed {
				return stop
			}
			return nil
		}, "a", "b")
		if !errors.Is(outcome.Stopped, stop) || len(w.built) != allowed || asked != allowed+1 {
			t.Errorf("allowed %d: %+v after %d writes, asked %d times", allowed, outcome, len(w.built), asked)
		}
		if outcome.Failed+outcome.Changed > 0 {
			t.Errorf("allowed %d: %+v", allowed, outcome)
		}
		if outcome, _ := w.pass(t, yes, "a", "b"); outcome != (Outcome{Applied: 2}) || len(w.built) != 6 {
			t.Errorf("allowed %d, then all: %+v after %d writes", allowed, outcome, len(w.built))
		}
	}
	t.Run("even if it changes its mind", func(t *testing.T) {
		w := newWorld()
		asked := 0
		outcome, _ := w.pass(t, func(context.Context) error {
			if asked++; asked == 2 {
				return stop
			}
			return nil
		}, "a", "b")
		if !errors.Is(outcome.Stopped, stop) || len(w.built) != 1 {
			t.Errorf("%+v after %d writes", outcome, len(w.built))
		}
	})
}

func TestApplyAnswers(t *testing.T) {
	refused := fault.DeniedRead("test:CreateLink2", "test:CreateLink2")
	for name, row := range map[string]struct {
		set     func(*world)
		outcome Outcome
		journal string
		built   int
	}{
		"already so": {
			func(w *world) { w.built["a1"], w.built["a2"], w.built["a3"] = 1, 1, 1 },
			Outcome{Applied: 1},
			"AlreadySo AlreadySo AlreadySo", 3,
		},
		"the target changed": {func(w *world) { w.changed["a2"] = true }, Outcome{Changed: 1}, "Done Changed ", 1},
		"the target is gone": {
			func(w *world) { w.unread["a2"] = &fault.Fault{Class: fault.NotFound, Code: "NoSuchBucket"} },
			Outcome{Changed: 1},
			"Done Changed ", 1,
		},
		"the target cannot be read": {func(w *world) { w.unread["a2"] = refused }, Outcome{Failed: 1}, "Done Denied ", 1},
		"denied": {
			func(w *world) { w.answers["a2"] = func(*world, string) error { return refused } },
			Outcome{Failed: 1},
			"Done Denied ", 1,
		},
		"denied by the organization": {
			func(w *world) {
				w.answers["a2"] = func(*world, string) error { return &fault.Fault{Class: fault.DeniedByOrganization} }
			},
			Outcome{Failed: 1},
			"Done Denied ", 1,
		},
		"failed": {
			func(w *world) { w.answers["a2"] = func(*world, string) error { return errors.New("no") } },
			Outcome{Failed: 1},
			"Done Failed ", 1,
		},
		"the answer was lost": {
			func(w *world) {
				w.answers["a2"] = func(w *world, link string) error {
					w.built[link]++
					return &fault.Fault{Class: fault.Unavailable, Message: "connection reset"}
				}
			},
			Outcome{Applied: 1},
			"Done Done Done", 3,
		},
		"it was there after all": {
			func(w *world) {
				w.answers["a2"] = func(w *world, link string) error {
					w.built[link]++
					return &fault.Fault{Class: fault.Conflict, Code: "EntityAlreadyExists"}
				}
			},
			Outcome{Applied: 1},
			"Done Done Done", 3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			row.set(w)
			outcome, _ := w.pass(t, yes, "a")
			if outcome != row.outcome || w.results("a") != row.journal || len(w.built) != row.built {
				t.Errorf("got %+v, %q, %d built; want %+v, %q, %d", outcome, w.results("a"), len(w.built), row.outcome, row.journal, row.built)
			}
		})
	}
}

// The credentials of another account end a run: no other call would fare better.
func TestApplyStopsInTheWrongAccount(t *testing.T) {
	w := newWorld()
	wrong := &fault.Fault{Class: fault.WrongAccount, Message: "the credentials belong to account 222222222222"}
	w.answers["a2"] = func(*world, string) error { return wrong }
	outcome, _ := w.pass(t, yes, "a", "b")
	if !errors.Is(outcome.Stopped, wrong) || outcome.Failed != 1 || len(w.built) != 1 {
		t.Errorf("%+v after %d writes", outcome, len(w.built))
	}
}

// More than a tenth of the actions, and at least two.
func TestApplyStopsWhereMuchFails(t *testing.T) {
	for _, row := range []struct{ actions, fail, applied int }{
		{1, 1, 0}, {2, 1, 1}, {2, 2, 0}, {10, 1, 9}, {10, 2, 0}, {19, 2, 0}, {20, 2, 18}, {20, 3, 0}, {100, 10, 90}, {100, 11, 0},
	} {
		t.Run(fmt.Sprintf("%d of %d", row.fail, row.actions), func(t *testing.T) {
			w := newWorld()
			var names []string
			for i := range row.actions {
				names = append(names, fmt.Sprintf("n%03d-", i))
				if i < row.fail {
					w.answers[names[i]+"1"] = func(*world, string) error { return errors.New("no") }
				}
			}
			outcome, _ := w.pass(t, yes, names...)
			stops := row.fail < row.actions && row.applied == 0
			if outcome.Failed != row.fail || outcome.Applied != row.applied || (outcome.Stopped != nil) != stops {
				t.Errorf("got %+v, want %d applied, stopped %t", outcome, row.applied, stops)
			}
		})
	}
}

// A claim that is refused, by another writer of the run, means that nothing is sent.
func TestApplySendsNothingUnclaimed(t *testing.T) {
	w := newWorld()
	current = w
	refused := errors.New("the object has been modified")
	_, err := Apply(t.Context(), nil, []Intent{{Hash: "a", Action: chain{Name: "a"}}}, refusing{w, refused}, yes)
	if !errors.Is(err, refused) || len(w.built) > 0 {
		t.Errorf("%v, %d built", err, len(w.built))
	}
}

type refusing struct {
	*world
	err error
}

func (r refusing) Claim(context.Context, string, string) error { return r.err }

// A process that is told to end mid-call finishes that call, records its answer, and begins no
// other.
func TestApplyFinishesTheCallInFlight(t *testing.T) {
	for name, row := range map[string]struct {
		answer  func(*world, string) error
		journal string
	}{
		"answered":       {func(*world, string) error { return nil }, "Done Done "},
		"refused":        {func(*world, string) error { return errors.New("no") }, "Done Failed "},
		"lost, and done": {func(w *world, link string) error { w.built[link]++; return errors.New("reset") }, "Done Done "},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			current = w
			ctx, cancel := context.WithCancel(t.Context())
			w.answers["a2"] = func(w *world, link string) error { cancel(); return row.answer(w, link) }
			_, err := Apply(ctx, nil, []Intent{{Hash: "a", Action: chain{Name: "a"}}, {Hash: "b", Action: chain{Name: "b"}}}, w, yes)
			if !errors.Is(err, context.Canceled) || w.results("a") != row.journal || strings.TrimSpace(w.results("b")) != "" {
				t.Errorf("%v, journal %q, then %q", err, w.results("a"), w.results("b"))
			}
		})
	}
}

// What nobody may send any more is still told as done where it was.
func TestApplyTellsOfWhatIsRefusedWhatBecameOfIt(t *testing.T) {
	for built, want := range map[int]string{1: "Done Changed ", 0: "Changed  "} {
		w := newWorld()
		current = w
		w.durable["atest:CreateLink1"] = v1alpha1.JournalEntry{Result: v1alpha1.CallClaimed}
		w.built["a1"] = built
		intents := []Intent{{Hash: "a", Action: chain{Name: "a"}, Refused: v1alpha1.CallChanged, Why: "the plan does not hold it"}}
		if outcome, err := Apply(t.Context(), nil, intents, w, yes); err != nil || outcome.Changed != 1 || w.results("a") != want || w.built["a1"] != built {
			t.Errorf("%d built: %+v %v, journal %q", built, outcome, err, w.results("a"))
		}
	}
}

// What a process that died claimed stays claimed while nothing may be sent.
func TestApplyKeepsAClaimItMayNotTakeUp(t *testing.T) {
	w := newWorld()
	w.durable["atest:CreateLink1"] = v1alpha1.JournalEntry{Result: v1alpha1.CallClaimed}
	stop := errors.New("suspended")
	if outcome, _ := w.pass(t, func(context.Context) error { return stop }, "a"); !errors.Is(outcome.Stopped, stop) || w.results("a") != "Claimed  " {
		t.Errorf("%+v, journal %q", outcome, w.results("a"))
	}
	w.built["a1"] = 1 // it had arrived, and shows only now
	if outcome, _ := w.pass(t, yes, "a"); outcome != (Outcome{Applied: 1}) || w.results("a") != "Done Done Done" {
		t.Errorf("then %+v, journal %q", outcome, w.results("a"))
	}
}

func TestApplyKnowsItsActions(t *testing.T) {
	_, err := Apply(t.Context(), nil, []Intent{{Hash: "x", Action: unknown{}}}, newWorld(), yes)
	if err == nil || !strings.Contains(err.Error(), "no remedy is registered") {
		t.Errorf("got %v", err)
	}
}

type unknown struct{}

func (unknown) Describe() action.Description { return action.Description{} }

func (unknown) Undo([]string) action.Undoing { return action.Undoing{} }
