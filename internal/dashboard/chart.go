package dashboard

import (
	"fmt"
	"strings"

	"github.com/usherhq/usher/internal/identity"
)

// The size of a chart in its own units; the page gives it a width.
const (
	chartWidth  = 720
	chartHeight = 140
	// chartGap is between bars.
	chartGap = 2
)

// series is a kind of what a chart shows, with the colour that it has.
type series struct {
	Name, Kind string
	of         func(identity.ActivityBucket) int
}

// chart is bars over time, as the template "chart" draws it.
type chart struct {
	Title         string
	Width, Height int
	Bars          []bar
	// First and Last are the times of the outermost bars.
	First, Last string
	Legend      []legend
	// Highest is what the highest bar stands for.
	Highest int
	Rows    []chartRow
}

type bar struct {
	X, Y, Width, Height float64
	Kind, Tip           string
}

type legend struct {
	Name, Kind string
	Total      int
}

// chartRow is a bar in figures, for those who can't see it.
type chartRow struct {
	Time   string
	Counts []int
}

// newChart draws buckets as bars, the series of each on top of each other.
func newChart(title string, over span, buckets []identity.ActivityBucket, kinds ...series) chart {
	c := chart{Title: title, Width: chartWidth, Height: chartHeight}
	for _, kind := range kinds {
		total := 0
		for _, bucket := range buckets {
			total += kind.of(bucket)
		}
		c.Legend = append(c.Legend, legend{kind.Name, kind.Kind, total})
	}
	for _, bucket := range buckets {
		sum := 0
		for _, kind := range kinds {
			sum += kind.of(bucket)
		}
		c.Highest = max(c.Highest, sum)
	}
	if len(buckets) == 0 {
		return c
	}
	slot := float64(chartWidth) / float64(len(buckets))
	for i, bucket := range buckets {
		row := chartRow{Time: bucket.At.UTC().Format(over.layout)}
		top := float64(chartHeight)
		for _, kind := range kinds {
			count := kind.of(bucket)
			row.Counts = append(row.Counts, count)
			if count == 0 {
				continue
			}
			height := float64(count) / float64(c.Highest) * (chartHeight - 4)
			top -= height
			c.Bars = append(c.Bars, bar{float64(i)*slot + chartGap/2, top, slot - chartGap, height, kind.Kind, fmt.Sprintf("%s: %d %s", row.Time, count, strings.ToLower(kind.Name))})
		}
		if sumOf(row.Counts) > 0 {
			c.Rows = append(c.Rows, row)
		}
	}
	c.First, c.Last = buckets[0].At.UTC().Format(over.layout), buckets[len(buckets)-1].At.UTC().Format(over.layout)
	return c
}

func sumOf(counts []int) (sum int) {
	for _, count := range counts {
		sum += count
	}
	return sum
}

// Empty says that there is nothing to draw.
func (c chart) Empty() bool { return c.Highest == 0 }

// Summary says in words what the chart shows.
func (c chart) Summary() string {
	var parts []string
	for _, one := range c.Legend {
		parts = append(parts, fmt.Sprintf("%d %s", one.Total, strings.ToLower(one.Name)))
	}
	return c.Title + ": " + strings.Join(parts, ", ")
}
