package account

import (
	"errors"
	"slices"
	"strings"
	"testing"

	ackv1alpha1 "github.com/aws-controllers-k8s/runtime/apis/core/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
)

const (
	shop      = "111111111111"
	auditor   = "arn:aws:iam::" + shop + ":role/audit"
	mender    = "arn:aws:iam::" + shop + ":role/mend"
	elsewhere = "arn:aws:iam::222222222222:role/audit"
)

func shopAccount() *v1alpha1.AWSAccount {
	return &v1alpha1.AWSAccount{
		ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "shop", Labels: map[string]string{"tier": "gold"}},
		Spec:       v1alpha1.AWSAccountSpec{AccountID: shop, Partition: "aws", AuditRoleARN: auditor, RemediationRoleARN: mender},
	}
}

func namespaceWith(annotations map[string]string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "team", Annotations: annotations, Labels: map[string]string{"env": "prod"}}}
}

func reasonOf(err error) string {
	var stall *conditions.Stall
	if errors.As(err, &stall) {
		return stall.Reason
	}
	return ""
}

func TestAllowed(t *testing.T) {
	const ack, own = ackv1alpha1.AnnotationOwnerAccountID, v1alpha1.AnnotationAllowedAccountIDs
	for name, row := range map[string]struct {
		annotations map[string]string
		want        bool
	}{
		"no annotation":                  {nil, false},
		"empty annotations":              {map[string]string{ack: "", own: ""}, false},
		"ACK's, this id":                 {map[string]string{ack: shop}, true},
		"ACK's, another id":              {map[string]string{ack: "222222222222"}, false},
		"ACK's holds one id, not a list": {map[string]string{ack: "222222222222," + shop}, false},
		"ACK's knows no star":            {map[string]string{ack: "*"}, false},
		"ours, this id":                  {map[string]string{own: shop}, true},
		"ours, in a list":                {map[string]string{own: "222222222222, " + shop + " ,333333333333"}, true},
		"ours, another id":               {map[string]string{own: "222222222222"}, false},
		"ours, any":                      {map[string]string{own: "*"}, true},
		"ours, any in a list":            {map[string]string{own: "222222222222,*"}, true},
		"ours, half an id":               {map[string]string{own: "1111"}, false},
		"ours, a pattern":                {map[string]string{own: "1111*"}, false},
		"ours, only commas":              {map[string]string{own: ", ,"}, false},
		"ACK's another, ours this":       {map[string]string{ack: "222222222222", own: shop}, true},
		"an annotation like ours":        {map[string]string{"guardrails.dev/allowed-account-id": shop}, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := allowed(shopAccount(), namespaceWith(row.annotations))
			if (err == nil) != row.want || err != nil && reasonOf(err) != v1alpha1.ReasonNamespaceNotAllowed {
				t.Errorf("got %v", err)
			}
			audit, remediation, err := resolve(shopAccount(), surroundings{namespace: namespaceWith(row.annotations)})
			if (err == nil) != row.want || !row.want && (audit.RoleARN != "" || remediation.RoleARN != "") {
				t.Errorf("resolved to %+v, %+v, %v", audit, remediation, err)
			}
		})
	}
}

func TestResolve(t *testing.T) {
	selector := func(name, arn string, namespaces ...string) ackv1alpha1.IAMRoleSelector {
		return ackv1alpha1.IAMRoleSelector{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Spec:       ackv1alpha1.IAMRoleSelectorSpec{ARN: arn, NamespaceSelector: ackv1alpha1.NamespaceSelector{Names: namespaces}},
		}
	}
	byLabel := func(name, arn string, namespace, resource map[string]string) ackv1alpha1.IAMRoleSelector {
		s := selector(name, arn)
		s.Spec.NamespaceSelector.LabelSelector.MatchLabels = namespace
		s.Spec.ResourceLabelSelector.MatchLabels = resource
		return s
	}
	ofKind := func(name, arn, kind string) ackv1alpha1.IAMRoleSelector {
		s := selector(name, arn)
		s.Spec.ResourceTypeSelector = []ackv1alpha1.GroupVersionKind{{Kind: kind}}
		return s
	}
	roleMap := func(data map[string]string) *corev1.ConfigMap { return &corev1.ConfigMap{Data: data} }
	none := func(a *v1alpha1.AWSAccount) { a.Spec.AuditRoleARN = "" }
	mapped, selected := "arn:aws:iam::"+shop+":role/mapped", "arn:aws:iam::"+shop+":role/selected"
	for name, row := range map[string]struct {
		change    func(*v1alpha1.AWSAccount)
		roleMap   *corev1.ConfigMap
		selectors []ackv1alpha1.IAMRoleSelector
		want      string
		reason    string
	}{
		"its own role":                        {want: auditor},
		"its own role before all else":        {roleMap: roleMap(map[string]string{shop: mapped}), selectors: []ackv1alpha1.IAMRoleSelector{selector("a", selected)}, want: auditor},
		"no role at all":                      {change: none, reason: v1alpha1.ReasonRoleNotFound},
		"the role map":                        {change: none, roleMap: roleMap(map[string]string{shop: " " + mapped + "\n"}), want: mapped},
		"a role map without it":               {change: none, roleMap: roleMap(map[string]string{"222222222222": elsewhere}), reason: v1alpha1.ReasonRoleNotFound},
		"a role map with nothing":             {change: none, roleMap: roleMap(map[string]string{shop: ""}), reason: v1alpha1.ReasonRoleNotFound},
		"a selector":                          {change: none, selectors: []ackv1alpha1.IAMRoleSelector{selector("a", selected, "team"), selector("b", mapped, "other")}, want: selected},
		"a selector before the role map":      {change: none, roleMap: roleMap(map[string]string{shop: mapped}), selectors: []ackv1alpha1.IAMRoleSelector{selector("a", selected)}, want: selected},
		"no selector matches, the role map":   {change: none, roleMap: roleMap(map[string]string{shop: mapped}), selectors: []ackv1alpha1.IAMRoleSelector{selector("a", selected, "other")}, want: mapped},
		"selectors by labels":                 {change: none, selectors: []ackv1alpha1.IAMRoleSelector{byLabel("a", selected, map[string]string{"env": "prod"}, map[string]string{"tier": "gold"}), byLabel("b", mapped, map[string]string{"env": "dev"}, nil), byLabel("c", mapped, nil, map[string]string{"tier": "tin"})}, want: selected},
		"selectors by kind":                   {change: none, selectors: []ackv1alpha1.IAMRoleSelector{ofKind("a", selected, "AWSAccount"), ofKind("b", mapped, "Bucket")}, want: selected},
		"two selectors":                       {change: none, selectors: []ackv1alpha1.IAMRoleSelector{selector("b", mapped), selector("a", selected)}, reason: v1alpha1.ReasonRoleAmbiguous},
		"two selectors with one role":         {change: none, selectors: []ackv1alpha1.IAMRoleSelector{selector("b", selected), selector("a", selected)}, reason: v1alpha1.ReasonRoleAmbiguous},
		"two selectors, and a role map":       {change: none, roleMap: roleMap(map[string]string{shop: mapped}), selectors: []ackv1alpha1.IAMRoleSelector{selector("b", mapped), selector("a", selected)}, reason: v1alpha1.ReasonRoleAmbiguous},
		"mapped to another account":           {change: none, roleMap: roleMap(map[string]string{shop: elsewhere}), reason: v1alpha1.ReasonWrongAccount},
		"selected of another account":         {change: none, selectors: []ackv1alpha1.IAMRoleSelector{selector("a", elsewhere)}, reason: v1alpha1.ReasonWrongAccount},
		"mapped to another partition":         {change: none, roleMap: roleMap(map[string]string{shop: "arn:aws-cn:iam::" + shop + ":role/x"}), reason: v1alpha1.ReasonWrongAccount},
		"mapped to a user":                    {change: none, roleMap: roleMap(map[string]string{shop: "arn:aws:iam::" + shop + ":user/x"}), reason: v1alpha1.ReasonWrongAccount},
		"mapped to what is no ARN":            {change: none, roleMap: roleMap(map[string]string{shop: "audit"}), reason: v1alpha1.ReasonWrongAccount},
		"its writing role of another account": {change: func(a *v1alpha1.AWSAccount) { a.Spec.RemediationRoleARN = elsewhere }, reason: v1alpha1.ReasonWrongAccount},
		"mapped to its writing role":          {change: none, roleMap: roleMap(map[string]string{shop: mender}), reason: v1alpha1.ReasonRoleAmbiguous},
	} {
		t.Run(name, func(t *testing.T) {
			account := shopAccount()
			if row.change != nil {
				row.change(account)
			}
			audit, remediation, err := resolve(account, surroundings{namespace: namespaceWith(map[string]string{v1alpha1.AnnotationAllowedAccountIDs: shop}), roleMap: row.roleMap, selectors: row.selectors})
			if reasonOf(err) != row.reason || (err == nil) != (row.reason == "") {
				t.Fatalf("got %v, want %s", err, row.reason)
			}
			if audit.RoleARN != row.want {
				t.Errorf("read by %q, want %q", audit.RoleARN, row.want)
			}
			if row.want != "" && (audit.Account != shop || remediation.Account != shop || remediation.RoleARN != mender) {
				t.Errorf("audit %+v, remediation %+v", audit, remediation)
			}
			if row.want == "" && remediation.RoleARN != "" {
				t.Errorf("nothing reads it, and %q writes it", remediation.RoleARN)
			}
		})
	}
}

func TestNoRoleNoWriting(t *testing.T) {
	account := shopAccount()
	account.Spec.RemediationRoleARN = ""
	_, remediation, err := resolve(account, surroundings{namespace: namespaceWith(map[string]string{v1alpha1.AnnotationAllowedAccountIDs: "*"})})
	if err != nil || remediation.RoleARN != "" {
		t.Errorf("got %+v, %v", remediation, err)
	}
}

func TestRegionsInScope(t *testing.T) {
	enabled := []string{"af-south-1", "eu-west-1", "us-east-1"}
	for name, row := range map[string]struct {
		scope *v1alpha1.RegionScope
		home  string
		want  []string
		says  string
	}{
		"all":                          {nil, "", enabled, ""},
		"an empty scope is all":        {&v1alpha1.RegionScope{}, "", enabled, ""},
		"only some":                    {&v1alpha1.RegionScope{Include: []string{"us-east-1", "eu-west-1"}}, "", []string{"eu-west-1", "us-east-1"}, ""},
		"all but some":                 {&v1alpha1.RegionScope{Exclude: []string{"af-south-1"}}, "", []string{"eu-west-1", "us-east-1"}, ""},
		"some but some":                {&v1alpha1.RegionScope{Include: []string{"eu-west-1", "af-south-1"}, Exclude: []string{"af-south-1"}}, "eu-west-1", []string{"eu-west-1"}, ""},
		"excluding what is not there":  {&v1alpha1.RegionScope{Exclude: []string{"me-south-1"}}, "", enabled, ""},
		"home out of scope":            {&v1alpha1.RegionScope{Exclude: []string{"us-east-1"}}, "", nil, "the home region us-east-1 is not in spec.regions; set spec.homeRegion to one that is: af-south-1, eu-west-1"},
		"including what is not there":  {&v1alpha1.RegionScope{Include: []string{"eu-wst-1"}}, "", nil, "region eu-wst-1 does not exist or is not enabled in account 111111111111; enabled are af-south-1, eu-west-1, us-east-1"},
		"a home that is not there":     {nil, "ap-south-2", nil, "region ap-south-2 does not exist"},
		"nothing left":                 {&v1alpha1.RegionScope{Exclude: enabled}, "", nil, "leaves no region of account 111111111111 in scope"},
		"nothing left of what is kept": {&v1alpha1.RegionScope{Include: []string{"eu-west-1"}, Exclude: []string{"eu-west-1"}}, "", nil, "leaves no region"},
	} {
		t.Run(name, func(t *testing.T) {
			account := shopAccount()
			account.Spec.Regions, account.Spec.HomeRegion = row.scope, row.home
			got, err := regionsInScope(account, enabled)
			if !slices.Equal(got, row.want) {
				t.Errorf("got %v, want %v", got, row.want)
			}
			if row.says == "" != (err == nil) || err != nil && (reasonOf(err) != v1alpha1.ReasonUnknownRegion || !strings.Contains(err.Error(), row.says)) {
				t.Errorf("got %v", err)
			}
		})
	}
	if strings.Join(enabled, " ") != "af-south-1 eu-west-1 us-east-1" {
		t.Error("the list of enabled regions was changed")
	}
}

// Every partition that an account may be in has a home of its own.
func TestHomes(t *testing.T) {
	for partition, want := range map[string]string{
		"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1", "aws-eusc": "eusc-de-east-1",
		"aws-iso": "us-iso-east-1", "aws-iso-b": "us-isob-east-1", "aws-iso-e": "eu-isoe-west-1", "aws-iso-f": "us-isof-south-1",
	} {
		account := shopAccount()
		account.Spec.Partition = partition
		if got := account.Spec.Home(); got != want {
			t.Errorf("%s: %s, want %s", partition, got, want)
		}
	}
}

func TestSessionName(t *testing.T) {
	account := shopAccount()
	if got := sessionName(account); got != "guardrails@team.shop" {
		t.Error(got)
	}
	account.Namespace = strings.Repeat("n", 63)
	if got := sessionName(account); len(got) != 64 || !strings.HasSuffix(got, "n."+account.Spec.AccountID) {
		t.Errorf("%d characters: %s", len(got), got)
	}
}
