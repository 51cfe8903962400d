package conformance

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const tableHeader = `<!-- Written by scripts/conformance.sh table. Do not edit. -->

# Conformance of the SDKs

What every SDK does with a session is written down in [spec/session.md](../spec/session.md), and proved by
[conformance/](../conformance/README.md): each requirement below has a scenario that drives the SDK against the real server, behind a
proxy that spoils answers.

✓ proved · – the SDK's platform has no way to show it (the capability stands behind the id) · ✗ known to fail

`

// settleTable holds docs/conformance.md against what came out, or writes it. Columns of SDKs that were
// not driven now stay as they are.
func (w *world) settleTable(write bool) error {
	path := filepath.Join(w.root, "docs", "conformance.md")
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	columns, err := w.columns(parseTable(string(before)))
	if err != nil {
		return err
	}
	now := w.render(columns)
	switch {
	case now == string(before):
		return nil
	case write:
		return os.WriteFile(path, []byte(now), 0o644) //nolint:gosec // G306: a document for everybody
	}
	return errors.New("docs/conformance.md is not what came out: run scripts/conformance.sh table, and look at the difference")
}

// column is an SDK's results.
type column struct {
	name  string
	cells map[string]string
}

// columns gives those of this run, and the old ones of SDKs that were not in it.
func (w *world) columns(before map[string]map[string]string) ([]column, error) {
	all, err := registered(w.root)
	if err != nil {
		return nil, err
	}
	var columns []column
	for _, sdk := range all {
		cells, driven := w.outcomes[sdk.Name]
		if !driven {
			cells = before[sdk.Name]
		}
		if cells != nil {
			columns = append(columns, column{sdk.Name, cells})
		}
	}
	return columns, nil
}

func (w *world) render(columns []column) string {
	var text strings.Builder
	text.WriteString(tableHeader + "| requirement |")
	for _, column := range columns {
		fmt.Fprintf(&text, " %s |", column.name)
	}
	text.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, requirement := range w.order {
		text.WriteString("| " + requirement.ID)
		if requirement.Needs != "" {
			fmt.Fprintf(&text, " (%s)", requirement.Needs)
		}
		text.WriteString(" |")
		for _, column := range columns {
			fmt.Fprintf(&text, " %s |", column.cells[requirement.ID])
		}
		text.WriteString("\n")
	}
	return text.String()
}

// parseTable reads what render wrote: SDK to requirement to cell.
func parseTable(text string) map[string]map[string]string {
	columns := make(map[string]map[string]string)
	var names []string
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(line, "|\n "), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case !strings.HasPrefix(line, "| "):
		case cells[0] == "requirement":
			names = cells[1:]
			for _, name := range names {
				columns[name] = make(map[string]string)
			}
		default:
			id, _, _ := strings.Cut(cells[0], " ")
			for i, name := range names {
				if i+1 < len(cells) {
					columns[name][id] = cells[i+1]
				}
			}
		}
	}
	return columns
}
