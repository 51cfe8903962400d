package dashboard

import (
	"errors"
	"net/url"
	"slices"

	"github.com/usherhq/usher/internal/fault"
)

// form is what somebody filled in, and what is wrong with it.
type form struct {
	values   url.Values
	problems map[string][]string
}

// form is the one that came with the request.
func (c *call) form() *form { return &form{values: c.PostForm, problems: map[string][]string{}} }

// asked is the form of a page that is looked for by its query.
func (c *call) asked() *form { return &form{values: c.URL.Query(), problems: map[string][]string{}} }

// blank is a form that nobody has filled in yet, with what it starts with.
func blank(values map[string]string) *form {
	f := &form{values: url.Values{}, problems: map[string][]string{}}
	for name, value := range values {
		f.values.Set(name, value)
	}
	return f
}

// Value is what stands in a field.
func (f *form) Value(name string) string { return f.values.Get(name) }

// Has says whether a value is among those of a field that takes several.
func (f *form) Has(name, value string) bool { return slices.Contains(f.values[name], value) }

// Problems is what is wrong with a field.
func (f *form) Problems(name string) []string { return f.problems[name] }

// Sound says whether nothing was found wrong.
func (f *form) Sound() bool { return len(f.problems) == 0 }

// reject notes what is wrong with a field.
func (f *form) reject(name, text string) {
	if !slices.Contains(f.problems[name], text) {
		f.problems[name] = append(f.problems[name], text)
	}
}

// takes notes what a use case found wrong with the form, and says whether that is all that went wrong: then
// the form is shown again, and otherwise the error goes on.
func (f *form) takes(err error) bool {
	failure, ok := errors.AsType[*fault.Error](err)
	if !ok || failure.Code != fault.CodeBadRequest || len(failure.Details) == 0 {
		return false
	}
	for name, reasons := range failure.Details {
		for _, reason := range reasons {
			f.reject(name, reason)
		}
	}
	return true
}

// Field is a field of a form as the template "field" draws it. Make one with the template function field and
// the methods below, which each give a changed copy.
type Field struct {
	Form                                                   *form
	Name, Label, Type, HintText, Autocomplete, Placeholder string
	Optional                                               bool
	Options                                                []Option
	// Unfolded says that all options are seen at once.
	Unfolded bool
	// Rows is how many lines are seen of a text of several; 0 for one that has just one.
	Rows int
	// Prefix tells fields of one name apart on a page.
	Prefix string
}

// Option is one of a choice.
type Option struct{ Value, Label, Hint string }

func newField(f *form, name, label string) Field {
	return Field{Form: f, Name: name, Label: label, Type: "text"}
}

// Of makes it another type of input: password, search, number and the like.
func (f Field) Of(kind string) Field { f.Type = kind; return f }

// Hint explains the field.
func (f Field) Hint(text string) Field { f.HintText = text; return f }

// Completed says what a browser may fill in; see the attribute autocomplete.
func (f Field) Completed(by string) Field { f.Autocomplete = by; return f }

// NotNeeded lets it be left empty.
func (f Field) NotNeeded() Field { f.Optional = true; return f }

// From makes it a choice, with all options in sight.
func (f Field) From(options []Option) Field { f.Options, f.Unfolded = options, true; return f }

// Among makes it a choice that is opened, for options that explain themselves.
func (f Field) Among(options []Option) Field { f.Options = options; return f }

// Lines makes it a text of several lines.
func (f Field) Lines(rows int) Field { f.Rows = rows; return f }

// In tells it apart from fields of the same name on a page.
func (f Field) In(prefix string) Field { f.Prefix = prefix; return f }

// ID is the id of the input.
func (f Field) ID() string { return f.Prefix + "field-" + f.Name }

// Value is what stands in it; never a password.
func (f Field) Value() string {
	if f.Type == "password" {
		return ""
	}
	return f.Form.Value(f.Name)
}

// Problems is what is wrong with it.
func (f Field) Problems() []string { return f.Form.Problems(f.Name) }

// Describes is the ids of what tells more of the field.
func (f Field) Describes() string {
	switch {
	case len(f.Problems()) > 0 && f.HintText != "":
		return f.ID() + "-problems " + f.ID() + "-hint"
	case len(f.Problems()) > 0:
		return f.ID() + "-problems"
	case f.HintText != "":
		return f.ID() + "-hint"
	}
	return ""
}
