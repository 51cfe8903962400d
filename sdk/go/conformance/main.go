// Command conformance is the Go SDK's driver for the conformance harness: it does with the SDK what
// it is told on its standard input, and writes what comes of it to its standard output. The protocol
// is described in conformance/README.md.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log"
	"os"
	"sync"
)

// lineLimit is far above any command, in bytes.
const lineLimit = 16 << 20

func main() {
	log.SetFlags(0)
	if err := drive(os.Stdin, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// drive answers commands until there are no more.
func drive(commands io.Reader, answers io.Writer) error {
	out := &writer{encoder: json.NewEncoder(answers)}
	out.write(introduction{Driver: "go", Protocol: 1, Capabilities: []string{"storage", "tabs", "hosts", "redirect", "chat", "realtime"}})
	driver := &driver{out: out, clients: make(map[string]*client)}
	lines := bufio.NewScanner(commands)
	lines.Buffer(nil, lineLimit)
	for lines.Scan() {
		var received command
		if err := json.Unmarshal(lines.Bytes(), &received); err != nil {
			return err
		}
		answer := func() {
			result, err := driver.run(context.Background(), received)
			out.write(reply{ID: received.ID, outcome: outcomeOf(result, err)})
		}
		if received.takesTime() {
			go answer()
		} else {
			answer()
		}
	}
	return lines.Err()
}

type introduction struct {
	Driver       string   `json:"driver"`
	Protocol     int      `json:"protocol"`
	Capabilities []string `json:"capabilities"`
}

// writer writes one line at a time.
type writer struct {
	mu      sync.Mutex
	encoder *json.Encoder
}

func (w *writer) write(message any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.encoder.Encode(message); err != nil {
		log.Fatal(err)
	}
}
