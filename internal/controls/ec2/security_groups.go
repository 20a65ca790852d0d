package ec2

import (
	"fmt"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// openRules are the rules that let the internet reach any of the ports.
func openRules(g inventory.SecurityGroup, ports []int32) []inventory.SecurityGroupRule {
	return slices.DeleteFunc(slices.Clone(g.Rules), func(r inventory.SecurityGroupRule) bool {
		return !r.FromInternet() || !slices.ContainsFunc(ports, r.Admits)
	})
}

// judgeOpen fails a group that lets the internet reach any of the ports.
func judgeOpen(g inventory.SecurityGroup, ports []int32) posture.Verdict {
	open := openRules(g, ports)
	if len(open) == 0 {
		return posture.Pass()
	}
	var reached []string
	for _, port := range slices.Sorted(slices.Values(ports)) {
		if slices.ContainsFunc(open, func(r inventory.SecurityGroupRule) bool { return r.Admits(port) }) {
			reached = append(reached, fmt.Sprint(port))
		}
	}
	return posture.Fail("OpenToInternet", "%s open to the internet by %s%s", strings.Join(reached, ", "), textOf(open), usedBy(g))
}

func textOf(rules []inventory.SecurityGroupRule) string {
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = fmt.Sprintf("%s (%s)", r.ID, r)
	}
	return strings.Join(texts, ", ")
}

// usedBy says what closing the group may cut, where that could be read.
func usedBy(g inventory.SecurityGroup) string {
	switch n, err := g.Interfaces.Get(); {
	case err != nil:
		return ""
	case n == 1:
		return "; 1 network interface uses the group"
	default:
		return fmt.Sprintf("; %d network interfaces use the group", n)
	}
}

// revoke takes the rules away, an action each, so that each can be put back by itself.
func revoke(g inventory.SecurityGroup, rules []inventory.SecurityGroupRule) []action.Action {
	all := make([]action.Action, len(rules))
	for i, rule := range rules {
		all[i] = action.RevokeSecurityGroupRule{Group: action.On(g), Title: g.Title, From: rule}
	}
	return all
}
