package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// story prints what happens, for a person to follow.
type story struct {
	out    io.Writer
	colour bool
	began  time.Time
	steps  int
	step   string
}

func newStory(out *os.File) *story {
	return &story{out: out, colour: term.IsTerminal(int(out.Fd())) && os.Getenv("NO_COLOR") == "", began: time.Now()}
}

const (
	bold   = "1"
	dim    = "2"
	green  = "32"
	red    = "31"
	yellow = "33"
)

// paint colours text for a terminal; the words alone say it all.
func (s *story) paint(code, text string) string {
	if !s.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// begin starts a step.
func (s *story) begin(title string) {
	s.steps++
	s.step = title
	fmt.Fprintf(s.out, "\n%s %s\n", s.paint(bold, fmt.Sprintf("%d. %s", s.steps, title)), s.paint(dim, fmt.Sprintf("[%.0f s]", time.Since(s.began).Seconds())))
}

// say prints a line of the story, folded.
func (s *story) say(format string, args ...any) {
	fmt.Fprintln(s.out, "   "+fold(fmt.Sprintf(format, args...)))
}

// width is what a line of the story takes at most, but for what is to be copied.
const width = 96

// fold breaks a long line between words.
func fold(line string) string {
	var folded strings.Builder
	column := 0
	for i, word := range strings.Split(line, " ") {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			folded.WriteString("\n       ")
			column = 4
		default:
			folded.WriteString(" ")
			column++
		}
		folded.WriteString(word)
		column += len(word)
	}
	return folded.String()
}

// command prints what a person would have typed.
func (s *story) command(line string) { fmt.Fprintln(s.out, "   "+s.paint(dim, "$ "+line)) }

// verdict paints a line by how it went.
func (s *story) verdict(ok bool, line string) {
	if ok {
		s.say("%s", s.paint(green, line))
		return
	}
	s.say("%s", s.paint(red, line))
}

// table prints a table as kubectl prints what the API server answers.
func (s *story) table(table *metav1.Table) {
	w := tabwriter.NewWriter(s.out, 0, 4, 3, ' ', 0)
	var names []string
	var shown []int
	for i, column := range table.ColumnDefinitions {
		if column.Priority == 0 {
			names = append(names, strings.ToUpper(column.Name))
			shown = append(shown, i)
		}
	}
	fmt.Fprintln(w, "   "+strings.Join(names, "\t"))
	for _, row := range table.Rows {
		cells := make([]string, len(shown))
		for i, at := range shown {
			cells[i] = "<none>"
			if row.Cells[at] != nil {
				cells[i] = fmt.Sprint(row.Cells[at])
			}
		}
		fmt.Fprintln(w, "   "+strings.Join(cells, "\t"))
	}
	_ = w.Flush()
}

// rows prints lines of cells in columns.
func (s *story) rows(lines [][]string) {
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	for _, cells := range lines {
		fmt.Fprintln(w, "   "+strings.Join(cells, "\t"))
	}
	_ = w.Flush()
}
