package account

import (
	"slices"
	"strings"

	ackv1alpha1 "github.com/aws-controllers-k8s/runtime/apis/core/v1alpha1"
	"github.com/aws-controllers-k8s/runtime/pkg/runtime/iamroleselector"
	corev1 "k8s.io/api/core/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
)

// roleMapName is the ConfigMap in which ACK controllers look roles up by account id.
const roleMapName = "ack-role-account-map"

// surroundings are the objects besides the account that say how it is reached.
type surroundings struct {
	namespace *corev1.Namespace
	// roleMap is nil where the cluster has none.
	roleMap *corev1.ConfigMap
	// selectors are empty where the cluster does not know the kind.
	selectors []ackv1alpha1.IAMRoleSelector
}

// allowed returns nil if the namespace is allowed the account id: by ACK's annotation, which
// holds one id, or by ours, which holds a list or *. Whoever may write an AWSAccount must not
// reach every account that the operator can.
func allowed(account *v1alpha1.AWSAccount, namespace *corev1.Namespace) error {
	id := account.Spec.AccountID
	if strings.TrimSpace(namespace.Annotations[ackv1alpha1.AnnotationOwnerAccountID]) == id {
		return nil
	}
	for listed := range strings.SplitSeq(namespace.Annotations[v1alpha1.AnnotationAllowedAccountIDs], ",") {
		if listed = strings.TrimSpace(listed); listed == id || listed == "*" {
			return nil
		}
	}
	return conditions.Stallf(v1alpha1.ReasonNamespaceNotAllowed, "namespace %s is not allowed account %s: annotate it with %s: %q (or %s)",
		namespace.Name, id, v1alpha1.AnnotationAllowedAccountIDs, id, ackv1alpha1.AnnotationOwnerAccountID)
}

// resolve returns how the account is read, and how it is written; the latter has no role where
// nothing may be written. It fails closed: what is ambiguous or missing calls nothing.
func resolve(account *v1alpha1.AWSAccount, around surroundings) (audit, remediation awsapi.Target, err error) {
	var none awsapi.Target
	if err := allowed(account, around.namespace); err != nil {
		return none, none, err
	}
	role, err := auditRole(account, around)
	if err != nil {
		return none, none, err
	}
	for _, of := range []string{role, account.Spec.RemediationRoleARN} {
		if of != "" && !isRoleOf(account, of) {
			return none, none, conditions.Stallf(v1alpha1.ReasonWrongAccount, "role %s is not a role of account %s in partition %s", of, account.Spec.AccountID, account.Spec.Partition)
		}
	}
	if role == account.Spec.RemediationRoleARN {
		return none, none, conditions.Stallf(v1alpha1.ReasonRoleAmbiguous, "role %s is named to read and to write: they must be different roles, so that reading can never write", role)
	}
	audit = awsapi.Target{
		Account: account.Spec.AccountID, Partition: account.Spec.Partition, Home: account.Spec.Home(),
		RoleARN: role, ExternalID: account.Spec.ExternalID, SessionName: sessionName(account),
	}
	remediation = audit
	remediation.RoleARN = account.Spec.RemediationRoleARN
	return audit, remediation, nil
}

func isRoleOf(account *v1alpha1.AWSAccount, arn string) bool {
	return strings.HasPrefix(arn, "arn:"+account.Spec.Partition+":iam::"+account.Spec.AccountID+":role/")
}

// auditRole is the account's own role, else the one that a selector or the role map names.
func auditRole(account *v1alpha1.AWSAccount, around surroundings) (string, error) {
	if account.Spec.AuditRoleARN != "" {
		return account.Spec.AuditRoleARN, nil
	}
	var selectors []string
	role := ""
	for i := range around.selectors {
		if iamroleselector.Matches(&around.selectors[i], iamroleselector.MatchContext{
			Namespace: account.Namespace, NamespaceLabels: around.namespace.Labels,
			GVK: v1alpha1.GroupVersion.WithKind("AWSAccount"), ResourceLabels: account.Labels,
		}) {
			selectors = append(selectors, around.selectors[i].Name)
			role = around.selectors[i].Spec.ARN
		}
	}
	if len(selectors) > 1 {
		slices.Sort(selectors)
		return "", conditions.Stallf(v1alpha1.ReasonRoleAmbiguous, "more than one IAMRoleSelector matches account %s: %s", account.Spec.AccountID, strings.Join(selectors, ", "))
	}
	if role == "" && around.roleMap != nil {
		role = strings.TrimSpace(around.roleMap.Data[account.Spec.AccountID])
	}
	if role == "" {
		return "", conditions.Stallf(v1alpha1.ReasonRoleNotFound, "no role to read account %s: set spec.auditRoleARN, or name one in the ConfigMap %s or in an IAMRoleSelector", account.Spec.AccountID, roleMapName)
	}
	return role, nil
}

// maxSessionName is how many characters STS takes of a session's name.
const maxSessionName = 64

// sessionName says in CloudTrail which object acted. Of one whose names are too long, the account's
// id says which it is: one object serves it.
func sessionName(account *v1alpha1.AWSAccount) string {
	name := "guardrails@" + account.Namespace + "." + account.Name
	if len(name) <= maxSessionName {
		return name
	}
	id := "." + account.Spec.AccountID
	return name[:maxSessionName-len(id)] + id
}

// regionsInScope chooses among the regions that are enabled in the account.
func regionsInScope(account *v1alpha1.AWSAccount, enabled []string) ([]string, error) {
	scope := account.Spec.Regions
	if scope == nil {
		scope = &v1alpha1.RegionScope{}
	}
	for _, named := range append(slices.Clone(scope.Include), account.Spec.Home()) {
		if !slices.Contains(enabled, named) {
			return nil, conditions.Stallf(v1alpha1.ReasonUnknownRegion, "region %s does not exist or is not enabled in account %s; enabled are %s", named, account.Spec.AccountID, strings.Join(enabled, ", "))
		}
	}
	var regions []string
	for _, region := range enabled {
		if (len(scope.Include) == 0 || slices.Contains(scope.Include, region)) && !slices.Contains(scope.Exclude, region) {
			regions = append(regions, region)
		}
	}
	if len(regions) == 0 {
		return nil, conditions.Stallf(v1alpha1.ReasonUnknownRegion, "spec.regions leaves no region of account %s in scope", account.Spec.AccountID)
	}
	// The account's own trail and log bucket go there; they may not end up where nothing may.
	if home := account.Spec.Home(); !slices.Contains(regions, home) {
		return nil, conditions.Stallf(v1alpha1.ReasonUnknownRegion, "the home region %s is not in spec.regions; set spec.homeRegion to one that is: %s", home, strings.Join(regions, ", "))
	}
	return regions, nil
}
