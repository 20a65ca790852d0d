package dynamodb_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

var declared = v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{DynamoDBPITR: &v1alpha1.DynamoDBPITR{}}}

func newTable(t *testing.T, admin *dynamodb.Client, name string, tags ...types.Tag) {
	t.Helper()
	roundtrip.Done(t)(admin.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, Tags: tags, BillingMode: types.BillingModePayPerRequest,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
	}))
}

func TestPITRRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	admin := dynamodb.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	// More than a page of tables, and of tags.
	var tags []types.Tag
	for i := range 25 {
		tags = append(tags, types.Tag{Key: aws.String(fmt.Sprintf("k%d", i)), Value: aws.String("v")})
	}
	for i := range 101 {
		newTable(t, admin, fmt.Sprintf("orders-%03d", i), tags...)
	}
	rig := roundtrip.New(cloud.Config(), cloud.Now, declared)
	cloud.Forget()
	rig.Mends(t, "dynamodb-pitr", v1alpha1.Pass)
	if writes := len(cloud.Writes()); writes != 101 {
		t.Errorf("%d writes, want one for each of 101 tables", writes)
	}
	rig.Rests(t, cloud, "dynamodb-pitr", v1alpha1.Pass)
}

// What another tool manages is told from the last page of its tags, and left alone.
func TestPITRManagedElsewhere(t *testing.T) {
	cloud := fakeaws.New()
	admin := dynamodb.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	var tags []types.Tag
	for i := range 12 {
		tags = append(tags, types.Tag{Key: aws.String(fmt.Sprintf("k%d", i)), Value: aws.String("v")})
	}
	newTable(t, admin, "orders", append(tags, types.Tag{Key: aws.String("aws:cloudformation:stack-name"), Value: aws.String("shop")})...)
	result, err := roundtrip.New(cloud.Config(), cloud.Now, declared).Round(t.Context())
	roundtrip.Done(t)(result, err)
	if held := result.Plan.Held; len(result.Plan.Changes) != 0 || len(held) != 1 || held[0].ManagedElsewhere != "CloudFormation shop" {
		t.Errorf("plans %+v, holds %+v", result.Plan.Changes, held)
	}
}

// A table that is deleted between the list and the look at it is no finding.
func TestPITRTableDeletedMeanwhile(t *testing.T) {
	cloud := fakeaws.New()
	newTable(t, dynamodb.NewFromConfig(cloud.ConfigFor(roundtrip.Account)), "orders")
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("dynamodb:DescribeContinuousBackups"), Err: &types.TableNotFoundException{Message: aws.String("gone")}})
	result, err := roundtrip.New(cloud.Config(), cloud.Now, declared).Round(t.Context())
	roundtrip.Done(t)(result, err)
	if judged := result.Report.Controls[0].Judged; len(judged) != 0 {
		t.Errorf("judged %+v", judged)
	}
}
