package userfile_test

import (
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/userfile"
)

// A file of users as large as they can be must not be held whole, and neither may a batch of it.
func TestABatchIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	line := `{"uid":"a","name":"A","statusMessage":"` + strings.Repeat(`\u00e9`, 3000) + `"}` + "\n"
	lines := userfile.NewReader(strings.NewReader(strings.Repeat(line, userfile.LargestBatch)))
	batch, err := lines.Batch()
	if err != nil || len(batch) >= userfile.LargestBatch || lines.BytesRead() > 4<<20+int64(len(line)) {
		t.Errorf("a batch of %d lines, %d bytes: %v", len(batch), lines.BytesRead(), err)
	}
}
