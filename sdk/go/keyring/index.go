package keyring

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// index is what stands under an entry's name: a value, or where its parts are. The first word of its
// text is the version of the form.
type index struct {
	// text is the value, in base64, unless there is a slot.
	text string
	slot string
	// parts is how many there are, and sum the hash of all of them.
	parts int
	sum   string
}

const (
	wholeForm = "1"
	partsForm = "2"
)

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// String is the text in the keyring.
func (i index) String() string {
	if i.slot == "" {
		return wholeForm + " " + i.text
	}
	return fmt.Sprintf("%s %s %d %s", partsForm, i.slot, i.parts, i.sum)
}

func parseIndex(text string) (index, error) {
	form, rest, _ := strings.Cut(text, " ")
	switch form {
	case wholeForm:
		return index{text: rest}, nil
	case partsForm:
		var i index
		if _, err := fmt.Sscanf(rest, "%1s %d %64s", &i.slot, &i.parts, &i.sum); err == nil && i.parts > 0 {
			return i, nil
		}
	}
	return index{}, errBadIndex
}
