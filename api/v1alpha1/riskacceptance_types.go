package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RiskAcceptanceSpec says which findings are accepted, by whom, and until when. What was approved
// stays as it was: only expiresAt and ticket can be changed, for anything else there is a new one.
// +kubebuilder:validation:XValidation:rule="!('*' in self.controls) || (has(self.resources) && (!has(self.resources.arns) || self.resources.arns.all(a, a.matches('^arn:[^*?]+:[^*?]*:[^:]*:[^:]*:.*[A-Za-z0-9]{3}.*$'))) && (!has(self.resources.tags) || self.resources.tags.all(t, has(t.value) && t.value.matches('[A-Za-z0-9]'))))",message="all controls (*) cannot be accepted for all resources: name the resources in spec.resources, by ARNs of one service or by tags with a value"
// +kubebuilder:validation:XValidation:rule="!('*' in self.controls) || size(self.controls) == 1",message="controls is either * alone or a list of control ids"
// +kubebuilder:validation:XValidation:rule="size(self.controls) <= 5 || (has(self.resources) && (!has(self.resources.arns) || self.resources.arns.all(a, a.matches('[A-Za-z0-9]{3}'))))",message="more than 5 controls cannot be accepted for all resources: name the resources in spec.resources, or write one acceptance for each decision"
// +kubebuilder:validation:XValidation:rule="self.controls == oldSelf.controls && self.accountSelector == oldSelf.accountSelector && has(self.resources) == has(oldSelf.resources) && (!has(self.resources) || self.resources == oldSelf.resources) && self.reason == oldSelf.reason && self.owner == oldSelf.owner && self.approver == oldSelf.approver && self.residualRisk == oldSelf.residualRisk",message="what was approved cannot be changed, only expiresAt and ticket: delete this acceptance, and create another under a new name"
// +kubebuilder:validation:XValidation:rule="self.owner != self.approver",message="owner and approver must be different: nobody approves their own risk"
type RiskAcceptanceSpec struct {
	// Controls whose findings are accepted, by id (s3-bucket-versioning); * alone
	// stands for all of them. That, and more than 5, need resources. 1 to 50.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:Pattern=`^(\*|[a-z0-9]+(-[a-z0-9]+)*)$`
	// +kubebuilder:validation:items:MaxLength=64
	// +listType=set
	Controls []string `json:"controls"`
	// Accounts of this namespace in which they are, by the labels of their
	// AWSAccounts. {} selects every AWSAccount of the namespace. 50 labels and 20
	// expressions at most.
	// +kubebuilder:validation:XValidation:rule="!has(self.matchLabels) || size(self.matchLabels) <= 50",message="accountSelector.matchLabels may have 50 labels at most"
	// +kubebuilder:validation:XValidation:rule="!has(self.matchExpressions) || size(self.matchExpressions) <= 20",message="accountSelector.matchExpressions may have 20 expressions at most"
	AccountSelector metav1.LabelSelector `json:"accountSelector"`
	// Resources that are accepted. Left out: every resource of the controls.
	// +optional
	Resources *AcceptedResources `json:"resources,omitempty"`
	// Why the risk is accepted, for whoever audits it. 10 to 2048 characters.
	// +kubebuilder:validation:MinLength=10
	// +kubebuilder:validation:MaxLength=2048
	Reason string `json:"reason"`
	// Who owns the risk: a person or a team.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Owner string `json:"owner"`
	// Who approved that it is accepted. Another than the owner. It is a name that
	// whoever writes the object gives, and proves nothing: who may create
	// RiskAcceptances decides.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	Approver string `json:"approver"`
	// Risk that is left, after whatever else reduces it. 1 to 2048 characters.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=2048
	ResidualRisk string `json:"residualRisk"`
	// When the acceptance ends and its findings fail again, in RFC 3339. At most
	// 400 days after the object was created, unless the operator was started with
	// another --max-acceptance; one that reaches further covers nothing. What was
	// expired stays so until this is changed, whatever the clock says.
	ExpiresAt metav1.Time `json:"expiresAt"`
	// Link to the ticket or record of the decision.
	// +kubebuilder:validation:Pattern=`^https?://[^\s]+$`
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Ticket string `json:"ticket,omitempty"`
}

// AcceptedResources chooses resources by ARN, by tags, or by both.
// +kubebuilder:validation:XValidation:rule="(has(self.arns) && size(self.arns) > 0) || (has(self.tags) && size(self.tags) > 0)",message="resources must name arns or tags; leave resources out to accept every resource of the controls"
type AcceptedResources struct {
	// How arns and tags work together. All: one of the ARNs, if there are any, and
	// every tag. Any: one of the ARNs or one of the tags. Default All.
	// +kubebuilder:validation:Enum=All;Any
	// +kubebuilder:default=All
	// +optional
	Match AcceptanceMatch `json:"match,omitempty"`
	// ARNs, or ids (sg-...); of a setting that a region has without an ARN, the
	// region and the account's id (eu-west-1/123456789012). * stands for any
	// characters. 100 at most.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=1024
	// +listType=set
	// +optional
	ARNs []string `json:"arns,omitempty"`
	// Tags of the resource. 20 at most. A resource whose tags were not read is not
	// accepted by its tags.
	// +kubebuilder:validation:MaxItems=20
	// +listType=map
	// +listMapKey=key
	// +optional
	Tags []AcceptedTag `json:"tags,omitempty"`
}

// AcceptanceMatch says how ARNs and tags work together.
type AcceptanceMatch string

// Matches of an acceptance's resources.
const (
	MatchAll AcceptanceMatch = "All"
	MatchAny AcceptanceMatch = "Any"
)

// AcceptedTag is a tag that a resource must carry.
type AcceptedTag struct {
	// Key of the tag.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	Key string `json:"key"`
	// Value of the tag; * stands for any characters. Left out: any value.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	Value string `json:"value,omitempty"`
}

// AcceptancePhase is where an acceptance stands.
// +kubebuilder:validation:Enum=Active;Expiring;Expired;Invalid
type AcceptancePhase string

// Phases of an acceptance. Expiring: it ends within 14 days. Expired: its findings fail again.
// Invalid: it covers nothing, its Ready condition says why.
const (
	AcceptanceActive   AcceptancePhase = "Active"
	AcceptanceExpiring AcceptancePhase = "Expiring"
	AcceptanceExpired  AcceptancePhase = "Expired"
	AcceptanceInvalid  AcceptancePhase = "Invalid"
)

// RiskAcceptanceStatus is what the acceptance covers now.
type RiskAcceptanceStatus struct {
	// Generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Ready, Reconciling, Stalled; Covering: whether there is any finding that it
	// covers.
	// +kubebuilder:validation:MaxItems=16
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Where the acceptance stands.
	// +optional
	Phase AcceptancePhase `json:"phase,omitempty"`
	// The expiresAt that was found to have passed. While it equals
	// spec.expiresAt the acceptance is expired, whatever the clock says.
	// +optional
	Expired *metav1.Time `json:"expired,omitempty"`
	// Accounts that the selector matches.
	// +kubebuilder:default=0
	// +optional
	Accounts int32 `json:"accounts"`
	// Findings it covers now, over all its accounts.
	// +kubebuilder:default=0
	// +optional
	Findings int32 `json:"findings"`
	// The first findings it covers; 20 at most.
	// +kubebuilder:validation:MaxItems=20
	// +listType=atomic
	// +optional
	Covers []CoveredFinding `json:"covers,omitempty"`
}

// CoveredFinding is a finding that an acceptance covers.
type CoveredFinding struct {
	// Name of the AWSAccount.
	// +kubebuilder:validation:MaxLength=253
	Account string `json:"account"`
	// Control id, as in the catalogue.
	// +kubebuilder:validation:MaxLength=64
	Control string `json:"control"`
	// Resource, by ARN where it has one, else by id.
	// +kubebuilder:validation:MaxLength=2048
	Resource string `json:"resource"`
}

// RiskAcceptance accepts findings whose residual risk is accepted, for a time.
// What it covers is still judged and shown, is counted as accepted, and is
// never planned for; when it expires the findings fail again at once. It may
// stand before there is anything to accept.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=ra,categories=guardrails
// +kubebuilder:printcolumn:name="Phase",type=string,JSONPath=`.status.phase`
// +kubebuilder:printcolumn:name="Findings",type=integer,JSONPath=`.status.findings`
// +kubebuilder:printcolumn:name="Accounts",type=integer,JSONPath=`.status.accounts`
// +kubebuilder:printcolumn:name="Owner",type=string,JSONPath=`.spec.owner`
// +kubebuilder:printcolumn:name="Approver",type=string,JSONPath=`.spec.approver`,priority=1
// +kubebuilder:printcolumn:name="Expires",type=string,format=date-time,JSONPath=`.spec.expiresAt`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type RiskAcceptance struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Which findings are accepted, by whom, and until when.
	Spec RiskAcceptanceSpec `json:"spec"`
	// What the acceptance covers; written by the operator only.
	// +optional
	Status RiskAcceptanceStatus `json:"status,omitempty"`
}

// RiskAcceptanceList is a list of RiskAcceptances.
// +kubebuilder:object:root=true
type RiskAcceptanceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []RiskAcceptance `json:"items"`
}

// GetConditions returns the acceptance's conditions.
func (a *RiskAcceptance) GetConditions() *[]metav1.Condition { return &a.Status.Conditions }
