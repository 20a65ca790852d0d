package app

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/iamgrant"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// Names of the roles, as --role takes them.
const (
	auditRole       = "audit"
	remediationRole = "remediation"
)

// Policies that are not a role's own: besides the remediation role's, and of who assumes both.
const (
	undoPolicy  = "undo"
	trustPolicy = "trust"
)

// iamPolicyOptions are what the command was asked for.
type iamPolicyOptions struct {
	files         []string
	account, role string
	trust, output string
	undo, explain bool
}

func iamPolicy() *cobra.Command {
	var o iamPolicyOptions
	command := &cobra.Command{
		Use:   "iam-policy -f FILE_OR_DIR... [--account NAME] [--role audit|remediation] [--undo] [--trust ROLE_ARN] [--explain] [-o json]",
		Short: "Print the IAM policies that the operator's roles in an account need, and no more",
		Long: "Prints the managed policies for the role that reads an account and for the one that writes to it, made of what the\n" +
			"SecurityBaselines in the files declare for it and how far its guard lets them be enforced. Nothing is called.",
		Example: "  kubectl guardrails iam-policy -f config/samples --role audit\n" +
			"  kubectl get awsa,sb -n security -o yaml | kubectl guardrails iam-policy -f - -o json",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c) },
	}
	flags := command.Flags()
	flags.StringSliceVarP(&o.files, "filename", "f", nil, "files or directories with AWSAccounts and SecurityBaselines; - reads what comes in")
	flags.StringVar(&o.account, "account", "", "only the AWSAccount of this name, or of this account id")
	flags.StringVar(&o.role, "role", "", "only the policies of this role: audit or remediation")
	flags.BoolVar(&o.undo, "undo", false, "print too what the remediation role needs besides to take runs back")
	flags.StringVar(&o.trust, "trust", "", "print the roles' trust policy too, for the operator's own role of this ARN")
	flags.StringVarP(&o.output, "output", "o", "", "json prints one list of all documents")
	flags.BoolVar(&o.explain, "explain", false, "print for which call, and of which control, each action is granted, instead of the policies")
	return command
}

func (o iamPolicyOptions) run(c *cobra.Command) error {
	if err := o.check(); err != nil {
		return err
	}
	all, err := o.policies(c.InOrStdin(), c.ErrOrStderr())
	if err != nil {
		return err
	}
	switch {
	case o.explain:
		return explain(c.OutOrStdout(), all)
	case o.output == "json":
		encoder := json.NewEncoder(c.OutOrStdout())
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(all)
	}
	return show(c.OutOrStdout(), all)
}

// Policies are those of the accounts that the files declare, for undoing runs too.
func Policies(files ...string) ([]Policy, error) {
	return iamPolicyOptions{files: files, undo: true}.policies(strings.NewReader(""), io.Discard)
}

func (o iamPolicyOptions) policies(in io.Reader, warnings io.Writer) ([]Policy, error) {
	found, err := load(o.files, in)
	if err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(found.accounts, func(a v1alpha1.AWSAccount) bool {
		return o.account != "" && a.Name != o.account && a.Spec.AccountID != o.account
	})
	if len(chosen) == 0 {
		return nil, fmt.Errorf("there is no AWSAccount%s in %s", spaced(o.account), strings.Join(o.files, ", "))
	}
	all := make([]Policy, 0, len(chosen))
	for i := range chosen {
		policies, err := o.policiesOf(&chosen[i], found.baselines, warnings)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", chosen[i].Name, err)
		}
		all = append(all, policies...)
	}
	return all, nil
}

func (o iamPolicyOptions) check() error {
	switch {
	case len(o.files) == 0:
		return fmt.Errorf("name files with an AWSAccount and its SecurityBaselines by -f")
	case !slices.Contains([]string{"", auditRole, remediationRole}, o.role):
		return fmt.Errorf("--role %s is neither audit nor remediation", o.role)
	case !slices.Contains([]string{"", "json"}, o.output):
		return fmt.Errorf("-o %s is not json", o.output)
	}
	return nil
}

func spaced(name string) string {
	if name == "" {
		return ""
	}
	return " " + name
}

// Policy is one document of one role of one account.
type Policy struct {
	Account   string            `json:"account"`
	AccountID string            `json:"accountID"`
	Role      string            `json:"role"`
	Name      string            `json:"name"`
	Document  iamgrant.Document `json:"document"`

	// Grants explain the documents of the role; they are with the first.
	Grants []iamgrant.Grant `json:"-"`

	part, of int
}

func (o iamPolicyOptions) policiesOf(account *v1alpha1.AWSAccount, baselines []v1alpha1.SecurityBaseline, warnings io.Writer) ([]Policy, error) {
	site, err := iamgrant.SiteOf(account)
	if err != nil {
		return nil, err
	}
	declared := declaredFor(account, baselines)
	if len(declared) == 0 {
		_, _ = fmt.Fprintf(warnings, "warning: no SecurityBaseline of namespace %q declares anything for account %s\n", account.Namespace, account.Name)
	}
	made, err := iamgrant.For(site, declared)
	if err != nil {
		return nil, err
	}
	var all []Policy
	if o.role != remediationRole {
		all = append(all, policiesIn(account, auditRole, account.Spec.AuditRoleARN, made.Audit)...)
	}
	if o.role != auditRole {
		if len(made.Remediation.Documents) == 0 {
			_, _ = fmt.Fprintf(warnings, "warning: account %s needs no role to write: %s\n", account.Name, whyNothing(account))
		}
		all = append(all, policiesIn(account, remediationRole, account.Spec.RemediationRoleARN, made.Remediation)...)
		if o.undo {
			all = append(all, policiesIn(account, undoPolicy, account.Spec.RemediationRoleARN, made.Undo)...)
		}
	}
	if o.trust != "" {
		trust, err := iamgrant.Trust(o.trust, account.Spec.ExternalID)
		if err != nil {
			return nil, fmt.Errorf("--trust: %w", err)
		}
		all = append(all, policiesIn(account, trustPolicy, "", iamgrant.Role{Documents: []iamgrant.Document{trust}})...)
	}
	return all, nil
}

func whyNothing(account *v1alpha1.AWSAccount) string {
	if account.Spec.Guard.MaxEnforcement.Rank() == v1alpha1.Audit.Rank() {
		return "its guard.maxEnforcement is Audit"
	}
	return "all that is declared for it is only audited"
}

// declaredFor merges the baselines as the operator does, but for those that are suspended and
// changes that still wait for their wave: a policy that came and went with them would be missed
// when they are lifted.
func declaredFor(account *v1alpha1.AWSAccount, baselines []v1alpha1.SecurityBaseline) []posture.Declaration {
	var declarers []posture.Declarer
	for i := range baselines {
		if b := &baselines[i]; posture.Selects(b, account) {
			declarers = append(declarers, posture.Declarer{Name: b.Name, Enforcement: b.Spec.Enforcement, Posture: &b.Spec.Posture})
		}
	}
	return posture.Declare(controls.All(), declarers, account.Spec.Guard.MaxEnforcement, catalogue.Severity)
}

// policiesIn names the documents after the role that they are for.
func policiesIn(account *v1alpha1.AWSAccount, role, arn string, of iamgrant.Role) []Policy {
	name := "guardrails-" + role
	if arn != "" {
		name = arn[strings.LastIndex(arn, "/")+1:]
	}
	if role == undoPolicy {
		name = strings.TrimSuffix(name, "-"+undoPolicy) + "-" + undoPolicy
	}
	all := make([]Policy, len(of.Documents))
	for i, document := range of.Documents {
		all[i] = Policy{Account: account.Name, AccountID: account.Spec.AccountID, Role: role, Name: name, Document: document, part: i + 1, of: len(of.Documents)}
		if len(all) > 1 {
			all[i].Name = fmt.Sprintf("%s-%d", name, i+1)
		}
		if i == 0 {
			all[i].Grants = of.Grants
		}
	}
	return all
}
