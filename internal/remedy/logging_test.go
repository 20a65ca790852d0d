package remedy_test

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	configtypes "github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// loggingScene has the account's own clients in us-east-1.
type loggingScene struct {
	*testing.T
	cloud   *fakeaws.Cloud
	trails  *cloudtrail.Client
	groups  *logs.Client
	records *config.Client
}

func (s loggingScene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// trail makes the trail audit by the operator's own chain, then as the change has it.
func (s loggingScene) trail(change func()) {
	s.apply(action.CreateTrail{Trail: loggingTarget("AWS::CloudTrail::Trail", "audit", "cloudtrail", "trail/audit"), Bucket: "guardrails-trail", NewBucket: true})
	change()
}

func (s loggingScene) update(input *cloudtrail.UpdateTrailInput) {
	input.Name = aws.String("audit")
	_, err := s.trails.UpdateTrail(s.Context(), input)
	s.must(err)
}

func (s loggingScene) selectors(kind trailtypes.ReadWriteType) {
	_, err := s.trails.PutEventSelectors(s.Context(), &cloudtrail.PutEventSelectorsInput{TrailName: aws.String("audit"), EventSelectors: []trailtypes.EventSelector{{ReadWriteType: kind}}})
	s.must(err)
}

func (s loggingScene) retain(days int32) {
	_, _ = s.groups.CreateLogGroup(s.Context(), &logs.CreateLogGroupInput{LogGroupName: aws.String("app")})
	_, err := s.groups.PutRetentionPolicy(s.Context(), &logs.PutRetentionPolicyInput{LogGroupName: aws.String("app"), RetentionInDays: aws.Int32(days)})
	s.must(err)
}

func (s loggingScene) recorder(name string, types ...configtypes.ResourceType) {
	_, _ = iam.NewFromConfig(s.cloud.ConfigFor(roundtrip.Account)).CreateServiceLinkedRole(s.Context(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")})
	_, err := s.records.PutConfigurationRecorder(s.Context(), &config.PutConfigurationRecorderInput{ConfigurationRecorder: &configtypes.ConfigurationRecorder{
		Name: aws.String(name), RoleARN: aws.String("arn:aws:iam::111111111111:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
		RecordingGroup: &configtypes.RecordingGroup{ResourceTypes: types, AllSupported: len(types) == 0},
	}})
	s.must(err)
}

func (s loggingScene) rig() *roundtrip.Rig {
	return roundtrip.New(s.cloud.Config(), s.cloud.Now, v1alpha1.Posture{})
}

// apply applies one action under a fresh journal and returns how its calls ended.
func (s loggingScene) apply(a action.Action) []roundtrip.Entry {
	s.Helper()
	hash, err := action.Hash(a)
	s.must(err)
	journal, err := s.rig().Apply(s.Context(), posture.Plan{Changes: []posture.Change{{Action: a, Hash: hash}}})
	s.must(err)
	return journal.Entries
}

func loggingTarget(kind, id, service, resource string) action.Target {
	return action.Target{Account: roundtrip.Account, Partition: "aws", Region: "us-east-1", Type: kind, ID: id, ARN: "arn:aws:" + service + ":us-east-1:" + roundtrip.Account + ":" + resource}
}

func TestLoggingActions(t *testing.T) {
	trail := loggingTarget("AWS::CloudTrail::Trail", "audit", "cloudtrail", "trail/audit")
	region := action.Target{Account: roundtrip.Account, Partition: "aws", Region: "us-east-1", Type: "AWS::Config::ConfigurationRecorder", ID: roundtrip.Account}
	writesOnly := inventory.EventSelectors{Basic: []inventory.EventSelector{{ReadWriteType: "WriteOnly", IncludeManagementEvents: true}}}
	all, _ := writesOnly.WithAllManagement()
	instances := inventory.RecordingGroup{Strategy: "INCLUSION_BY_RESOURCE_TYPES", Types: []string{"AWS::EC2::Instance"}}
	nothing := func(loggingScene) {}
	for name, row := range map[string]struct {
		action action.Action
		// seed makes the target as it was planned, alter makes it another; nil where nothing
		// that matters can be another.
		seed, alter func(loggingScene)
	}{
		"KeepLogs": {
			action.LogRetention.Set(loggingTarget("AWS::Logs::LogGroup", "app", "logs", "log-group:app"), 30, 365),
			func(s loggingScene) { s.retain(30) }, func(s loggingScene) { s.retain(731) },
		},
		"CreateTrail": {
			action.CreateTrail{Trail: loggingTarget(trail.Type, "guardrails", "cloudtrail", "trail/guardrails"), Bucket: "guardrails-trail", NewBucket: true},
			nothing,
			func(s loggingScene) { s.trail(func() {}) },
		},
		"StartTrail": {action.StartTrail{Trail: trail}, func(s loggingScene) {
			s.trail(func() {
				_, err := s.trails.StopLogging(s.Context(), &cloudtrail.StopLoggingInput{Name: aws.String("audit")})
				s.must(err)
			})
		}, nil},
		"RecordAllRegions": {action.RecordAllRegions{Trail: trail}, func(s loggingScene) {
			s.trail(func() { s.update(&cloudtrail.UpdateTrailInput{IsMultiRegionTrail: aws.Bool(false)}) })
		}, nil},
		"RecordManagementEvents": {
			action.RecordManagementEvents{Trail: trail, From: writesOnly, To: all},
			func(s loggingScene) { s.trail(func() { s.selectors(trailtypes.ReadWriteTypeWriteOnly) }) },
			func(s loggingScene) { s.trail(func() { s.selectors(trailtypes.ReadWriteTypeReadOnly) }) },
		},
		"RaiseTrailAlarm": {action.RaiseTrailAlarm{
			Alarm: loggingTarget("AWS::CloudWatch::Alarm", "guardrails-x", "cloudwatch", "alarm:guardrails-x"), Group: "own", NewGroup: true, Pattern: "{ $.a = b }", Metric: "X", About: "x", Email: "a@example.com",
		}, nothing, nil},
		"SetUpRecorder": {
			action.SetUpRecorder{Region: region, Recorder: "default", NewRecorder: true, GlobalTypes: true, Bucket: "guardrails-config", NewBucketIn: "eu-west-1"},
			nothing,
			func(s loggingScene) { s.recorder("theirs") },
		},
		"StartRecorder": {action.StartRecorder{Region: region, Recorder: "default"}, func(s loggingScene) {
			s.apply(action.SetUpRecorder{Region: region, Recorder: "default", NewRecorder: true, Bucket: "guardrails-config", NewBucketIn: "us-east-1"})
			_, err := s.records.StopConfigurationRecorder(s.Context(), &config.StopConfigurationRecorderInput{ConfigurationRecorderName: aws.String("default")})
			s.must(err)
		}, nil},
		"RecordAllTypes": {
			action.RecordAllTypes{Region: region, Recorder: "default", From: instances, To: instances.Widened(true)},
			func(s loggingScene) { s.recorder("default", "AWS::EC2::Instance") }, func(s loggingScene) { s.recorder("default", "AWS::EC2::Volume") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			scene := func() loggingScene {
				cloud := fakeaws.New()
				base := cloud.ConfigFor(roundtrip.Account)
				return loggingScene{T: t, cloud: cloud, trails: cloudtrail.NewFromConfig(base), groups: logs.NewFromConfig(base), records: config.NewFromConfig(base)}
			}
			holdsItsDescription(t, scene(), row.action)
			holdsItsHash(t, row.action)
			s := scene()
			row.seed(s)
			for _, entry := range s.apply(row.action) {
				if entry.Result != v1alpha1.CallDone && entry.Result != v1alpha1.CallAlreadySo {
					t.Errorf("applied: got %+v", entry)
				}
			}
			s.cloud.Forget()
			for _, entry := range s.apply(row.action) {
				if entry.Result != v1alpha1.CallAlreadySo {
					t.Errorf("replayed: got %+v", entry)
				}
			}
			if writes := s.cloud.Writes(); len(writes) != 0 {
				t.Errorf("replayed: wrote %v", writes)
			}
			if row.alter == nil {
				return
			}
			s = scene()
			row.alter(s)
			s.cloud.Forget()
			if entries := s.apply(row.action); len(entries) != 1 || entries[0].Result != v1alpha1.CallChanged || len(s.cloud.Writes()) != 0 {
				t.Errorf("changed: got %+v, wrote %v", entries, s.cloud.Writes())
			}
		})
	}
}

func holdsItsDescription(t *testing.T, s loggingScene, a action.Action) {
	t.Helper()
	session, err := s.rig().Pool.Open(context.WithoutCancel(t.Context()), s.rig().Target)
	s.must(err)
	steps, err := remedy.Steps(session, a)
	s.must(err)
	var calls []string
	for _, step := range steps {
		calls = append(calls, step.Call)
	}
	if described := a.Describe().Calls; !slices.Equal(calls, described) {
		t.Errorf("steps %v, described %v", calls, described)
	}
}

func holdsItsHash(t *testing.T, a action.Action) {
	t.Helper()
	content, err := action.Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := action.Decode(action.TypeOf(a), content)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := action.Hash(a)
	if after, err := action.Hash(decoded); err != nil || after != before {
		t.Errorf("hash %s, after a round trip %s, %v", before, after, err)
	}
}

// A trail that delivers elsewhere by now is left as it is, and nothing is made for it.
func TestDeliverTrailToLogs(t *testing.T) {
	cloud := fakeaws.New()
	base := cloud.ConfigFor(roundtrip.Account)
	s := loggingScene{T: t, cloud: cloud, trails: cloudtrail.NewFromConfig(base)}
	trail := loggingTarget("AWS::CloudTrail::Trail", "audit", "cloudtrail", "trail/audit")
	deliver := action.DeliverTrailToLogs{Trail: trail}
	holdsItsDescription(t, s, deliver)
	holdsItsHash(t, deliver)
	s.trail(func() {})
	cloud.Forget()
	for _, entry := range s.apply(deliver) {
		if entry.Result != v1alpha1.CallAlreadySo {
			t.Errorf("replayed: got %+v", entry)
		}
	}
	if len(cloud.Writes()) != 0 {
		t.Errorf("replayed: wrote %v", cloud.Writes())
	}
	s.groups = logs.NewFromConfig(base)
	s.retain(365)
	s.update(&cloudtrail.UpdateTrailInput{CloudWatchLogsLogGroupArn: aws.String("arn:aws:logs:us-east-1:111111111111:log-group:app:*")})
	cloud.Forget()
	if entries := s.apply(deliver); len(entries) != 1 || entries[0].Result != v1alpha1.CallChanged || len(cloud.Writes()) != 0 {
		t.Errorf("changed: got %+v, wrote %v", entries, cloud.Writes())
	}
}
