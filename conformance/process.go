package conformance

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	protocol       = 1
	lineLimit      = 16 << 20
	startTimeLimit = 30 * time.Second
)

// process is a running driver.
type process struct {
	command      *exec.Cmd
	stdin        io.WriteCloser
	complaints   *complaints
	capabilities []string
	ended        chan struct{}

	mu      sync.Mutex
	encoder *json.Encoder
	last    int
	waiting map[int]chan Answer
	events  map[string]func(Event) // by client
}

// Answer is what a command came to.
type Answer struct {
	Result json.RawMessage `json:"result"`
	Error  *Failure        `json:"error"`
	// Took is the time until it came.
	Took time.Duration `json:"-"`
}

// Failure is an SDK's error.
type Failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Event is something that happened at a client.
type Event struct {
	Event    string          `json:"event"`
	Client   string          `json:"client"`
	Listener string          `json:"listener"`
	Value    json.RawMessage `json:"value"`
}

func startProcess(sdk *SDK) (*process, error) {
	command := exec.Command(sdk.Command[0], sdk.Command[1:]...) //nolint:gosec,noctx // drivers.json is ours; kill ends it
	command.Dir = sdk.root
	p := &process{
		command: command, complaints: new(complaints), ended: make(chan struct{}),
		waiting: make(map[int]chan Answer), events: make(map[string]func(Event)),
	}
	command.Stderr = p.complaints
	var err error
	if p.stdin, err = command.StdinPipe(); err != nil {
		return nil, err
	}
	p.encoder = json.NewEncoder(p.stdin)
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	introduced := make(chan error, 1)
	go p.read(stdout, introduced)
	late := time.NewTimer(startTimeLimit)
	defer late.Stop()
	select {
	case err = <-introduced:
	case <-late.C:
		err = errors.New("it does not introduce itself")
	}
	if err != nil {
		p.kill()
		return nil, fmt.Errorf("%w\n%s", err, p.complaints)
	}
	return p, nil
}

// read takes the driver's lines until it ends.
func (p *process) read(stdout io.Reader, introduced chan<- error) {
	defer p.gone()
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, lineLimit)
	var introduction struct {
		Protocol     int      `json:"protocol"`
		Capabilities []string `json:"capabilities"`
	}
	if !lines.Scan() {
		introduced <- errors.New("it ended without introducing itself")
		return
	}
	if err := json.Unmarshal(lines.Bytes(), &introduction); err != nil || introduction.Protocol != protocol {
		introduced <- fmt.Errorf("its first line is no introduction of protocol %d: %s", protocol, lines.Text())
		return
	}
	p.capabilities = introduction.Capabilities
	introduced <- nil
	for lines.Scan() {
		var message struct {
			ID *int `json:"id"`
			Answer
			Event
		}
		if err := json.Unmarshal(lines.Bytes(), &message); err != nil {
			p.complaints.add("not a message: " + lines.Text() + "\n")
			continue
		}
		p.deliver(message.ID, message.Answer, message.Event)
	}
}

func (p *process) deliver(id *int, answer Answer, event Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if id != nil {
		if waiting := p.waiting[*id]; waiting != nil {
			waiting <- answer
			delete(p.waiting, *id)
		}
		return
	}
	if hear := p.events[event.Client]; hear != nil {
		hear(event)
	}
}

// send begins a command; the channel gives its answer, or is closed when the driver ends first.
func (p *process) send(client, command string, params any) (<-chan Answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	answer := make(chan Answer, 1)
	select {
	case <-p.ended:
		close(answer)
		return answer, nil
	default:
	}
	p.last++
	p.waiting[p.last] = answer
	message := map[string]any{"id": p.last, "client": client, "command": command}
	if params != nil {
		message["params"] = params
	}
	return answer, p.encoder.Encode(message)
}

func (p *process) listen(client string, hear func(Event)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events[client] = hear
}

func (p *process) gone() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.ended)
	for id, waiting := range p.waiting {
		close(waiting)
		delete(p.waiting, id)
	}
}

// kill ends the driver as a crash would, and returns when it is gone.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
	_ = p.command.Wait()
}

// complaints is what the driver wrote to its standard error.
type complaints struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write never fails.
func (c *complaints) Write(text []byte) (int, error) {
	c.add(string(text))
	return len(text), nil
}

func (c *complaints) add(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text.WriteString(text)
}

// String gives everything so far.
func (c *complaints) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}
