package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/userfile"
)

// Client works at the desk of the server behind a control socket. Its methods are those of [Desk].
type Client struct{ http *http.Client }

// requestTimeLimit is a little more than a server takes for anything but users in and out.
const requestTimeLimit = 15 * time.Second

// NewClient makes a client for a socket. It connects when there is something to do.
func NewClient(socket string) *Client {
	// Without a limit of time: an import takes as long as its file is.
	return &Client{&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		},
	}}}
}

// Close ends the connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// ImportUsers is [Desk.ImportUsers]. The report is empty when the server did not live to tell.
func (c *Client) ImportUsers(ctx context.Context, in io.Reader, options ImportOptions) (userfile.Report, error) {
	query := url.Values{"app": {options.AppID}, "mostProblems": {strconv.Itoa(options.MostProblems)}}
	if options.SkipExisting {
		query.Set("skipExisting", "")
	}
	if options.CreateRoles {
		query.Set("createRoles", "")
	}
	var answer imported
	if err := c.do(ctx, http.MethodPost, usersPath, query, in, &answer); err != nil {
		return userfile.Report{}, err
	}
	if answer.Failure != "" {
		return answer.Report, errors.New(answer.Failure)
	}
	return answer.Report, nil
}

// ExportUsers is [Desk.ExportUsers].
func (c *Client) ExportUsers(ctx context.Context, appID string, out io.Writer, progress func(users, all int)) (users int, err error) {
	response, err := c.ask(ctx, http.MethodGet, usersPath, url.Values{"app": {appID}}, nil)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	all, err := strconv.Atoi(response.Header.Get(totalHeader))
	if err != nil {
		return 0, fmt.Errorf("the server does not say how many users it has: %w", err)
	}
	progress(0, all)
	counted := &lineCounter{out: out, found: func(lines int) {
		users = lines
		progress(users, all)
	}}
	if _, err := io.Copy(counted, response.Body); err != nil {
		return users, fmt.Errorf("the export broke off: %w", err)
	}
	return users, nil
}

// lineCounter counts the lines that go through it.
type lineCounter struct {
	out   io.Writer
	lines int
	found func(lines int)
}

func (c *lineCounter) Write(text []byte) (int, error) {
	written, err := c.out.Write(text)
	c.lines += bytes.Count(text[:written], []byte("\n"))
	c.found(c.lines)
	return written, err
}

// ListOperators is [Desk.ListOperators].
func (c *Client) ListOperators(ctx context.Context) (operators []identity.Operator, err error) {
	err = c.do(ctx, http.MethodGet, operatorsPath, nil, nil, &operators)
	return operators, err
}

// InviteOperator is [Desk.InviteOperator].
func (c *Client) InviteOperator(ctx context.Context, name string, role identity.OperatorRole) (identity.Invitation, error) {
	var answer invited
	err := c.do(ctx, http.MethodPost, operatorsPath, url.Values{"name": {name}, "role": {string(role)}}, nil, &answer)
	return answer.invitation(), err
}

// ResetOperator is [Desk.ResetOperator].
func (c *Client) ResetOperator(ctx context.Context, name string) (identity.Invitation, error) {
	var answer invited
	err := c.do(ctx, http.MethodPost, operatorsPath+"/reset", url.Values{"name": {name}}, nil, &answer)
	return answer.invitation(), err
}

// RemoveOperator is [Desk.RemoveOperator].
func (c *Client) RemoveOperator(ctx context.Context, name string) error {
	return c.do(ctx, http.MethodDelete, operatorsPath, url.Values{"name": {name}}, nil, &struct{}{})
}

// do sends a request and reads its answer. One that brings a file takes as long as the file is.
func (c *Client) do(ctx context.Context, method, path string, query url.Values, body io.Reader, answer any) error {
	if body == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, requestTimeLimit)
		defer cancel()
	}
	response, err := c.ask(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(answer); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}

// ask gives what the server answers when it does what it is asked.
func (c *Client) ask(ctx context.Context, method, path string, query url.Values, body io.Reader) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://usher"+path+"?"+query.Encode(), body)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return nil, fmt.Errorf("the server at the control socket could not be asked: %w", failed.Err)
	}
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusOK {
		return response, nil
	}
	defer response.Body.Close()
	var refused failure
	if err := json.NewDecoder(response.Body).Decode(&refused); err != nil || refused.Failure == "" {
		return nil, fmt.Errorf("the running server does not know this command (HTTP status %d): is it of another version?", response.StatusCode)
	}
	return nil, errors.New(refused.Failure)
}
