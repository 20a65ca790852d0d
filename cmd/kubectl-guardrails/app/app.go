// Package app holds the commands of the kubectl plugin. They read objects from files and reach
// neither a cluster nor AWS.
package app

import (
	"io"

	"github.com/spf13/cobra"
)

// New returns the plugin's command.
func New(in io.Reader, out, warnings io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "kubectl-guardrails",
		Short:         "The AWS guardrails operator's engine without a cluster",
		SilenceUsage:  true,
		SilenceErrors: true,
		Annotations:   map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl guardrails"},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(warnings)
	root.AddCommand(iamPolicy())
	return root
}
