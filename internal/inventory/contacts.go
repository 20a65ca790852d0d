package inventory

import "strings"

// SecurityContacts hold the account's alternate contact for security: always one entry.
var SecurityContacts = Collection[SecurityContact]{Name: "account.securityContact", Scope: Global, Type: Account}

// SecurityContact is the account, by whom AWS calls about its security.
type SecurityContact struct {
	Ref
	// Contact is empty where none is registered.
	Contact Observed[Contact]
}

// RegisteredContact is the contact for security.
var RegisteredContact = Asked(SecurityContacts, "SecurityContact", func(a *SecurityContact) *Observed[Contact] { return &a.Contact })

// Contact is a person or team that AWS can reach.
type Contact struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// Differs names the fields in which the contact is not the other.
func (c Contact) Differs(other Contact) string {
	var fields []string
	for _, field := range []struct{ name, a, b string }{
		{"name", c.Name, other.Name},
		{"title", c.Title, other.Title},
		{"email", c.Email, other.Email},
		{"phone", c.Phone, other.Phone},
	} {
		if field.a != field.b {
			fields = append(fields, field.name)
		}
	}
	return strings.Join(fields, ", ")
}

func (c Contact) String() string {
	if c == (Contact{}) {
		return "none"
	}
	return strings.Join([]string{c.Name, c.Title, c.Email, c.Phone}, ", ")
}
