package browser_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

func TestTheOverviewShowsANewUserByItself(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	users := func(count string) string {
		return `document.querySelector(".tile dd").textContent === "` + count + `"`
	}
	c.wait("the sample users", users("5"))
	if status := c.call(http.MethodPost, "/v3/users", restKey, `{"uid":"mina","name":"Mina"}`); status != http.StatusOK {
		t.Fatalf("create a user: status %d", status)
	}
	c.wait("one more", users("6"))
}

func TestTheOverviewShowsWhyALoginFailed(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	if status := c.call(http.MethodPost, "/v3/users/nobody/auth_tokens", authKey, "{}"); status != http.StatusNotFound {
		t.Fatalf("log in as nobody: status %d", status)
	}
	c.see("ERR_UID_NOT_FOUND")
	c.wait("a bar", `document.querySelector("rect.bad") !== null`)
}

// call calls the API and says how that went.
func (c *console) call(method, path, key, body string) int {
	c.t.Helper()
	status, _ := c.ask(method, path, key, body)
	return status
}

// ask calls the API and gives the answer.
func (c *console) ask(method, path, key, body string) (status int, answer string) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewBufferString(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Appid", appID)
	request.Header.Set("Apikey", key)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
