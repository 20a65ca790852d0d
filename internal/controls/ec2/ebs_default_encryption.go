package ec2

import (
	"fmt"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A volume cannot be encrypted after it is made, so new ones must be without being asked.
var ebsDefaultEncryption = posture.Add(&Controls, posture.Over[v1alpha1.EBSDefaultEncryption, inventory.EBSDefault]{
	ID:       "ebs-default-encryption",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.EBSDefaultEncryption { return p.DataAtRest.EBSDefaultEncryption },
	Observe:  inventory.EBSDefaults.With(),
	Facets: func(leaf v1alpha1.EBSDefaultEncryption) inventory.Facets {
		if leaf.KMSKeyAlias == "" {
			return nil
		}
		return inventory.Facets{inventory.EBSKey(leaf.KMSKeyAlias)}
	},
	Judge: func(leaf v1alpha1.EBSDefaultEncryption, d inventory.EBSDefault, _ time.Time) posture.Verdict {
		if !d.Encrypted {
			return posture.Fail("NotEncrypted", "new volumes are not encrypted by default")
		}
		if leaf.KMSKeyAlias == "" {
			return posture.Pass()
		}
		return judgeKey(leaf.KMSKeyAlias, d)
	},
	Plans: func(leaf v1alpha1.EBSDefaultEncryption) []action.Action {
		if leaf.KMSKeyAlias == "" {
			return []action.Action{action.EncryptEBSByDefault{}}
		}
		return []action.Action{action.EncryptEBSByDefault{}, action.SetEBSDefaultKey{From: inventory.EBSManagedKey}}
	},
	Mend:   mendEBSDefaults,
	ByHand: ebsByHand,
})

func judgeKey(alias string, d inventory.EBSDefault) posture.Verdict {
	key, err := d.Key.Get()
	if err != nil {
		return posture.Unknown(err)
	}
	wanted, err := d.Aliased[alias].Get()
	switch {
	case err != nil:
		return posture.Unknown(err)
	case wanted.ARN == "":
		return posture.Fail("NoSuchKey", "there is no %s; new volumes are encrypted with %s", alias, key)
	case !names(key, alias, wanted.ARN):
		return posture.Fail("OtherKey", "new volumes are encrypted with %s, not with %s", key, alias)
	case wanted.State != "Enabled":
		return posture.Fail("KeyUnusable", "%s is %s, so launches with new volumes fail", alias, wanted.State)
	}
	return posture.Pass()
}

// names says whether what EC2 calls its default key is the key: by ARN, id or alias.
func names(key, alias, arn string) bool {
	return key == arn || key == alias || strings.HasSuffix(key, ":"+alias) || strings.HasSuffix(arn, "/"+key)
}

// mendEBSDefaults puts the key in place before it turns encryption on. A key that cannot be
// used is never made the default: it would break every launch.
func mendEBSDefaults(leaf v1alpha1.EBSDefaultEncryption, d inventory.EBSDefault) []action.Action {
	var all []action.Action
	key, keyErr := d.Key.Get()
	wanted, err := d.Aliased[leaf.KMSKeyAlias].Get()
	if leaf.KMSKeyAlias != "" && keyErr == nil && err == nil && wanted.State == "Enabled" && !names(key, leaf.KMSKeyAlias, wanted.ARN) {
		all = append(all, action.SetEBSDefaultKey{Region: action.On(d), Alias: leaf.KMSKeyAlias, From: key, To: wanted.ARN})
	}
	if !d.Encrypted {
		all = append(all, action.EncryptEBSByDefault{Region: action.On(d), Key: key})
	}
	return all
}

func ebsByHand(leaf v1alpha1.EBSDefaultEncryption, d inventory.EBSDefault) string {
	region := d.Reference().Region
	if wanted, err := d.Aliased[leaf.KMSKeyAlias].Get(); err == nil && wanted.ARN != "" {
		return fmt.Sprintf("make the key usable: aws kms enable-key --region %s --key-id %s (cancel its deletion first if it is pending)", region, wanted.ARN)
	}
	return fmt.Sprintf("make a key for EBS and name it: aws kms create-alias --region %s --alias-name %s --target-key-id KEY", region, leaf.KMSKeyAlias)
}
