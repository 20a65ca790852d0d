package app

import (
	"net/http/httptest"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/cache/informertest"
)

// A manager that cannot list what it watches is not ready, and says what to look at.
func TestReadyOnceTheCachesAreFilled(t *testing.T) {
	for _, synced := range []bool{true, false} {
		err := filled(&informertest.FakeInformers{Synced: &synced})(httptest.NewRequest("GET", "/readyz", nil))
		if (err == nil) != synced {
			t.Errorf("caches filled: %t, ready: %v", synced, err)
		}
	}
}
