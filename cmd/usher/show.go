package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// field is something that is known of a record, as a person reads it; "" is not shown.
type field[T any] struct {
	title string
	value func(T) string
	// detail keeps it out of lists, which have room for less.
	detail bool
}

// perform sends a request, and prints the data of its answer, or lets forPerson do it.
func perform[T any](ctx context.Context, at *place, ask request, forPerson func(T) error) error {
	return at.with(ctx, func(c *client) error {
		got, err := c.do(ctx, ask)
		if err != nil {
			return err
		}
		if at.JSON {
			return printJSON(got.data)
		}
		var data T
		if err := json.Unmarshal(got.data, &data); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		return forPerson(data)
	})
}

// show asks for one record and prints it.
func show[T any](ctx context.Context, at *place, ask request, fields []field[T]) error {
	return perform(ctx, at, ask, func(record T) error { return printRecord(os.Stdout, record, fields) })
}

// tell asks for something to be done, and prints the sentence with which the API says that it is.
func tell(ctx context.Context, at *place, ask request) error {
	return perform(ctx, at, ask, func(done struct{ Message string }) error { return printLine(done.Message) })
}

// listFlags say how much of a list is wanted.
type listFlags struct {
	Limit int `default:"100" placeholder:"COUNT" help:"How many to show at most; 0 for all. Default: ${default}."`
}

// Validate refuses what is no number of things.
func (f *listFlags) Validate() error {
	if f.Limit < 0 {
		return usageError("--limit must not be negative; 0 shows all")
	}
	return nil
}

// largestPage is the most that the API gives at once.
const largestPage = 1000

// list asks for a list, page after page, and prints it.
func list[T any](ctx context.Context, at *place, ask request, limit int, fields []field[T]) error {
	return at.with(ctx, func(c *client) error {
		records, total, err := c.all(ctx, ask, limit)
		if err != nil {
			return err
		}
		if len(records) < total {
			fmt.Fprintf(os.Stderr, "Showing %d of %d; --limit 0 shows all.\n", len(records), total)
		}
		if at.JSON {
			return printJSON(joined(records))
		}
		return printTable(os.Stdout, records, fields)
	})
}

// all reads pages until there are limit records, or all of them, and says how many there are.
func (c *client) all(ctx context.Context, ask request, limit int) (records []json.RawMessage, total int, err error) {
	size := largestPage
	if limit > 0 {
		size = min(limit, largestPage)
	}
	if ask.query == nil {
		ask.query = url.Values{}
	}
	ask.query.Set("perPage", strconv.Itoa(size))
	for page := 1; ; page++ {
		ask.query.Set("page", strconv.Itoa(page))
		got, err := c.do(ctx, ask)
		if err != nil {
			return nil, 0, err
		}
		var more []json.RawMessage
		if err := json.Unmarshal(got.data, &more); err != nil {
			return nil, 0, fmt.Errorf("read the list: %w", err)
		}
		records = append(records, more...)
		if limit > 0 && len(records) >= limit {
			return records[:limit], got.meta.Pagination.Total, nil
		}
		if page >= got.meta.Pagination.TotalPages {
			return records, len(records), nil
		}
	}
}

// joined makes one array of records, each exactly as it came.
func joined(records []json.RawMessage) json.RawMessage {
	var text bytes.Buffer
	text.WriteByte('[')
	for i, record := range records {
		if i > 0 {
			text.WriteByte(',')
		}
		text.Write(record)
	}
	text.WriteByte(']')
	return text.Bytes()
}

func printJSON(data json.RawMessage) error {
	_, err := fmt.Fprintf(os.Stdout, "%s\n", data)
	return err
}

// widestCell is how many characters of a text a list shows.
const widestCell = 32

// printTable prints one line for each record.
func printTable[T any](out io.Writer, records []json.RawMessage, fields []field[T]) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	var titles []string
	for _, column := range fields {
		if !column.detail {
			titles = append(titles, strings.ToUpper(column.title))
		}
	}
	fmt.Fprintln(table, strings.Join(titles, "\t"))
	for _, text := range records {
		var record T
		if err := json.Unmarshal(text, &record); err != nil {
			return fmt.Errorf("read the list: %w", err)
		}
		var cells []string
		for _, column := range fields {
			if column.detail {
				continue
			}
			cells = append(cells, cell(column.value(record)))
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}

// cell is a text in a list; a dash stands for none.
func cell(text string) string {
	if text == "" {
		return "-"
	}
	return printable(strings.NewReplacer("\n", " ", "\t", " ").Replace(text))
}

// shortened is the beginning of a text that may be long.
func shortened(text string) string {
	if letters := []rune(text); len(letters) > widestCell {
		return string(letters[:widestCell-1]) + "…"
	}
	return text
}

// printRecord prints one line for each thing that is known of a record.
func printRecord[T any](out io.Writer, record T, fields []field[T]) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, line := range fields {
		title := line.title
		for text := range strings.Lines(line.value(record)) {
			fmt.Fprintf(table, "%s\t%s\n", title, cell(strings.TrimRight(text, "\n")))
			title = ""
		}
	}
	return table.Flush()
}

// printable takes out what a terminal would obey instead of showing it: names are written by anybody.
func printable(text string) string {
	return strings.Map(func(letter rune) rune {
		if letter == '\n' || unicode.IsPrint(letter) {
			return letter
		}
		return '�'
	}, text)
}

// when shows Unix seconds; 0 is never.
func when(seconds int64) string {
	if seconds == 0 {
		return ""
	}
	return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// veiled shows of a secret what tells it from others, unless it is to be shown.
func veiled(secret string, shown bool) string {
	const enough = 6
	if shown || len(secret) <= 2*enough {
		return secret
	}
	return secret[:enough] + "…"
}

// printLine prints a sentence, or lines.
func printLine(text string) error {
	_, err := fmt.Fprintln(os.Stdout, printable(text))
	return err
}
