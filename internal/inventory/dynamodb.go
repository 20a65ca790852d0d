package inventory

// Tables are the DynamoDB tables of a region.
var Tables = Collection[Table]{Name: "dynamodb.tables", Scope: Regional}

// TablePointInTimeRecovery is a call for each table.
const TablePointInTimeRecovery Facet = "PointInTimeRecovery"

// Table is a DynamoDB table.
type Table struct {
	Ref
	// PointInTimeRecovery: the table can be restored to any second of the last weeks.
	PointInTimeRecovery Observed[bool]
}
