// Package tail keeps the last of what a started process said: the reason why it ended.
package tail

import "sync"

// Tail is an io.Writer that holds on to the end of what was written to it.
type Tail struct {
	mu   sync.Mutex
	kept []byte
}

const size = 4096

// Write implements io.Writer.
func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(0, len(t.kept)-size):]
	return len(p), nil
}

func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.kept)
}
