// Package crd carries the CustomResourceDefinitions, for what judges objects as the API server does.
package crd

import "embed"

// Bases are the definitions, one a file.
//
//go:embed bases/*.yaml
var Bases embed.FS
