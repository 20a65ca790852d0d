package iampolicy

import (
	"errors"
	"fmt"
)

// ErrAltered is the error of a statement that bears our Sid and says something else.
var ErrAltered = errors.New("the statement is not as it was written")

// Without returns the document without the statement, and whether it was there; "" where no
// other statement is left. Every other byte stays. One of its Sid that says something else is
// not ours any more, and stays with an error.
func Without(text string, statement Statement) (rest string, was bool, err error) {
	if text == "" {
		return "", false, nil
	}
	ours, err := statement.Text()
	if err != nil {
		return "", false, err
	}
	d, err := parse(text)
	if err != nil {
		return "", false, err
	}
	have, err := d.named(statement.Sid)
	switch {
	case err != nil:
		return "", false, err
	case have == nil:
		return text, false, nil
	case !sameStatement(have.raw, []byte(ours)):
		return "", false, fmt.Errorf("%w: %s", ErrAltered, statement.Sid)
	case len(d.statements) == 1:
		return "", true, nil
	}
	return d.drop(have), true, nil
}

// drop takes a statement of several out, with the comma that parted it from its neighbour.
func (d *document) drop(statement *part) string {
	for i := range d.statements {
		switch {
		case &d.statements[i] != statement:
		case i == 0:
			return d.splice(statement.start, d.statements[1].start, "")
		default:
			return d.splice(d.statements[i-1].end, statement.end, "")
		}
	}
	return d.text
}
