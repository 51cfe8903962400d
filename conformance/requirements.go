package conformance

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"regexp"
)

// Requirement is one observable behaviour of spec/session.md.
type Requirement struct {
	// ID is what scenarios cite, such as LOGIN-KEY-3.
	ID string
	// Needs is the capability without which an SDK cannot show the behaviour, or "".
	Needs string
}

var requirementLine = regexp.MustCompile(`^- \*\*([A-Z]+(?:-[A-Z]+)*-\d+)\*\*(?: \*\(([a-z]+)\)\*)? `)

// Requirements reads spec/session.md; the order is that of the document.
func Requirements(root string) ([]Requirement, error) {
	file, err := os.Open(filepath.Join(root, "spec", "session.md"))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var found []Requirement
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if parts := requirementLine.FindStringSubmatch(lines.Text()); parts != nil {
			found = append(found, Requirement{ID: parts[1], Needs: parts[2]})
		}
	}
	if lines.Err() == nil && len(found) == 0 {
		return nil, errors.New("spec/session.md holds no requirement")
	}
	return found, lines.Err()
}
