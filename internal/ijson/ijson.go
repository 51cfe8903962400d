// Package ijson tells JSON that says one thing to everybody who reads it (I-JSON, RFC 7493) from JSON
// that a checking proxy, this server and an SDK could each read in their own way.
package ijson

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may be nested. RFC 8259 lets every reader set a limit, and
// those of some clients' libraries are at a few hundred: what is stored deeper would break the lists
// that it is part of.
const MaxDepth = 100

// What Check finds wrong. The errors never repeat the text: it may hold a credential.
var (
	ErrNotJSON  = errors.New("it is not one JSON value")
	ErrNotText  = errors.New("it holds bytes that are not UTF-8, or half of a surrogate pair")
	ErrTooDeep  = errors.New("it is nested deeper than 100 levels")
	ErrRepeated = errors.New("it names a field twice")
)

// Check says what keeps a text from meaning the same to every reader, or gives nil.
func Check(text []byte) error { return check(text, false) }

// CheckFields is Check for an object that encoding/json decodes into a struct. That takes names in any
// letter case, so two that differ in nothing else are one name.
func CheckFields(text []byte) error { return check(text, true) }

// level is an array or an object that the walk is in; names is nil in an array.
type level struct {
	names map[string]struct{}
	// inName says that the next string of an object is a name.
	inName bool
}

func check(text []byte, folding bool) error {
	if !utf8.Valid(text) {
		return ErrNotText
	}
	if deeper(text) {
		return ErrTooDeep
	}
	if !json.Valid(text) {
		return ErrNotJSON
	}
	var levels []level
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{':
			levels = append(levels, level{names: map[string]struct{}{}, inName: true})
		case '[':
			levels = append(levels, level{})
		case '}', ']':
			levels = levels[:len(levels)-1]
		case ',':
			top := &levels[len(levels)-1]
			top.inName = top.names != nil
		case '"':
			end := stringEnd(text, i)
			value := text[i:end]
			i = end - 1
			if halfSurrogate(value) {
				return ErrNotText
			}
			if len(levels) == 0 || !levels[len(levels)-1].inName {
				continue
			}
			top := &levels[len(levels)-1]
			top.inName = false
			name := unquoted(value)
			if folding && len(levels) == 1 {
				// Both, because each of the two folds letters that the other leaves alone.
				name = strings.ToLower(strings.ToUpper(name))
			}
			if _, known := top.names[name]; known {
				return ErrRepeated
			}
			top.names[name] = struct{}{}
		}
	}
	return nil
}

// deeper says whether a text, of which nothing is known yet, is nested too deep.
func deeper(text []byte) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			if depth++; depth > MaxDepth {
				return true
			}
		case '}', ']':
			depth--
		case '"':
			i = stringEnd(text, i) - 1
		}
	}
	return false
}

// stringEnd is the place behind the string that starts at a place, or behind the text where it does not end.
func stringEnd(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// unquoted is what a string that is valid JSON stands for.
func unquoted(value []byte) string {
	var text string
	// It can't fail: the whole text is valid.
	_ = json.Unmarshal(value, &text)
	return text
}

// halfSurrogate finds an escape that stands for half a character.
func halfSurrogate(value []byte) bool {
	for i := 0; i+1 < len(value); i++ {
		if value[i] != '\\' {
			continue
		}
		i++
		if value[i] != 'u' {
			continue
		}
		switch unit := hexUnit(value[i+1 : i+5]); {
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		case unit >= 0xD800 && unit <= 0xDBFF:
			rest := value[i+5:]
			if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
				return true
			}
			if low := hexUnit(rest[2:6]); low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 6
		}
		i += 4
	}
	return false
}

// hexUnit reads four digits that are known to be hexadecimal.
func hexUnit(digits []byte) (unit int) {
	for _, digit := range digits {
		unit <<= 4
		switch {
		case digit <= '9':
			unit |= int(digit - '0')
		default:
			unit |= int(digit|0x20-'a') + 10
		}
	}
	return unit
}
