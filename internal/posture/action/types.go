package action

import "slices"

// Types lists every type of action that a plan may hold, by zero value. An Undo is of one of
// them, and in no plan.
func Types() []Action {
	all := slices.Concat(iamTypes, s3Types, ec2Types, kmsTypes, dataTypes, loggingTypes, threatTypes)
	for _, setting := range settings {
		all = append(all, setting.zero())
	}
	return all
}
