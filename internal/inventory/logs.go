package inventory

// LogGroups are the CloudWatch log groups of a region.
var LogGroups = Collection[LogGroup]{Name: "logs.groups", Scope: Regional, Type: Type{Name: "AWS::Logs::LogGroup", ARN: "logs:{region}:{account}:log-group:{id}"}}

// LogGroup is a CloudWatch log group.
type LogGroup struct {
	Ref
	// RetentionDays is how long logs are kept; 0 is forever.
	RetentionDays int32
	// Fixed says that the group is of a class whose period nobody can set.
	Fixed bool
}

// LogGroupRetention is how many days the logs of a group are kept.
var LogGroupRetention = Listed(LogGroups, "Retention", func(g LogGroup) int32 { return g.RetentionDays })
