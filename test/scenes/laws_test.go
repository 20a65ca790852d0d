package scenes_test

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

// The laws that hold of every control, in its scene. What a control's own tests show besides is
// what is particular to it.

// operationsOf are the reads of a scene's control.
func operationsOf(t *testing.T, scene scenes.Scene) []string {
	t.Helper()
	for _, control := range controls.All() {
		if control.ID == scene.Control {
			return read.Operations(control.WantFor(control.Leaf(&scene.Posture)))
		}
	}
	t.Fatalf("%s is no control", scene.Control)
	return nil
}

func look(t *testing.T, rig *roundtrip.Rig) round.Result {
	t.Helper()
	result, err := rig.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// Each read denied singly: what is wrong never comes to pass by it, and what was right is
// Unknown and names the permission, if the read was made at all.
func TestNothingUnreadPasses(t *testing.T) {
	for _, scene := range scenes.All() {
		for _, operation := range operationsOf(t, scene) {
			t.Run(scene.Control+"/"+operation, func(t *testing.T) {
				cloud, rig := staged(scene)(t)
				cloud.Deny(operation)
				unread(t, cloud, look(t, rig), operation, false)
				if scene.Settled == v1alpha1.Fail {
					return
				}
				cloud.Heal()
				rig.Mended(t)
				cloud.Deny(operation)
				cloud.Forget()
				unread(t, cloud, look(t, rig), operation, true)
			})
		}
	}
}

func unread(t *testing.T, cloud *fakeaws.Cloud, result round.Result, operation string, mended bool) {
	t.Helper()
	asked := slices.ContainsFunc(cloud.Calls(), func(c fakeaws.Call) bool { return c.Operation == operation })
	report := result.Report.Controls[0]
	switch got := report.Verdict(); {
	case got == v1alpha1.Pass && (asked || !mended):
		t.Errorf("it passes unread: %v", report.Judged)
	case got == v1alpha1.Unknown:
		for _, judged := range report.Judged {
			if v := judged.Verdict; v.Status == v1alpha1.Unknown && !strings.Contains(v.Message, awsapi.Needs(operation)[0]) {
				t.Errorf("it does not name %s: %s", awsapi.Needs(operation)[0], v.Message)
			}
		}
	case got == v1alpha1.Fail && asked && mended:
		t.Errorf("it fails unread: %v", report.Judged)
	case got == v1alpha1.Fail && asked && isTags(operation):
		if len(result.Plan.Changes) > 0 {
			t.Errorf("it plans %v, though whose it is cannot be read", titles(result))
		}
	}
}

// isTags says whether a call reads tags, and nothing else.
func isTags(operation string) bool {
	uses := slices.DeleteFunc(read.Uses(), func(u read.Use) bool { return u.Call != operation })
	return len(uses) > 0 && !slices.ContainsFunc(uses, func(u read.Use) bool { return !u.Tags })
}

// An answer without content is no answer: what was right does not pass by it.
func TestNoContentIsNoPass(t *testing.T) {
	for _, scene := range scenes.All() {
		operations := operationsOf(t, scene)
		for _, use := range read.Uses() {
			if use.Facet == "" || !slices.Contains(operations, use.Call) || scene.Settled == v1alpha1.Fail {
				continue
			}
			t.Run(scene.Control+"/"+use.Call, func(t *testing.T) {
				cloud, rig := staged(scene)(t)
				rig.Mended(t)
				cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn(use.Call), Alter: func(out any) any { return reflect.New(reflect.TypeOf(out).Elem()).Interface() }})
				if report := look(t, rig).Report.Controls[0]; report.Verdict() == v1alpha1.Pass {
					t.Errorf("it passes: %+v", report.Judged)
				}
			})
		}
	}
}

// What goes between the list and the look is no finding.
func TestWhatWentMeanwhileIsNoFinding(t *testing.T) {
	for _, scene := range scenes.All() {
		operations := operationsOf(t, scene)
		for _, use := range read.Uses() {
			if use.Gone == "" || !slices.Contains(operations, use.Call) {
				continue
			}
			t.Run(scene.Control+"/"+use.Call, func(t *testing.T) {
				cloud, rig := staged(scene)(t)
				cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn(use.Call), Err: &smithy.GenericAPIError{Code: use.Gone}})
				if judged := look(t, rig).Report.Controls[0].Judged; len(judged) > 0 {
					t.Errorf("judged %+v", judged)
				}
			})
		}
	}
}

// untagged says of a control why tags do not hold it back in its scene.
var untagged = map[string]string{
	"account-security-contact": "an account", "s3-account-public-access-block": "an account", "iam-password-policy": "an account",
	"ami-block-public-access": "a region", "ebs-default-encryption": "a region", "ebs-snapshot-block-public-access": "a region", "ec2-imdsv2-account-default": "a region",
	"cloudtrail-multi-region": "there is none", "config-recorder": "there is none", "guardduty-enabled": "there is none",
	// A bucket without tags says so by an error, which cannot be altered; S3's own tests tag one.
	"s3-bucket-encryption": "untagged", "s3-bucket-public-access-block": "untagged", "s3-bucket-versioning": "untagged", "s3-tls-only": "untagged",
}

// What another tool manages, by its tags, is left alone.
func TestWhatOthersManageIsLeftAlone(t *testing.T) {
	for _, scene := range scenes.All() {
		if scene.Settled == v1alpha1.Fail {
			continue
		}
		t.Run(scene.Control, func(t *testing.T) {
			cloud, rig := staged(scene)(t)
			cloud.Inject(&fakeaws.Fault{
				Match: func(call fakeaws.Call) bool { return !call.Write },
				Alter: func(out any) any {
					tag(reflect.ValueOf(out), "aws:cloudformation:stack-name", "shop")
					return out
				},
			})
			result := look(t, rig)
			left := len(result.Plan.Changes) == 0 && slices.ContainsFunc(result.Plan.Held, func(h posture.Held) bool { return h.ManagedElsewhere == "CloudFormation shop" })
			if left == (untagged[scene.Control] != "") {
				t.Errorf("left alone: %t; plans %v", left, titles(result))
			}
		})
	}
}

// tag adds a tag to whatever in an answer has tags.
func tag(in reflect.Value, key, value string) {
	switch in.Kind() { //nolint:exhaustive // answers are made of these kinds
	case reflect.Pointer, reflect.Interface:
		if !in.IsNil() {
			tag(in.Elem(), key, value)
		}
	case reflect.Slice:
		for i := range in.Len() {
			tag(in.Index(i), key, value)
		}
	case reflect.Struct:
		for i := range in.NumField() {
			field := in.Field(i)
			if name := in.Type().Field(i).Name; !field.CanSet() {
				continue
			} else if name == "Tags" || name == "TagList" || name == "TagSet" || name == "TagsList" {
				field.Set(withTag(field, key, value))
				continue
			}
			tag(field, key, value)
		}
	}
}

func withTag(tags reflect.Value, key, value string) reflect.Value {
	if tags.Kind() == reflect.Map {
		fresh := map[string]string{key: value}
		return reflect.ValueOf(fresh)
	}
	one := reflect.New(tags.Type().Elem()).Elem()
	for i := range one.NumField() {
		switch one.Type().Field(i).Name {
		case "Key", "TagKey":
			one.Field(i).Set(reflect.ValueOf(&key))
		case "Value", "TagValue":
			one.Field(i).Set(reflect.ValueOf(&value))
		}
	}
	return reflect.Append(tags.Slice3(0, tags.Len(), tags.Len()), one)
}

// Every list in pages of one item: the same is read, and mended.
func TestPagesOfOne(t *testing.T) {
	for _, scene := range scenes.All() {
		t.Run(scene.Control, func(t *testing.T) {
			cloud, rig := staged(scene)(t)
			whole := verdicts(look(t, rig))
			cloud.PageBy(1)
			if paged := verdicts(look(t, rig)); !slices.Equal(paged, whole) {
				t.Errorf("in pages it judges\n%v\nwhole\n%v", paged, whole)
			}
			rig.Plays(t, scene.Control, scene.Settled)
		})
	}
}

// byJournal are the controls whose broken runs are taken up by their journal alone, as runs are:
// a fresh plan does not see what is left to do.
var byJournal = []string{"kms-key-deletion-guard"}

// A run that breaks off at any of its writes, before it takes effect or after, is taken up, and
// no write takes effect twice.
func TestRunsBrokenOff(t *testing.T) {
	for _, scene := range scenes.All() {
		if scene.Settled != v1alpha1.Fail && !slices.Contains(byJournal, scene.Control) {
			t.Run(scene.Control, func(t *testing.T) { roundtrip.Crashes(t, staged(scene), scene.Control, scene.Settled) })
		}
	}
}

// What is neither as it was planned nor as it would be is left alone. Settings alone: what a
// step of another action looks at is its own.
func TestChangedSettingsAreLeftAlone(t *testing.T) {
	for _, scene := range scenes.All() {
		_, rig := staged(scene)(t)
		for _, change := range look(t, rig).Plan.Changes {
			set, ok := change.Action.(action.Set)
			// Of two values, one is what was planned and one what would be.
			if !ok || reflect.TypeOf(set.From).Kind() == reflect.Bool {
				continue
			}
			t.Run(scene.Control+"/"+change.Title, func(t *testing.T) {
				set.From, set.To = another(set.From, 0), another(set.To, 1)
				hash, err := action.Hash(set)
				if err != nil {
					t.Fatal(err)
				}
				rig.Sends(t, posture.Plan{Changes: []posture.Change{{Action: set, Hash: hash}}}, v1alpha1.CallChanged)
			})
		}
	}
}

// another is a value of the type that nobody has set: the number tells it from others.
func another(of any, number int) any {
	value := reflect.New(reflect.TypeOf(of)).Elem()
	fill := func(field reflect.Value, at int) {
		switch field.Kind() { //nolint:exhaustive // settings are of these kinds
		case reflect.String:
			field.SetString(fmt.Sprintf("another-%d", number))
		case reflect.Int32:
			field.SetInt(int64(70 + number))
		case reflect.Bool:
			field.SetBool(at == number)
		}
	}
	if value.Kind() != reflect.Struct {
		fill(value, 0)
		return value.Interface()
	}
	for i := range value.NumField() {
		fill(value.Field(i), i)
	}
	return value.Interface()
}

// onADay sets a scene on a day that stays the same.
func onADay(t *testing.T, scene scenes.Scene) *roundtrip.Rig {
	t.Helper()
	cloud, day := fakeaws.New(), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cloud.SetClock(func() time.Time { return day })
	if err := scene.Set(t.Context(), cloud.ConfigFor(roundtrip.Account)); err != nil {
		t.Fatal(err)
	}
	scene.Seed(cloud, roundtrip.Account)
	later := func() time.Time { return day.Add(scene.Later) }
	cloud.SetClock(later)
	return roundtrip.New(cloud.Config(), later, scene.Posture)
}

var update = flag.Bool("update", false, "write the plans as they are")

// What a person is shown of each control's plan, word by word.
func TestPlansReadAsBefore(t *testing.T) {
	var text strings.Builder
	for _, scene := range scenes.All() {
		result := look(t, onADay(t, scene))
		fmt.Fprintf(&text, "# %s\n", scene.Control)
		for _, judged := range result.Report.Controls[0].Judged {
			fmt.Fprintf(&text, "%s %s: %s\n", judged.Verdict.Status, judged.Verdict.Reason, judged.Verdict.Message)
		}
		for _, change := range result.Plan.Changes {
			fmt.Fprintf(&text, "%s (%s, %s)\n- %s\n+ %s\n", change.Title, change.Risk, strings.Join(change.Calls, ", "), change.From, change.To)
		}
		for _, held := range result.Plan.Held {
			fmt.Fprintf(&text, "by hand: %s\n", inventory.Clean(held.ByHand, 1000))
		}
	}
	const golden = "testdata/plans.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := text.String(); got != string(want) {
		t.Errorf("plans read differently; with -update they are written anew:\n%s", got)
	}
}
