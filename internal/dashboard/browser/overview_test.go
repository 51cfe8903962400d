package browser_test

import (
	"bytes"
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
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url+"/v3/users", bytes.NewBufferString(`{"uid":"mina","name":"Mina"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Apikey", restKey)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	c.wait("one more", users("6"))
}
