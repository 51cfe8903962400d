package browser_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestTheEventLogTellsOfNewEventsByItselfAndIsFiltered(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.visit(inApp("/events"))
	c.see("App created")
	if status := c.call(http.MethodPost, "/v3/users", restKey, `{"uid":"mina","name":"Mina"}`); status != http.StatusOK {
		t.Fatalf("create a user: status %d", status)
	}
	c.see("1 new event: show")
	c.do(chromedp.Click(chromedp.CSS(".fresh a")))
	c.wait("the new one first", `document.querySelector(".events tbody tr").innerText.includes("mina")`)
	c.fill("uid", "mina")
	c.press("Choose")
	c.wait("hers alone", `location.search.includes("uid=mina") && document.querySelectorAll(".events tbody tr").length === 1`)
	c.see("key Rest API Key")
}
