package inventory

import (
	"fmt"
	"time"
)

// Keys are the KMS keys of a region, those that AWS manages among them.
var Keys = Collection[Key]{Name: "kms.keys", Scope: Regional, Type: Type{Name: "AWS::KMS::Key", ARN: "kms:{region}:{account}:key/{id}"}}

// What a key is asked for: its details always, how it rotates if it can.
var (
	KeyIs       = Asked(Keys, "Details", func(k *Key) *Observed[KeyDetails] { return &k.Details })
	KeyRotation = Asked(Keys, "Rotation", func(k *Key) *Observed[Rotation] { return &k.Rotation })
)

// Key is a KMS key.
type Key struct {
	Ref
	// Details are the key's own to give: its policy may shut out whoever reads the account.
	Details Observed[KeyDetails]
	// Rotation is read of keys that can rotate.
	Rotation Observed[Rotation]
}

// KeyDetails is what KMS tells about a key.
type KeyDetails struct {
	AWSManaged bool
	State      KeyState
	// Spec is SYMMETRIC_DEFAULT for the keys that rotate.
	Spec string
	// Imported: the key's material came from outside.
	Imported bool
	// CustomStore: the key lives in a CloudHSM cluster or outside AWS.
	CustomStore bool
	// Replica: the key follows a multi-Region primary key in another region.
	Replica bool
	// DeletionDate is when a key that is pending deletion will be gone.
	DeletionDate time.Time
	// DeletionWindowDays is how long after its last replica a primary key will be gone.
	DeletionWindowDays int32
}

// KeyState is what a key can be used for, in KMS's words.
type KeyState string

// Key states that something is concluded from.
const (
	KeyEnabled                KeyState = "Enabled"
	KeyDisabled               KeyState = "Disabled"
	KeyPendingDeletion        KeyState = "PendingDeletion"
	KeyPendingReplicaDeletion KeyState = "PendingReplicaDeletion"
)

// symmetricKey is the only kind of key that KMS rotates.
const symmetricKey = "SYMMETRIC_DEFAULT"

// RotationBar is why KMS would refuse to rotate the key, in one word and in a sentence; both are
// empty for a key that can rotate.
func (d KeyDetails) RotationBar() (reason, why string) {
	switch {
	case d.AWSManaged:
		return "AWSManaged", "AWS rotates the keys that it manages every year"
	case d.Replica:
		return "ReplicaKey", "a replica rotates with its primary key"
	case d.CustomStore:
		return "CustomKeyStore", "KMS cannot rotate keys outside its own key store"
	case d.Imported:
		return "ImportedMaterial", "KMS cannot rotate imported key material"
	case d.Spec != symmetricKey:
		return "NotSymmetric", "KMS cannot rotate " + d.Spec + " keys"
	case d.State != KeyEnabled:
		return "NotEnabled", "rotation rests while the key is " + string(d.State)
	}
	return "", ""
}

// UsualRotationDays is the period that KMS rotates a key in where none is said.
const UsualRotationDays = 365

// Rotation is how a key rotates. The period is 0 where it does not.
type Rotation struct {
	Enabled    bool  `json:"enabled"`
	PeriodDays int32 `json:"periodDays,omitempty"`
}

// Within says whether the key rotates at least that often.
func (r Rotation) Within(days int32) bool { return r.Enabled && r.PeriodDays <= days }

func (r Rotation) String() string {
	if !r.Enabled {
		return "off"
	}
	return fmt.Sprintf("every %d days", r.PeriodDays)
}
