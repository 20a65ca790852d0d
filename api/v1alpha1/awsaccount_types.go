package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// AWSAccountSpec says which account, how to reach it, and how far anyone may go in it.
// +kubebuilder:validation:XValidation:rule="!has(self.auditRoleARN) || self.auditRoleARN.split(':')[4] == self.accountID",message="auditRoleARN must be a role of the account in accountID"
// +kubebuilder:validation:XValidation:rule="!has(self.remediationRoleARN) || self.remediationRoleARN.split(':')[4] == self.accountID",message="remediationRoleARN must be a role of the account in accountID"
// +kubebuilder:validation:XValidation:rule="!has(self.remediationRoleARN) || !has(self.auditRoleARN) || self.remediationRoleARN != self.auditRoleARN",message="auditRoleARN and remediationRoleARN must be different roles, so that reading can never write"
// +kubebuilder:validation:XValidation:rule="!has(self.auditRoleARN) || self.auditRoleARN.split(':')[1] == self.partition",message="auditRoleARN must be in the partition of the account"
// +kubebuilder:validation:XValidation:rule="!has(self.remediationRoleARN) || self.remediationRoleARN.split(':')[1] == self.partition",message="remediationRoleARN must be in the partition of the account"
type AWSAccountSpec struct {
	// The 12-digit account id. Its namespace must be allowed it by the annotation
	// guardrails.dev/allowed-account-ids (or ACK's
	// services.k8s.aws/owner-account-id), and the oldest AWSAccount of an id
	// serves it. Cannot be changed: another account is another object.
	// +kubebuilder:validation:Pattern=`^[0-9]{12}$`
	// +kubebuilder:validation:MaxLength=12
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="accountID cannot be changed; create another AWSAccount"
	AccountID string `json:"accountID"`
	// The AWS partition the account is in. Default aws. Cannot be changed.
	// +kubebuilder:validation:Enum=aws;aws-cn;aws-us-gov;aws-eusc;aws-iso;aws-iso-b;aws-iso-e;aws-iso-f
	// +kubebuilder:default=aws
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="partition cannot be changed; create another AWSAccount"
	// +optional
	Partition string `json:"partition,omitempty"`
	// ARN of the role assumed to read, a role of this account. Left out: the role
	// that ACK's role map (ConfigMap ack-role-account-map) or a matching
	// IAMRoleSelector names for it.
	// +kubebuilder:validation:Pattern=`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}$`
	// +kubebuilder:validation:MaxLength=600
	// +optional
	AuditRoleARN string `json:"auditRoleARN,omitempty"`
	// ARN of the role assumed to write, only while a run is applied: a role of
	// this account and another than auditRoleARN. Left out: nothing is written,
	// whatever is declared.
	// +kubebuilder:validation:Pattern=`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}$`
	// +kubebuilder:validation:MaxLength=600
	// +optional
	RemediationRoleARN string `json:"remediationRoleARN,omitempty"`
	// External id that the trust policies of both roles ask for. 2 to 1224
	// characters. It is no secret to AWS; whoever may read this object reads it.
	// +kubebuilder:validation:Pattern=`^[\w+=,.@:/-]+$`
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=1224
	// +optional
	ExternalID string `json:"externalID,omitempty"`
	// Region of the account's own things: its trail, its log bucket. Default: the
	// home of the partition (us-east-1 in aws, us-gov-west-1, cn-north-1, ...).
	// +kubebuilder:validation:Pattern=`^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`
	// +kubebuilder:validation:MaxLength=32
	// +optional
	HomeRegion string `json:"homeRegion,omitempty"`
	// Regions in scope. Left out: every region that is enabled in the account,
	// found anew in each round. An S3 bucket counts by its own region: one
	// elsewhere is neither judged nor touched.
	// +optional
	Regions *RegionScope `json:"regions,omitempty"`
	// IAM users that are programs, not people, by name; * stands for any
	// characters. Controls on people do not apply to them. 100 at most.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=128
	// +listType=set
	// +optional
	ServiceUsers []string `json:"serviceUsers,omitempty"`
	// The ceiling of the account's owner: what no baseline and no approval can
	// exceed.
	// +kubebuilder:default={}
	// +optional
	Guard Guard `json:"guard,omitzero"`
}

// RegionScope chooses among the regions enabled in the account.
// +kubebuilder:validation:XValidation:rule="!has(self.include) || !has(self.exclude) || !self.include.exists(r, r in self.exclude)",message="a region cannot be both in include and in exclude"
type RegionScope struct {
	// Only these regions, by code (eu-central-1). Left out: all that are enabled.
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:Pattern=`^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`
	// +kubebuilder:validation:items:MaxLength=32
	// +listType=set
	// +optional
	Include []string `json:"include,omitempty"`
	// Never these regions, by code. Global services are read all the same.
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:Pattern=`^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$`
	// +kubebuilder:validation:items:MaxLength=32
	// +listType=set
	// +optional
	Exclude []string `json:"exclude,omitempty"`
}

// Guard is the account owner's ceiling over every baseline and every approval.
type Guard struct {
	// Strongest enforcement that takes effect here, whatever baselines declare:
	// Audit, Approve or Enforce. Default Audit: nothing is written until the
	// account's owner raises it.
	// +kubebuilder:default=Audit
	// +optional
	MaxEnforcement Enforcement `json:"maxEnforcement,omitempty"`
	// Most that is changed without approval within 24 hours; baselines can only
	// lower it. Default 25 actions and 20 percent of any one collection.
	// +optional
	Limits Limits `json:"limits,omitzero"`
	// Risks that Enforce may take without an approval: safe, costly (starts a
	// bill), disruptive (may cut access or traffic); the last two only where a
	// control declares Enforce by itself. Default safe only. Irreversible always
	// needs an approval. To write nothing, lower maxEnforcement.
	// +kubebuilder:default={safe}
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=3
	// +kubebuilder:validation:XValidation:rule="self.all(r, r in ['safe', 'costly', 'disruptive'])",message="allowedRisks may list safe, costly and disruptive; irreversible and manual always need a person"
	// +listType=set
	// +optional
	AllowedRisks []Risk `json:"allowedRisks,omitempty"`
	// What is never touched, whatever anyone approves, besides what the operator
	// protects by itself (its own roles, service-linked and reserved roles).
	// +optional
	Protected Protected `json:"protected,omitzero"`
	// Plan changes to resources that carry the owner tag of another tool
	// (CloudFormation, Kubernetes, ACK, Crossplane, Terraform and others where
	// they tag, ownerTags). Default false: they are reported as ManagedElsewhere
	// with their owner, to be changed at their source.
	// +optional
	IncludeManagedElsewhere bool `json:"includeManagedElsewhere,omitempty"`
	// Tags of resources that another tool manages, besides those that are known:
	// a key, or key=value; * stands for any characters, case and separators do
	// not count. A key alone stands for any value but false, no, 0, none, n and
	// off. Default none. 50 at most.
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=385
	// +kubebuilder:validation:items:Pattern=`^[^=]*[^=*][^=]*(=.+)?$`
	// +listType=set
	// +optional
	OwnerTags []string `json:"ownerTags,omitempty"`
	// Other accounts, by id, whose KMS keys this one may be made to encrypt with.
	// A change to a key of any other is left to a person: who holds a key can
	// keep everybody from what it encrypts. Default none. 20 at most.
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:Pattern=`^[0-9]{12}$`
	// +kubebuilder:validation:items:MaxLength=12
	// +listType=set
	// +optional
	TrustedKeyAccounts []string `json:"trustedKeyAccounts,omitempty"`
	// Stop before the next write and write nothing until it is lifted. Reading
	// goes on. Default false.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
}

// Protected names what is never touched.
type Protected struct {
	// Break-glass and other principals, as IAM ARNs or user and role names; *
	// stands for any characters. 100 at most.
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=256
	// +listType=set
	// +optional
	Principals []string `json:"principals,omitempty"`
	// Resources, as ARNs or ids (bucket names, sg-...); * stands for any
	// characters. 500 at most.
	// +kubebuilder:validation:MaxItems=500
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=1024
	// +listType=set
	// +optional
	Resources []string `json:"resources,omitempty"`
}

// AWSAccountStatus is what the operator found.
type AWSAccountStatus struct {
	// Generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Ready, Reconciling, Stalled, Compliant, Blocked, Contested, Suspended,
	// Conflict.
	// +kubebuilder:validation:MaxItems=16
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// ARN that GetCallerIdentity showed for the reading session.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	AuditIdentity string `json:"auditIdentity,omitempty"`
	// ARN that GetCallerIdentity showed for the writing session, when it was last
	// opened.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	RemediationIdentity string `json:"remediationIdentity,omitempty"`
	// Regions in scope, as found.
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=32
	// +listType=set
	// +optional
	Regions []string `json:"regions,omitempty"`
	// Baselines that declare something for the account, by name; the first 50.
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MaxLength=253
	// +listType=set
	// +optional
	Baselines []string `json:"baselines,omitempty"`
	// Controls declared for the account, by what they conclude.
	// +optional
	Totals *Totals `json:"totals,omitempty"`
	// What was changed without approval within the last 24 hours; left out where
	// nothing was.
	// +optional
	Budget *Budget `json:"budget,omitempty"`
	// RemediationRun that waits for an approval, if any.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	OfferedRun string `json:"offeredRun,omitempty"`
	// When a round last ended with a complete judgement; written at most every
	// five minutes while nothing changes.
	// +optional
	LastVerifiedTime *metav1.Time `json:"lastVerifiedTime,omitempty"`
	// Last value of the annotation guardrails.dev/check-now that was acted on; its
	// first 256 bytes.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	LastHandledCheckNow string `json:"lastHandledCheckNow,omitempty"`
}

// Budget is what counts against limits.maxActions of an account. A change counts
// for 24 hours; neither interval nor edits of a baseline end that sooner.
type Budget struct {
	// Actions that were applied without approval, of all baselines together.
	Applied int32 `json:"applied"`
	// limits.maxActions in effect: the lowest of the guard's and the baselines'.
	MaxActions int32 `json:"maxActions"`
	// When the oldest of them was applied: 24 hours later it counts no more.
	Oldest metav1.Time `json:"oldest"`
}

// AWSAccount is one AWS account under guard: its id, how to reach it, and the
// ceiling its owner sets over everything declared for it.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=awsa,categories=guardrails
// +kubebuilder:validation:XValidation:rule="self.metadata.name.size() <= 63",message="the name of an AWSAccount may have 63 characters at most: it is the value of a label on its runs"
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.spec.accountID`
// +kubebuilder:printcolumn:name="Max",type=string,JSONPath=`.spec.guard.maxEnforcement`
// +kubebuilder:printcolumn:name="Pass",type=integer,JSONPath=`.status.totals.pass`
// +kubebuilder:printcolumn:name="Fail",type=integer,JSONPath=`.status.totals.fail`
// +kubebuilder:printcolumn:name="Contained",type=integer,JSONPath=`.status.totals.contained`,priority=1
// +kubebuilder:printcolumn:name="Accepted",type=integer,JSONPath=`.status.totals.accepted`
// +kubebuilder:printcolumn:name="Unknown",type=integer,JSONPath=`.status.totals.unknown`
// +kubebuilder:printcolumn:name="Compliant",type=string,JSONPath=`.status.conditions[?(@.type=="Compliant")].status`
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Reason",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Blocked",type=string,JSONPath=`.status.conditions[?(@.type=="Blocked")].reason`
// +kubebuilder:printcolumn:name="Suspended",type=string,JSONPath=`.status.conditions[?(@.type=="Suspended")].reason`,priority=1
// +kubebuilder:printcolumn:name="Offered",type=string,JSONPath=`.status.offeredRun`,priority=1
// +kubebuilder:printcolumn:name="Verified",type=date,JSONPath=`.status.lastVerifiedTime`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type AWSAccount struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Which account, how to reach it, and how far anyone may go in it.
	Spec AWSAccountSpec `json:"spec"`
	// What the operator found; written by the operator only.
	// +optional
	Status AWSAccountStatus `json:"status,omitempty"`
}

// AWSAccountList is a list of AWSAccounts.
// +kubebuilder:object:root=true
type AWSAccountList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []AWSAccount `json:"items"`
}

// GetConditions returns the account's conditions.
func (a *AWSAccount) GetConditions() *[]metav1.Condition { return &a.Status.Conditions }
