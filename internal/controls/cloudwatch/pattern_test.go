package cloudwatch

import (
	"strings"
	"testing"
)

func TestRootPattern(t *testing.T) {
	for pattern, want := range map[string]bool{
		rootUsage.pattern: true,
		`{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }`:     true,
		`{$.userIdentity.type="Root"&&$.userIdentity.invokedBy NOT EXISTS&&$.eventType!="AwsServiceEvent"}`:               true,
		`{ ($.eventType != AwsServiceEvent) && (($.userIdentity.invokedBy NOT EXISTS) && ($.userIdentity.type = Root)) }`: true,
		`{ $.userIdentity.type = "Root" }`:                                                      true,
		`{ ($.userIdentity.type = "Root") || ($.errorCode = "AccessDenied") }`:                  true,
		`{ $.errorCode = "AccessDenied" || $.userIdentity.type = "Root" && $.errorCode = "*" }`: false,
		`{ $.userIdentity.type = "root" }`:                                                      false,
		`{ $.userIdentity.type != "Root" }`:                                                     false,
		`{ $.userIdentity.type = "Root" && $.eventName = "ConsoleLogin" }`:                      false,
		`{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy EXISTS }`:                   false,
		`{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy IS NULL }`:                  false,
		`{ $.eventType != "AwsServiceEvent" }`:                                                  false,
		`{ $.eventType != "AwsServiceEvent" || $.userIdentity.type = "IAMUser"}`:                false,
		`{ $.userIdentity.type = "Root" && }`:                                                   false,
		`{ ($.userIdentity.type = "Root" }`:                                                     false,
		`{ $.userIdentity.type = "Root" $.eventType = "x" }`:                                    false,
		`{ }`:                    false,
		``:                       false,
		`Root`:                   false,
		`[ip, user = Root, ...]`: false,
		`{ ` + strings.Repeat("(", 200) + `$.userIdentity.type = "Root"` + strings.Repeat(")", 200) + ` }`: false,
	} {
		if got := rootUsage.matches(pattern); got != want {
			t.Errorf("%s: got %t, want %t", pattern, got, want)
		}
	}
}

func FuzzParsePattern(f *testing.F) {
	f.Add(rootUsage.pattern)
	f.Add(`{ ($.a = "b" || $.c NOT EXISTS) && $.d >= 3 }`)
	f.Fuzz(func(_ *testing.T, pattern string) { parsePattern(pattern) })
}
