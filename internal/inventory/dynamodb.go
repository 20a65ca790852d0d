package inventory

// Tables are the DynamoDB tables of a region.
var Tables = Collection[Table]{Name: "dynamodb.tables", Scope: Regional, Type: Type{Name: "AWS::DynamoDB::Table", ARN: "dynamodb:{region}:{account}:table/{id}"}}

// Table is a DynamoDB table.
type Table struct {
	Ref
	// PointInTimeRecovery: the table can be restored to any second of the last weeks.
	PointInTimeRecovery Observed[bool]
}

// TablePointInTimeRecovery is a call for each table.
var TablePointInTimeRecovery = Asked(Tables, "PointInTimeRecovery", func(t *Table) *Observed[bool] { return &t.PointInTimeRecovery })
