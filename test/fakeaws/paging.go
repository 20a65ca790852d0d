package fakeaws

import (
	"fmt"
	"strconv"
)

// page cuts one page of a list: size items from the token's place on, and the next token, nil
// at the end. A token that is not ours is an error by the code. A list of nothing is empty, not
// nil: on the wire it is there.
func page[T any](items []T, token *string, size, maximum int, badToken string) ([]T, *string, error) {
	start := 0
	if token != nil && *token != "" {
		at, err := strconv.Atoi(*token)
		if err != nil || at < 0 || at > len(items) {
			return nil, nil, failure(badToken, "the token %q is not valid", *token)
		}
		start = at
	}
	if items == nil {
		items = []T{}
	}
	if size <= 0 || size > maximum {
		size = maximum
	}
	end := min(start+size, len(items))
	if end == len(items) {
		return items[start:end], nil, nil
	}
	next := fmt.Sprint(end)
	return items[start:end], &next, nil
}
