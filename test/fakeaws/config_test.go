package fakeaws_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const configBucketPolicy = `{"Version":"2012-10-17","Statement":[
	{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":["s3:GetBucketAcl","s3:ListBucket"],"Resource":"arn:aws:s3:::records"},
	{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::records/AWSLogs/111111111111/Config/*"}]}`

func TestRecorderComesBeforeChannelBeforeStart(t *testing.T) {
	cloud := fakeaws.New()
	ctx := t.Context()
	base := cloud.ConfigFor(loggingAccount)
	client, buckets := config.NewFromConfig(base), s3.NewFromConfig(base)
	record := func(name string) error {
		_, err := client.PutConfigurationRecorder(ctx, &config.PutConfigurationRecorderInput{ConfigurationRecorder: &types.ConfigurationRecorder{
			Name: aws.String(name), RoleARN: aws.String("arn:aws:iam::111111111111:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
			RecordingGroup: &types.RecordingGroup{AllSupported: true},
		}})
		return err
	}
	deliver := func() error {
		_, err := client.PutDeliveryChannel(ctx, &config.PutDeliveryChannelInput{DeliveryChannel: &types.DeliveryChannel{Name: aws.String("default"), S3BucketName: aws.String("records")}})
		return err
	}
	start := func() error {
		_, err := client.StartConfigurationRecorder(ctx, &config.StartConfigurationRecorderInput{ConfigurationRecorderName: aws.String("default")})
		return err
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	answersCode(t, deliver(), "NoAvailableConfigurationRecorderException")
	answersCode(t, start(), "NoSuchConfigurationRecorderException")
	answersCode(t, record("default"), "InvalidRoleException")
	_, err := iam.NewFromConfig(base).CreateServiceLinkedRole(ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")})
	must(err)
	must(record("default"))
	answersCode(t, record("second"), "MaxNumberOfConfigurationRecordersExceededException")
	answersCode(t, start(), "NoAvailableDeliveryChannelException")
	answersCode(t, deliver(), "NoSuchBucketException")
	_, err = buckets.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("records")})
	must(err)
	answersCode(t, deliver(), "InsufficientDeliveryPolicyException")
	_, err = buckets.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String("records"), Policy: aws.String(configBucketPolicy)})
	must(err)
	must(deliver())
	must(start())
	status, err := client.DescribeConfigurationRecorderStatus(ctx, &config.DescribeConfigurationRecorderStatusInput{})
	if err != nil || !status.ConfigurationRecordersStatus[0].Recording || status.ConfigurationRecordersStatus[0].LastStatus != "SUCCESS" {
		t.Errorf("got %+v, %v", status, err)
	}
	_, err = client.DeleteDeliveryChannel(ctx, &config.DeleteDeliveryChannelInput{DeliveryChannelName: aws.String("default")})
	answersCode(t, err, "LastDeliveryChannelDeleteFailedException")
}

func TestRecorderNoneIsAnEmptyList(t *testing.T) {
	client := config.NewFromConfig(fakeaws.New().ConfigFor(loggingAccount))
	recorders, err := client.DescribeConfigurationRecorders(t.Context(), &config.DescribeConfigurationRecordersInput{})
	if err != nil || recorders.ConfigurationRecorders == nil || len(recorders.ConfigurationRecorders) != 0 {
		t.Errorf("got %+v, %v", recorders, err)
	}
}
