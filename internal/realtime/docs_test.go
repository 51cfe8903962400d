package realtime_test

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/usherhq/usher/internal/realtime"
)

func TestTheDocumentedCloseCodesAreTheOnesThereAre(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/realtime.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\d{4}) \| ([^|]+) \|`).FindAllStringSubmatch(string(text), -1) {
		documented[row[1]] = row[2]
	}
	for code, reason := range realtime.EveryCloseCode {
		if got := documented[strconv.Itoa(int(code))]; got != reason {
			t.Errorf("%d is documented as %q, and its reason is %q", uint16(code), got, reason)
		}
	}
	if len(documented) != len(realtime.EveryCloseCode) {
		t.Errorf("%d codes are documented, and there are %d", len(documented), len(realtime.EveryCloseCode))
	}
}
