// Command manager runs the operator: it holds AWS accounts to the posture that the cluster's
// SecurityBaselines declare.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	_ "golang.org/x/crypto/x509roots/fallback" // the image has no certificates of its own
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
)

// version is stamped by the build.
var version = "dev"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "guardrails-manager:", err)
		os.Exit(1)
	}
}

func run() error {
	options := app.Defaults()
	options.Bind(flag.CommandLine)
	logging := zap.Options{}
	logging.BindFlags(flag.CommandLine)
	show := flag.Bool("version", false, "Print the version and exit.")
	flag.Parse()
	if *show {
		fmt.Println(version)
		return nil
	}
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&logging)))
	ctx := ctrl.SetupSignalHandler()
	cluster, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("finding the cluster: %w", err)
	}
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("loading the AWS configuration: %w", err)
	}
	if aws.Region == "" {
		aws.Region = "us-east-1"
	}
	return app.Run(ctx, cluster, aws, options)
}
