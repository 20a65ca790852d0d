package controlplane

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const prefix = "control plane: "

// meter tells a person what a long step is doing: one line that is rewritten on a
// terminal, a line now and then elsewhere.
type meter struct {
	out      io.Writer
	terminal bool
	start    time.Time
	done     chan struct{}
	stopped  sync.WaitGroup

	mu    sync.Mutex
	state string
}

func startMeter(out io.Writer) *meter {
	m := &meter{out: out, terminal: isTerminal(out), start: time.Now(), done: make(chan struct{})}
	interval := 10 * time.Second
	if m.terminal {
		interval = 250 * time.Millisecond
	}
	m.stopped.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-m.done:
				return
			case <-tick.C:
				m.tell()
			}
		}
	})
	return m
}

// show sets what the next tick tells.
func (m *meter) show(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state = fmt.Sprintf(format, args...)
}

// say tells something at once, on a line that stays.
func (m *meter) say(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
	fmt.Fprintf(m.out, prefix+format+"\n", args...)
	m.state = "starting"
}

func (m *meter) tell() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
	fmt.Fprintf(m.out, "%s%s, %s", prefix, m.state, m.elapsed())
	if !m.terminal {
		fmt.Fprintln(m.out)
	}
}

func (m *meter) clear() {
	if m.terminal {
		fmt.Fprint(m.out, "\r\x1b[K")
	}
}

func (m *meter) elapsed() time.Duration {
	return time.Since(m.start).Round(time.Second)
}

func (m *meter) stop() {
	close(m.done)
	m.stopped.Wait()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clear()
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
