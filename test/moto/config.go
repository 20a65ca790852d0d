package moto

import (
	"context"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// OperatorAccount is whom Config's credentials belong to; Moto takes unknown keys for its.
const OperatorAccount = "123456789012"

// Config is how the operator reaches the server: credentials of OperatorAccount, from which
// roles are assumed.
func (s *Server) Config() aws.Config {
	return aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(s.URL),
		Credentials:  credentials.NewStaticCredentialsProvider("AKIAOPERATOR", "secret", ""),
		HTTPClient:   awshttp.NewBuildableClient().WithTransportOptions(s.dialHere),
		// What Moto does not know it answers like a failing server; asking again does not help.
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// ConfigFor returns a configuration with credentials of an administrator of the account, for
// tests that set the scene.
func (s *Server) ConfigFor(account string) aws.Config {
	config := s.Config()
	config.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(config), "arn:aws:iam::"+account+":role/administrator"))
	return config
}

// Environ is the same for programs that find their configuration in the environment. The proxy
// is for hosts with a prefix, which some services put before the endpoint's.
func (s *Server) Environ() map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_REGION": "us-east-1",
		"AWS_ACCESS_KEY_ID": "AKIAOPERATOR", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_EC2_METADATA_DISABLED": "true",
		"HTTP_PROXY":                s.URL,
	}
}

// dialHere connects to the server whatever host a request is for: S3 Control puts the account
// before the endpoint's host.
func (s *Server) dialHere(transport *http.Transport) {
	var dialer net.Dialer
	transport.Proxy = nil
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, s.address)
	}
}
