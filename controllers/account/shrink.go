package account

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// doubtFor is how soon an account is read again whose reading is not believed, in times of
// VerifyAfter.
const doubtFor = 30

// recall reads what the round before concluded, past the cache: a brake that compares with what
// is stale believes a reading that nothing confirmed.
func (v *visit) recall(ctx context.Context) error {
	p := &v1alpha1.AccountPosture{}
	err := v.Live.Get(ctx, client.ObjectKeyFromObject(v.account), p)
	if client.IgnoreNotFound(err) != nil {
		return fmt.Errorf("reading the posture: %w", err)
	}
	if !apierrors.IsNotFound(err) {
		v.recalled = p
	}
	return nil
}

// known is the status that the round before left.
func (v *visit) known() v1alpha1.AccountPostureStatus {
	if v.recalled == nil {
		return v1alpha1.AccountPostureStatus{}
	}
	return v.recalled.Status
}

// weigh holds everything back if the account is so much smaller than before that a second
// reading has to agree.
func (v *visit) weigh() {
	v.measure = posture.Weigh(v.known(), v.declared, v.found.Facts)
	if v.doubts() {
		v.found.Report = v.found.Report.Doubting(v.measure)
		v.found.Plan = v.found.Plan.Withheld()
	}
}

func (v *visit) doubts() bool { return len(v.measure.Shrank) > 0 }

// Bounds of what a status says of sizes, in bytes of its JSON.
const (
	maxSizeBytes   = 5 << 10
	maxShrankBytes = 1 << 10
)

// rememberSizes keeps in the status what the next round is compared with.
func rememberSizes(status *v1alpha1.AccountPostureStatus, m posture.Measure) {
	sizes, shrank := room(maxSizeBytes), room(maxShrankBytes)
	status.Collections = fitting(m.Sizes, v1alpha1.MaxCollections, &sizes)
	var sentences []string
	for _, sentence := range m.Shrank {
		sentences = append(sentences, inventory.Clean(sentence, 200))
	}
	status.Shrank = fitting(sentences, v1alpha1.MaxShrank, &shrank)
}
