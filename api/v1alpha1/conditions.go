package v1alpha1

// Condition types. Ready, Reconciling and Stalled follow kstatus; every condition carries
// observedGeneration and is written only when it changes.
const (
	// ConditionReady says that the object was reconciled as declared.
	ConditionReady = "Ready"
	// ConditionReconciling is present while work on the object is under way.
	ConditionReconciling = "Reconciling"
	// ConditionStalled is present when nothing will happen until a person changes something.
	ConditionStalled = "Stalled"
	// ConditionCompliant says whether AWS shows what is declared: True, False, or Unknown
	// while any declared control could not be read.
	ConditionCompliant = "Compliant"
	// ConditionBlocked says that a plan is held back, and why.
	ConditionBlocked = "Blocked"
	// ConditionContested says that someone keeps undoing what the operator applies.
	ConditionContested = "Contested"
	// ConditionSuspended says that a person suspended the object.
	ConditionSuspended = "Suspended"
	// ConditionReadFailing says that controls could not be read for two rounds or more; the
	// message names them and the IAM actions that are missing.
	ConditionReadFailing = "ReadFailing"
	// ConditionCovering says whether a RiskAcceptance covers any finding.
	ConditionCovering = "Covering"
	// ConditionUndone says how far the undo of a run is that spec.revert asks for: True once
	// everything that can be undone was.
	ConditionUndone = "Undone"
	// ConditionConflict says that baselines disagree on a control in a way no order resolves, or
	// that one which is suspended, or not yet in force, wants more than those that enforce it;
	// the control is only audited until they agree.
	ConditionConflict = "Conflict"
)

// Reasons of Ready, Reconciling and Stalled.
const (
	// ReasonReconciled: read, judged and reported.
	ReasonReconciled = "Reconciled"
	// ReasonReading: the first reading of the account has not ended yet.
	ReasonReading = "Reading"
	// ReasonApplying: a run is writing to the account.
	ReasonApplying = "Applying"
	// ReasonSettling: AWS has not yet shown everything that was written; it is read again soon.
	ReasonSettling = "Settling"
	// ReasonDuplicateAccount: an older AWSAccount serves the same account id.
	ReasonDuplicateAccount = "DuplicateAccount"
	// ReasonNamespaceNotAllowed: the namespace is not allowed this account id.
	ReasonNamespaceNotAllowed = "NamespaceNotAllowed"
	// ReasonRoleNotFound: neither the account, nor a role map, nor a selector names a role.
	ReasonRoleNotFound = "RoleNotFound"
	// ReasonRoleAmbiguous: more than one selector names a role for the account.
	ReasonRoleAmbiguous = "RoleAmbiguous"
	// ReasonRoleNotAssumable: AWS refused the role, or the operator's own credentials.
	ReasonRoleNotAssumable = "RoleNotAssumable"
	// ReasonWrongAccount: the credentials belong to another account than declared.
	ReasonWrongAccount = "WrongAccount"
	// ReasonUnknownRegion: a region named in the account does not exist or is not enabled there.
	ReasonUnknownRegion = "UnknownRegion"
	// ReasonNothingDeclared: no baseline declares anything for the account.
	ReasonNothingDeclared = "NothingDeclared"
	// ReasonNoAccounts: no AWSAccount of the namespace matches the selector.
	ReasonNoAccounts = "NoAccounts"
	// ReasonInvalidSelector: the account selector cannot be parsed.
	ReasonInvalidSelector = "InvalidSelector"
	// ReasonAWSUnavailable: AWS did not answer, or throttled for too long.
	ReasonAWSUnavailable = "AWSUnavailable"
	// ReasonInUse: deletion waits for the objects that the message names.
	ReasonInUse = "InUse"
)

// Reasons of Compliant.
const (
	// ReasonAllPass: every declared control passes or does not apply.
	ReasonAllPass = "AllPass"
	// ReasonFindings: declared controls fail or are only contained.
	ReasonFindings = "Findings"
	// ReasonUnread: declared controls could not be read; the message counts them.
	ReasonUnread = "Unread"
	// ReasonAccepted: every failing control is covered by an acceptance.
	ReasonAccepted = "Accepted"
)

// Reasons of Blocked.
const (
	// ReasonLimitExceeded: the plan changes more than the limits allow in 24 hours; it is
	// offered for approval and nothing was written.
	ReasonLimitExceeded = "LimitExceeded"
	// ReasonInventoryShrank: a collection shrank to nothing, or the declared posture lost most
	// of its controls; nothing is planned until a second reading agrees.
	ReasonInventoryShrank = "InventoryShrank"
	// ReasonRunFailed: too many actions of a run failed, and its rest waits; or what failed is held
	// for a while, and the rest goes on.
	ReasonRunFailed = "RunFailed"
	// ReasonApprovalsUnguarded: an admission policy of config/admission is missing or does not
	// deny, so that nobody knows who approved; what was approved waits until it is installed.
	ReasonApprovalsUnguarded = "ApprovalsUnguarded"
	// ReasonWithinLimits: nothing is held back.
	ReasonWithinLimits = "WithinLimits"
)

// Reasons of Contested and ReadFailing.
const (
	// ReasonUndoneRepeatedly: someone undid the same change more than three times in an hour;
	// it is left alone for a while, longer each time.
	ReasonUndoneRepeatedly = "UndoneRepeatedly"
	// ReasonPermissionMissing: AWS refuses reads; the message names the IAM actions.
	ReasonPermissionMissing = "PermissionMissing"
	// ReasonReadsFail: reads fail otherwise.
	ReasonReadsFail = "ReadsFail"
)

// Reasons of a RiskAcceptance's conditions.
const (
	// ReasonCovers: there are findings that it covers.
	ReasonCovers = "Covers"
	// ReasonCoversNothing: no finding is covered by it now.
	ReasonCoversNothing = "CoversNothing"
	// ReasonExpired: it has expired; what it covered fails again.
	ReasonExpired = "Expired"
	// ReasonExpiring: it expires within 14 days.
	ReasonExpiring = "Expiring"
	// ReasonTooLong: it reaches further than the operator's administrator allows, and covers
	// nothing.
	ReasonTooLong = "TooLong"
	// ReasonUnknownControl: it names a control that is not in the catalogue.
	ReasonUnknownControl = "UnknownControl"
)

// Reasons of Conflict and Suspended.
const (
	// ReasonBaselinesDisagree: two baselines declare values that have no order.
	ReasonBaselinesDisagree = "BaselinesDisagree"
	// ReasonSuspendedByOwner: spec.suspend or spec.guard.suspend is true.
	ReasonSuspendedByOwner = "SuspendedByOwner"
	// ReasonOperatorSuspended: the whole operator was started suspended.
	ReasonOperatorSuspended = "OperatorSuspended"
)

// Reasons of a RemediationRun's conditions.
const (
	// ReasonAwaitingApproval: the run writes nothing until an approver says yes.
	ReasonAwaitingApproval = "AwaitingApproval"
	// ReasonPaused: the run may start or go on, but nothing may be written now.
	ReasonPaused = "Paused"
	// ReasonApplied: every action was applied or was already so.
	ReasonApplied = "Applied"
	// ReasonActionsFailed: actions failed; the journal says which and why.
	ReasonActionsFailed = "ActionsFailed"
	// ReasonSuperseded: the plan changed before the run was applied.
	ReasonSuperseded = "Superseded"
	// ReasonRejected: an approver said no.
	ReasonRejected = "Rejected"
	// ReasonApprovalExpired: the approval was given too long ago; the plan is offered again.
	ReasonApprovalExpired = "ApprovalExpired"
	// ReasonStopped: the account was deleted, suspended or its guard lowered mid-run.
	ReasonStopped = "Stopped"
	// ReasonUndone: the Undo run has ended well; its journal says what it found changed.
	ReasonUndone = "Undone"
	// ReasonUndoRefused: there is nothing that could be undone; the message says why.
	ReasonUndoRefused = "UndoRefused"
	// ReasonUndoHeldBack: nothing may be written to the account now; the message says why.
	ReasonUndoHeldBack = "UndoHeldBack"
)

// Reasons of verdicts. A control names its own where none of these fits.
const (
	// VerdictReadDenied: AWS refused the read; the message names the missing IAM action.
	VerdictReadDenied = "ReadDenied"
	// VerdictReadDeniedByOrganization: a service control policy rules the read out.
	VerdictReadDeniedByOrganization = "ReadDeniedByOrganization"
	// VerdictReadThrottled: AWS throttled the read for too long.
	VerdictReadThrottled = "ReadThrottled"
	// VerdictReadFailed: the read failed otherwise.
	VerdictReadFailed = "ReadFailed"
	// VerdictNotRead: the fact was never read; a defect worth reporting.
	VerdictNotRead = "NotRead"
)

// Names that objects and their surroundings carry.
const (
	// AnnotationAllowedAccountIDs on a namespace lists the account ids (comma-separated, or *)
	// that AWSAccounts in it may name.
	AnnotationAllowedAccountIDs = "guardrails.dev/allowed-account-ids"
	// AnnotationCheckNow on an AWSAccount asks for a round at once whenever its value changes.
	AnnotationCheckNow = "guardrails.dev/check-now"
	// LabelAccount on a RemediationRun or AccountPosture names its AWSAccount.
	LabelAccount = "aws.guardrails.dev/account"
	// LabelPlan on a RemediationRun is the hash of its actions.
	LabelPlan = "aws.guardrails.dev/plan"
	// LabelPhase on a RemediationRun is its final phase.
	LabelPhase = "aws.guardrails.dev/phase"
	// LabelChanged on a final RemediationRun says whether it changed AWS, or may have: "true", or
	// "false" where it came to nothing.
	LabelChanged = "aws.guardrails.dev/changed"
	// LabelOpen on a RemediationRun is there until its phase is final.
	LabelOpen = "aws.guardrails.dev/open"
	// AnnotationFinishedAt on a RemediationRun says when its phase became final, in RFC 3339.
	AnnotationFinishedAt = "aws.guardrails.dev/finished-at"
	// AnnotationRevertOf on an Undo run names the run that it undoes.
	AnnotationRevertOf = "aws.guardrails.dev/revert-of"
	// AnnotationAnswered on a final RemediationRun is the generation of its spec that the
	// operator has nothing more to do for.
	AnnotationAnswered = "aws.guardrails.dev/answered-generation"
	// FinalizerInUse keeps an AWSAccount while other objects need it.
	FinalizerInUse = "aws.guardrails.dev/in-use"
	// OwnerTag is the AWS tag on everything the operator creates.
	OwnerTag = "guardrails.dev/owner"
	// OwnerValue is the tag's value there: with another one it is somebody else's.
	OwnerValue = "aws-guardrails"
)
