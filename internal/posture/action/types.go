package action

import "slices"

// Types lists every type of action there is, by zero value.
func Types() []Action {
	return slices.Concat(iamTypes, s3Types, ec2Types, kmsTypes, dataTypes, loggingTypes, threatTypes)
}
