package remedy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// dataScene is an account with one thing wrong of each kind, reached by the account's owner.
type dataScene struct {
	cloud     *fakeaws.Cloud
	keys      *kms.Client
	databases *rds.Client
	watch     *guardduty.Client
	key       string
	detector  string
}

func newDataScene(t *testing.T) *dataScene {
	t.Helper()
	cloud := fakeaws.New()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cloud.SetClock(func() time.Time { return now })
	config, done := cloud.ConfigFor(roundtrip.Account), roundtrip.Done(t)
	s := &dataScene{cloud: cloud, keys: kms.NewFromConfig(config), databases: rds.NewFromConfig(config), watch: guardduty.NewFromConfig(config)}

	key, err := s.keys.CreateKey(t.Context(), &kms.CreateKeyInput{})
	done(key, err)
	s.key = *key.KeyMetadata.KeyId
	shop := aws.String("shop")
	done(s.databases.CreateDBInstance(t.Context(), &rds.CreateDBInstanceInput{DBInstanceIdentifier: shop, DBInstanceClass: aws.String("db.t4g.micro"), Engine: aws.String("mysql")}))
	done(s.databases.CreateDBSnapshot(t.Context(), &rds.CreateDBSnapshotInput{DBInstanceIdentifier: shop, DBSnapshotIdentifier: shop}))
	done(s.databases.CreateDBCluster(t.Context(), &rds.CreateDBClusterInput{DBClusterIdentifier: shop, Engine: aws.String("aurora-mysql")}))
	done(s.databases.CreateDBClusterSnapshot(t.Context(), &rds.CreateDBClusterSnapshotInput{DBClusterIdentifier: shop, DBClusterSnapshotIdentifier: shop}))
	s.share(t, "all")
	done(dynamodb.NewFromConfig(config).CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: shop, BillingMode: dynamodbtypes.BillingModePayPerRequest,
		KeySchema:            []dynamodbtypes.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: dynamodbtypes.KeyTypeHash}},
		AttributeDefinitions: []dynamodbtypes.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: dynamodbtypes.ScalarAttributeTypeS}},
	}))
	detector, err := s.watch.CreateDetector(t.Context(), &guardduty.CreateDetectorInput{Enable: aws.Bool(false)})
	done(detector, err)
	s.detector = *detector.DetectorId
	return s
}

// rig reaches the account as the operator does.
func (s *dataScene) rig() *roundtrip.Rig {
	return roundtrip.New(s.cloud.Config(), s.cloud.Now, v1alpha1.Posture{})
}

// share shares both snapshots with one more.
func (s *dataScene) share(t *testing.T, with string) {
	t.Helper()
	shop, restore := aws.String("shop"), aws.String("restore")
	roundtrip.Done(t)(s.databases.ModifyDBSnapshotAttribute(t.Context(), &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: shop, AttributeName: restore, ValuesToAdd: []string{with}}))
	roundtrip.Done(t)(s.databases.ModifyDBClusterSnapshotAttribute(t.Context(), &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: shop, AttributeName: restore, ValuesToAdd: []string{with}}))
}

func (s *dataScene) rotate(t *testing.T, days int32) {
	t.Helper()
	roundtrip.Done(t)(s.keys.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &s.key, RotationPeriodInDays: &days}))
}

// doom schedules the key's deletion and returns the action that undoes it.
func (s *dataScene) doom(t *testing.T, days int32) action.RecoverKey {
	t.Helper()
	out, err := s.keys.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &s.key, PendingWindowInDays: &days})
	roundtrip.Done(t)(out, err)
	return action.RecoverKey{Key: dataTarget("AWS::KMS::Key", s.key), DeletionDate: *out.DeletionDate}
}

func dataTarget(kind, id string) action.Target {
	return action.Target{Account: roundtrip.Account, Partition: "aws", Region: "us-east-1", Type: kind, ID: id}
}

func (s *dataScene) keyState(t *testing.T) inventory.KeyState {
	t.Helper()
	out, err := s.keys.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &s.key})
	roundtrip.Done(t)(out, err)
	return inventory.KeyState(out.KeyMetadata.KeyState)
}

func (s *dataScene) stepNames(t *testing.T, planned action.Action) []string {
	t.Helper()
	rig := s.rig()
	session, err := rig.Pool.Open(t.Context(), rig.Target)
	roundtrip.Done(t)(session, err)
	steps, err := remedy.Steps(session, planned)
	roundtrip.Done(t)(steps, err)
	var names []string
	for _, step := range steps {
		names = append(names, step.Call)
		if !slices.ContainsFunc(awsapi.Operations(), func(o awsapi.Operation) bool { return o.Name == step.Call && o.Write }) {
			t.Errorf("%s is not a registered write", step.Call)
		}
	}
	return names
}

// dataRecoded is the action as a run keeps it: written down and read again, with the same hash.
func dataRecoded(t *testing.T, planned action.Action) action.Action {
	t.Helper()
	content, err := action.Encode(planned)
	roundtrip.Done(t)(content, err)
	again, err := action.Decode(action.TypeOf(planned), content)
	roundtrip.Done(t)(again, err)
	if before, after := dataHash(t, planned), dataHash(t, again); before != after {
		t.Errorf("the hash was %s, is %s once read again", before, after)
	}
	return again
}

func dataHash(t *testing.T, planned action.Action) string {
	t.Helper()
	hash, err := action.Hash(planned)
	roundtrip.Done(t)(hash, err)
	return hash
}

func (s *dataScene) apply(t *testing.T, planned action.Action) *roundtrip.Journal {
	t.Helper()
	journal, err := s.rig().Apply(t.Context(), posture.Plan{Changes: []posture.Change{{Hash: dataHash(t, planned), Action: planned}}})
	roundtrip.Done(t)(journal, err)
	return journal
}
