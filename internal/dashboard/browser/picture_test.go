package browser_test

import (
	"bytes"
	"cmp"
	"errors"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/chromedp/chromedp"
)

// picture writes the page that is open into the folder that USHER_SCREENSHOTS names, if it names one.
func (c *console) picture(name string) {
	c.t.Helper()
	folder := os.Getenv("USHER_SCREENSHOTS")
	if folder == "" {
		return
	}
	taken, err := png.Decode(bytes.NewReader(run(c, chromedp.FullScreenshot(100))))
	if err != nil {
		c.t.Fatal(err)
	}
	var small bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := errors.Join(
		encoder.Encode(&small, withFewColours(taken)), os.MkdirAll(folder, 0o700),
		os.WriteFile(filepath.Join(folder, name+".png"), small.Bytes(), 0o600),
	); err != nil {
		c.t.Fatal(err)
	}
}

// withFewColours keeps the 256 colours that a picture has most of, which makes its file a third as large. A page
// has few but for the edges of letters.
func withFewColours(taken image.Image) image.Image {
	bounds := taken.Bounds()
	counts := map[color.Color]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[taken.At(x, y)]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(counts), func(a, b color.Color) int { return cmp.Compare(counts[b], counts[a]) })
	palette := color.Palette(frequent[:min(256, len(frequent))])
	nearest := map[color.Color]uint8{}
	for _, one := range frequent {
		nearest[one] = uint8(palette.Index(one))
	}
	drawn := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			drawn.SetColorIndex(x, y, nearest[taken.At(x, y)])
		}
	}
	return drawn
}
