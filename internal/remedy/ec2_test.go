package remedy_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

const home = "us-east-1"

// ec2Scene is one region in which each action on EC2 has something to do.
type ec2Scene struct {
	cloud   *fakeaws.Cloud
	client  *ec2.Client
	rig     *roundtrip.Rig
	actions map[string]action.Action
}

func newEC2Scene(t *testing.T) *ec2Scene {
	t.Helper()
	cloud := fakeaws.New()
	s := &ec2Scene{cloud: cloud, client: ec2.NewFromConfig(cloud.ConfigFor(roundtrip.Account)), actions: map[string]action.Action{}}
	s.rig = roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{
		DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{}, EBSSnapshotNotPublic: &v1alpha1.EBSSnapshotNotPublic{}},
		Compute:    v1alpha1.ComputePosture{EC2IMDSv2: &v1alpha1.EC2IMDSv2{}, EC2IMDSv2AccountDefault: &v1alpha1.EC2IMDSv2AccountDefault{}, AMINotPublic: &v1alpha1.AMINotPublic{}},
		Network:    v1alpha1.NetworkPosture{VPCDefaultSGClosed: &v1alpha1.VPCDefaultSGClosed{}},
		Logging:    v1alpha1.LoggingPosture{VPCFlowLogs: &v1alpha1.VPCFlowLogs{}},
	})
	s.rig.Regions = []string{home}
	s.neglect(t)
	result, err := s.rig.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range result.Plan.Changes {
		s.actions[action.TypeOf(change.Action)+change.Setting] = change.Action
	}
	s.actions["SetEBSDefaultKey"] = action.SetEBSDefaultKey{
		Region: action.Target{Account: roundtrip.Account, Partition: "aws", Region: home, Type: "AWS::::Account", ID: roundtrip.Account},
		Alias:  "alias/ebs", From: inventory.EBSManagedKey, To: "arn:aws:kms:us-east-1:111111111111:key/k1",
	}
	return s
}

func (s *ec2Scene) neglect(t *testing.T) {
	t.Helper()
	ctx, all := t.Context(), types.PermissionGroupAll
	_, err := s.client.CreateDefaultVpc(ctx, &ec2.CreateDefaultVpcInput{})
	run, err2 := s.client.RunInstances(ctx, &ec2.RunInstancesInput{ImageId: aws.String("ami-0123456789abcdef0"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	image, err := s.client.CreateImage(ctx, &ec2.CreateImageInput{InstanceId: run.Instances[0].InstanceId, Name: aws.String("golden")})
	own, err2 := s.client.DescribeSnapshots(ctx, &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	_, err = s.client.ModifyImageAttribute(ctx, &ec2.ModifyImageAttributeInput{ImageId: image.ImageId, LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{Group: all}}}})
	_, err2 = s.client.ModifySnapshotAttribute(ctx, &ec2.ModifySnapshotAttributeInput{
		SnapshotId: own.Snapshots[0].SnapshotId, CreateVolumePermission: &types.CreateVolumePermissionModifications{Add: []types.CreateVolumePermission{{Group: all}}},
	})
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
}

func (s *ec2Scene) session(t *testing.T) *awsapi.Session {
	t.Helper()
	session, err := s.rig.Pool.OpenForRun(t.Context(), s.rig.Target)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// apply applies one action with the journal and returns the results of its calls.
func (s *ec2Scene) apply(t *testing.T, a action.Action, journal *roundtrip.Journal) []v1alpha1.CallResult {
	t.Helper()
	hash, err := action.Hash(a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := remedy.Apply(t.Context(), s.session(t), []remedy.Intent{{Hash: hash, Action: a}}, journal, allowed); err != nil {
		t.Fatal(err)
	}
	results := make([]v1alpha1.CallResult, len(journal.Entries))
	for i, e := range journal.Entries {
		results[i] = e.Result
	}
	return results
}

func allowed(context.Context) error { return nil }

func all(results []v1alpha1.CallResult, want v1alpha1.CallResult) bool {
	return !slices.ContainsFunc(results, func(r v1alpha1.CallResult) bool { return r != want }) && len(results) > 0
}

// eachEC2Action runs the test on every action, each in a scene of its own.
func eachEC2Action(t *testing.T, test func(*testing.T, *ec2Scene, action.Action)) {
	t.Helper()
	for name := range newEC2Scene(t).actions {
		t.Run(strings.Fields(name)[0], func(t *testing.T) {
			s := newEC2Scene(t)
			a, ok := s.actions[name]
			if !ok {
				t.Fatalf("%s is not planned again", name)
			}
			test(t, s, a)
		})
	}
}

func TestEC2SceneHasEveryActionOnEC2(t *testing.T) {
	kinds := map[string]bool{}
	for _, a := range newEC2Scene(t).actions {
		kinds[action.TypeOf(a)] = true
	}
	for _, want := range []string{
		"RevokeSecurityGroupRule", "RequireIMDSv2", "RequireIMDSv2ByDefault", "EncryptEBSByDefault", "SetEBSDefaultKey", "UnshareSnapshot", "UnshareImage", "LogVPCFlows",
	} {
		if !kinds[want] {
			t.Errorf("no %s", want)
		}
	}
}

func TestEC2ActionsTakeTheCallsTheyDescribe(t *testing.T) {
	eachEC2Action(t, func(t *testing.T, s *ec2Scene, a action.Action) {
		steps, err := remedy.Steps(s.session(t), a)
		if err != nil {
			t.Fatal(err)
		}
		var calls []string
		for _, step := range steps {
			calls = append(calls, step.Call)
		}
		if want := a.Describe().Calls; !slices.Equal(calls, want) {
			t.Errorf("takes %v, describes %v", calls, want)
		}
		s.cloud.Forget()
		s.apply(t, a, &roundtrip.Journal{})
		var written []string
		for _, call := range s.cloud.Writes() {
			written = append(written, call.Operation)
		}
		if want := a.Describe().Calls; !slices.Equal(written, want) {
			t.Errorf("wrote %v, describes %v", written, want)
		}
	})
}

func TestEC2ActionsSurviveEncoding(t *testing.T) {
	eachEC2Action(t, func(t *testing.T, _ *ec2Scene, a action.Action) {
		content, err := action.Encode(a)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := action.Decode(action.TypeOf(a), content)
		if err != nil {
			t.Fatal(err)
		}
		before, _ := action.Hash(a)
		if after, _ := action.Hash(decoded); after != before {
			t.Errorf("the hash changes from %s to %s", before, after)
		}
	})
}

func TestEC2ActionsCanBeReplayed(t *testing.T) {
	eachEC2Action(t, func(t *testing.T, s *ec2Scene, a action.Action) {
		if results := s.apply(t, a, &roundtrip.Journal{}); !all(results, v1alpha1.CallDone) {
			t.Fatalf("at first: %v", results)
		}
		s.cloud.Forget()
		if results := s.apply(t, a, &roundtrip.Journal{}); !all(results, v1alpha1.CallAlreadySo) {
			t.Errorf("again: %v", results)
		}
		if writes := s.cloud.Writes(); len(writes) > 0 {
			t.Errorf("%d writes in a replay", len(writes))
		}
	})
}

func TestEC2ActionsSurviveALostAnswer(t *testing.T) {
	eachEC2Action(t, func(t *testing.T, s *ec2Scene, a action.Action) {
		for _, call := range a.Describe().Calls {
			s.cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn(call), Err: &smithy.GenericAPIError{Code: "RequestTimeout"}, Applied: true, Times: 1})
		}
		journal := &roundtrip.Journal{}
		if results := s.apply(t, a, journal); !all(results, v1alpha1.CallDone) {
			t.Errorf("got %+v", journal.Entries)
		}
	})
}

// crashing is a journal whose process dies as it claims its nth call.
type crashing struct {
	roundtrip.Journal
	left int
}

var errCrash = errors.New("crash")

func (c *crashing) Claim(context.Context, string, string) error {
	if c.left--; c.left < 0 {
		return errCrash
	}
	return nil
}

func TestLoggingFlowsIsFinishedAfterACrash(t *testing.T) {
	for done := range 4 {
		s := newEC2Scene(t)
		a := s.actions["LogVPCFlowsFlowLogs"]
		if _, err := remedy.Apply(t.Context(), s.session(t), []remedy.Intent{{Hash: "h", Action: a}}, &crashing{left: done}, allowed); !errors.Is(err, errCrash) {
			t.Fatalf("after %d calls: %v", done, err)
		}
		results := s.apply(t, a, &roundtrip.Journal{})
		for i, result := range results {
			if want := map[bool]v1alpha1.CallResult{true: v1alpha1.CallAlreadySo, false: v1alpha1.CallDone}[i < done]; result != want {
				t.Errorf("after %d calls: call %d ended %s", done, i, result)
			}
		}
		if len(results) != 4 {
			t.Errorf("after %d calls: %v", done, results)
		}
	}
}

func TestEC2ActionsLeaveAChangedTargetAlone(t *testing.T) {
	for name, change := range map[string]func(context.Context, *ec2Scene) error{
		"RequireIMDSv2MetadataOptions.HttpTokens": func(ctx context.Context, s *ec2Scene) error {
			out, err := s.client.DescribeInstances(ctx, &ec2.DescribeInstancesInput{})
			if err != nil {
				return err
			}
			_, err = s.client.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: []string{*out.Reservations[0].Instances[0].InstanceId}})
			return err
		},
		"RequireIMDSv2ByDefaultMetadataDefaults.HttpTokens": func(ctx context.Context, s *ec2Scene) error {
			_, err := s.client.ModifyInstanceMetadataDefaults(ctx, &ec2.ModifyInstanceMetadataDefaultsInput{HttpTokens: types.MetadataDefaultHttpTokensStateOptional})
			return err
		},
		"SetEBSDefaultKey": func(ctx context.Context, s *ec2Scene) error {
			_, err := s.client.ModifyEbsDefaultKmsKeyId(ctx, &ec2.ModifyEbsDefaultKmsKeyIdInput{KmsKeyId: aws.String("another")})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newEC2Scene(t)
			if err := change(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			s.unchanged(t, s.actions[name])
		})
	}
	t.Run("a rule that says something else", func(t *testing.T) {
		s := newEC2Scene(t)
		for name, a := range s.actions {
			if rule, ok := a.(action.RevokeSecurityGroupRule); ok {
				rule.From.Description = "not what is there"
				s.unchanged(t, rule)
				delete(s.actions, name)
			}
		}
	})
}

// unchanged says that the action finds its target changed, and writes nothing.
func (s *ec2Scene) unchanged(t *testing.T, a action.Action) {
	t.Helper()
	s.cloud.Forget()
	if results := s.apply(t, a, &roundtrip.Journal{}); !all(results, v1alpha1.CallChanged) {
		t.Errorf("got %v", results)
	}
	if writes := s.cloud.Writes(); len(writes) > 0 {
		t.Errorf("%d writes", len(writes))
	}
}

func TestARefusedFlowLogIsAFailureThatTheNextRoundMends(t *testing.T) {
	s := newEC2Scene(t)
	a := s.actions["LogVPCFlowsFlowLogs"]
	s.cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("ec2:CreateFlowLogs"), Err: &smithy.GenericAPIError{Code: "InvalidParameter", Message: "Unable to assume given IAM role"}, Times: 1})
	if results := s.apply(t, a, &roundtrip.Journal{}); results[3] != v1alpha1.CallFailed {
		t.Errorf("with a role that is too new: %v", results)
	}
	if results := s.apply(t, a, &roundtrip.Journal{}); results[3] != v1alpha1.CallDone || !all(results[:3], v1alpha1.CallAlreadySo) {
		t.Errorf("once it is known: %v", results)
	}
	gone, ok := a.(action.LogVPCFlows)
	if !ok {
		t.Fatal("not a LogVPCFlows")
	}
	gone.VPC.ID = "vpc-0"
	journal := &roundtrip.Journal{}
	if results := s.apply(t, gone, journal); results[3] != v1alpha1.CallFailed || !strings.Contains(journal.Entries[3].Message, "InvalidVpcId.NotFound") {
		t.Errorf("on a VPC that is gone: %+v", journal.Entries)
	}
}

func TestADeletedFlowLogIsMadeAnew(t *testing.T) {
	s := newEC2Scene(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s.cloud.SetClock(func() time.Time { return now })
	a := s.actions["LogVPCFlowsFlowLogs"]
	s.apply(t, a, &roundtrip.Journal{})
	made, err := s.client.DescribeFlowLogs(t.Context(), &ec2.DescribeFlowLogsInput{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.client.DeleteFlowLogs(t.Context(), &ec2.DeleteFlowLogsInput{FlowLogIds: []string{*made.FlowLogs[0].FlowLogId}}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	s.apply(t, a, &roundtrip.Journal{})
	again, err := s.client.DescribeFlowLogs(t.Context(), &ec2.DescribeFlowLogsInput{})
	if err != nil || len(again.FlowLogs) != 1 {
		t.Errorf("%v, %+v", err, again)
	}
}
