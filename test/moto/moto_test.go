//go:build e2e

package moto_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/guardrails-dev/aws-guardrails/test/moto"
)

func TestServer(t *testing.T) {
	server, err := moto.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	const account = "111111111111"

	t.Run("is whom the credentials say", func(t *testing.T) {
		for want, config := range map[string]aws.Config{moto.OperatorAccount: server.Config(), account: server.ConfigFor(account)} {
			who, err := sts.NewFromConfig(config).GetCallerIdentity(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if aws.ToString(who.Account) != want {
				t.Errorf("account %s, want %s", aws.ToString(who.Account), want)
			}
		}
	})
	t.Run("is reached by hosts with a prefix", func(t *testing.T) {
		control := s3control.NewFromConfig(server.ConfigFor(account))
		_, err := control.PutPublicAccessBlock(t.Context(), &s3control.PutPublicAccessBlockInput{
			AccountId: aws.String(account), PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)},
		})
		if err != nil {
			t.Fatal(err)
		}
		out, err := control.GetPublicAccessBlock(t.Context(), &s3control.GetPublicAccessBlockInput{AccountId: aws.String(account)})
		if err != nil {
			t.Fatal(err)
		}
		if !aws.ToBool(out.PublicAccessBlockConfiguration.BlockPublicAcls) {
			t.Error("the block that was put is not there")
		}
	})
	t.Run("is empty after a reset", func(t *testing.T) {
		if _, err := s3.NewFromConfig(server.ConfigFor(account)).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("photos")}); err != nil {
			t.Fatal(err)
		}
		if err := server.Reset(t.Context()); err != nil {
			t.Fatal(err)
		}
		out, err := s3.NewFromConfig(server.ConfigFor(account)).ListBuckets(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Buckets) > 0 {
			t.Errorf("%d buckets are left", len(out.Buckets))
		}
	})
}
