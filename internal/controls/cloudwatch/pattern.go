package cloudwatch

import (
	"regexp"
	"strings"
)

// A filter pattern for JSON events is { condition }, a condition being clauses joined by && and
// ||. Patterns are compared by what they match: the same may be written in many ways.

// expression is a condition: a clause, or others joined.
type expression struct {
	clause clause
	// joined are the parts of && (all) or of || (any).
	joined []expression
	any    bool
}

// clause compares one field of an event: $.userIdentity.type = "Root".
type clause struct{ field, operator, value string }

// tokens of a pattern: brackets, joints, quoted and bare words, operators of comparison.
var tokens = regexp.MustCompile(`^\s*(\(|\)|&&|\|\||!=|<=|>=|=|<|>|"(?:[^"\\]|\\.)*"|[^\s()&|!=<>"]+)`)

// parsePattern returns the condition of a JSON pattern; not ok where it is none that we can read.
func parsePattern(text string) (condition expression, ok bool) {
	text = strings.TrimSpace(text)
	inner, opened := strings.CutPrefix(text, "{")
	inner, closed := strings.CutSuffix(inner, "}")
	if !opened || !closed {
		return expression{}, false
	}
	p := &parser{}
	for strings.TrimSpace(inner) != "" {
		found := tokens.FindString(inner)
		if found == "" {
			return expression{}, false
		}
		p.rest = append(p.rest, strings.TrimSpace(found))
		inner = inner[len(found):]
	}
	condition, ok = p.either(0)
	return condition, ok && len(p.rest) == 0
}

// parser reads from the front of what is left.
type parser struct{ rest []string }

func (p *parser) next() string {
	if len(p.rest) == 0 {
		return ""
	}
	token := p.rest[0]
	p.rest = p.rest[1:]
	return token
}

func (p *parser) peek() string {
	if len(p.rest) == 0 {
		return ""
	}
	return p.rest[0]
}

// deepest nesting that is followed; a pattern has 1024 characters at most.
const deepest = 64

func (p *parser) either(depth int) (expression, bool) {
	return p.join("||", func() (expression, bool) {
		return p.join("&&", func() (expression, bool) { return p.operand(depth) })
	})
}

func (p *parser) join(joint string, part func() (expression, bool)) (expression, bool) {
	first, ok := part()
	joined := []expression{first}
	for ok && p.peek() == joint {
		p.next()
		var one expression
		one, ok = part()
		joined = append(joined, one)
	}
	if len(joined) == 1 {
		return first, ok
	}
	return expression{joined: joined, any: joint == "||"}, ok
}

func (p *parser) operand(depth int) (expression, bool) {
	if depth > deepest {
		return expression{}, false
	}
	if p.peek() != "(" {
		return p.comparison()
	}
	p.next()
	inner, ok := p.either(depth + 1)
	return inner, ok && p.next() == ")"
}

func (p *parser) comparison() (expression, bool) {
	c := clause{field: p.next(), operator: p.next()}
	if !strings.HasPrefix(c.field, "$.") {
		return expression{}, false
	}
	switch strings.ToUpper(c.operator) {
	case "=", "!=", "<", ">", "<=", ">=":
		c.value = strings.Trim(p.next(), `"`)
	case "NOT", "IS":
		c.operator = strings.ToUpper(c.operator + " " + p.next())
	case "EXISTS":
	default:
		return expression{}, false
	}
	return expression{clause: c}, true
}

// finds says whether the condition is met by every event of a kind, and is about that kind: each
// clause that always holds for the kind is allowed, one that names the kind is needed, and any
// further one could leave events out.
func (e expression) finds(names clause, allowed []clause) bool {
	met, named := e.met(names, allowed)
	return met && named
}

func (e expression) met(names clause, allowed []clause) (met, named bool) {
	if len(e.joined) == 0 {
		named = e.clause == names
		met = named
		for _, one := range allowed {
			met = met || e.clause == one
		}
		return met, named
	}
	met = !e.any
	for _, part := range e.joined {
		partMet, partNamed := part.met(names, allowed)
		switch {
		case !e.any:
			met, named = met && partMet, named || partNamed
		case partMet && partNamed:
			return true, true
		default:
			met = met || partMet
		}
	}
	return met, named
}
