package dashboard_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// upload is a request that sends a file, with a form around it, as a browser does.
func (b *browser) upload(file io.Reader, size int64, fields ...string) *http.Request {
	b.c.t.Helper()
	var around bytes.Buffer
	form := multipart.NewWriter(&around)
	for i := 0; i < len(fields); i += 2 {
		if err := form.WriteField(fields[i], fields[i+1]); err != nil {
			b.c.t.Fatal(err)
		}
	}
	if _, err := form.CreateFormFile("file", "users.jsonl"); err != nil {
		b.c.t.Fatal(err)
	}
	before := bytes.Clone(around.Bytes())
	around.Reset()
	if err := form.Close(); err != nil {
		b.c.t.Fatal(err)
	}
	length := int64(len(before)) + size + int64(around.Len())
	request := b.request(http.MethodPost, appPage("/users/import")+"?watch=this")
	request.Body = io.NopCloser(io.MultiReader(bytes.NewReader(before), file, &around))
	request.ContentLength, request.GetBody = length, nil
	request.Header.Set("Content-Type", form.FormDataContentType())
	return request
}

func (b *browser) importText(text string, fields ...string) page {
	b.c.t.Helper()
	return b.send(b.upload(strings.NewReader(text), int64(len(text)), fields...))
}

// wantReport looks for the three numbers of a report.
func wantReport(t *testing.T, what string, got page, imported, skipped, refused int) {
	t.Helper()
	wantText(t, what, got, fmt.Sprintf("<dt>Imported</dt><dd>%d</dd>", imported))
	wantText(t, what, got, fmt.Sprintf("<dt>There already</dt><dd>%d</dd>", skipped))
	wantText(t, what, got, fmt.Sprintf("<dt>Refused</dt><dd>%d</dd>", refused))
}

func TestAFileIsImportedAndReported(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		file := `{"uid":"mina","name":"Mina","createdAt":1609459200,"tags":["staff"]}` + "\n\n" +
			`{"uid":"cometchat-uid-1","name":"Another Andrew"}` + "\n" +
			`{"uid":"no uid","name":"Nobody"}` + "\n" + `not JSON <script>alert(1)</script>` + "\n" + `{"uid":"eve","name":"Eve","role":"tutor"}`
		got := owner.importText(file)
		wantStatus(t, "import", got, http.StatusOK)
		wantReport(t, "import", got, 1, 1, 3)
		for _, text := range []string{"line 4: The uid may only contain", "line 5: The line is not a JSON object.", "line 6: The role tutor does not exist."} {
			wantText(t, "the reasons", got, text)
		}
		again := owner.importText(file, "createRoles", "on")
		wantReport(t, "import again, with roles", again, 1, 2, 2)
		user, err := c.service.KnownUser(t.Context(), appID, "mina")
		if err != nil || user.CreatedAt.Unix() != 1609459200 {
			t.Errorf("the user is %+v, %v", user, err)
		}
		if andrew, err := c.service.KnownUser(t.Context(), appID, "cometchat-uid-1"); err != nil || andrew.Name != "Andrew Joseph" {
			t.Errorf("who was there already is %q now, %v", andrew.Name, err)
		}
		wantText(t, "who did it", owner.get(userPage("mina", "/events")), "operator:ada")
	})
}

func TestAnImportWithoutAFileSaysSo(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	var form bytes.Buffer
	empty := multipart.NewWriter(&form)
	// What a browser sends for a field of which no file was chosen.
	if _, err := empty.CreateFormFile("file", ""); err != nil {
		t.Fatal(err)
	}
	if err := empty.Close(); err != nil {
		t.Fatal(err)
	}
	request := owner.request(http.MethodPost, appPage("/users/import"))
	request.Body, request.ContentLength, request.GetBody = io.NopCloser(&form), int64(form.Len()), nil
	request.Header.Set("Content-Type", empty.FormDataContentType())
	got := owner.send(request)
	wantStatus(t, "no file", got, http.StatusUnprocessableEntity)
	wantText(t, "no file", got, "Choose a file first.")
	wantStatus(t, "no upload", owner.post(appPage("/users/import"), "file", "x"), http.StatusBadRequest)
	wantReport(t, "an empty file", owner.importText(""), 0, 0, 0)
}

// zeros is a file without end, of which it counts what was read.
type zeros struct{ read atomic.Int64 }

func (z *zeros) Read(into []byte) (int, error) {
	clear(into)
	z.read.Add(int64(len(into)))
	return len(into), nil
}

func TestAnImportOfAGigabyteIsRefusedBeforeItIsRead(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	file := &zeros{}
	got := owner.send(owner.upload(io.LimitReader(file, 1<<30), 1<<30))
	wantStatus(t, "a gigabyte", got, http.StatusRequestEntityTooLarge)
	wantText(t, "a gigabyte", got, "The file is larger than 100 MB, which is as much as the console takes, and nothing of it was imported. Import it on the server&#39;s machine with: usher import users FILE")
	if read := file.read.Load(); read > 100<<20 {
		t.Errorf("%d MB were taken", read>>20)
	}
	wantText(t, "the users", owner.get(appPage("/users")), "5 users")
}

// users writes lines of users with numbers from one to before another.
func users(from, to int) string {
	var text strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&text, `{"uid":"user-%05d","name":"User %[1]d"}`+"\n", i)
	}
	return text.String()
}

func TestAnImportIsSeenWhileItRuns(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		lines := owner.watchPage(appPage("/users/import/live?watch=this"))
		first, second := users(0, 1500), users(1500, 2000)
		file, writing := io.Pipe()
		ended := make(chan page)
		go func() { ended <- owner.send(owner.upload(file, int64(len(first)+len(second)))) }()
		if _, err := io.WriteString(writing, first); err != nil {
			t.Fatal(err)
		}
		waitForLine(t, lines, "1\u202f000 imported")
		if _, err := io.WriteString(writing, second); err != nil {
			t.Fatal(err)
		}
		writing.Close()
		got := <-ended
		wantText(t, "the end", got, "<dt>Imported</dt><dd>2\u202f000</dd>")
		wantText(t, "the users", owner.get(appPage("/users")), "2\u202f005 users")
	})
}

func TestAnUploadThatBreaksOffKeepsWhatItBrought(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	// A form that ends in the midst of its file.
	text := users(0, 1500)
	request := owner.upload(strings.NewReader(text), int64(len(text)))
	whole, err := io.ReadAll(request.Body)
	if err != nil {
		t.Fatal(err)
	}
	half := whole[:len(whole)-200]
	request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(half)), int64(len(half))
	got := owner.send(request)
	wantStatus(t, "half a file", got, http.StatusUnprocessableEntity)
	wantText(t, "half a file", got, "The file did not come through to its end. What was imported stays.")
	rest := owner.importText(text)
	wantText(t, "the whole file", rest, "The import is through")
	wantText(t, "the users", owner.get(appPage("/users")), "1\u202f505 users")
}

func TestAnImportEndsWithTheRoleOfWhoStartedIt(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	owner := c.owner()
	developer := c.member(identity.OperatorDeveloper)
	file, writing := io.Pipe()
	text := users(0, 5000)
	ended := make(chan page)
	go func() { ended <- developer.send(developer.upload(file, int64(len(text)))) }()
	if _, err := io.WriteString(writing, users(0, 1500)); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, "remove", owner.post("/console/operators/developer/remove", "confirmed", "developer"), http.StatusSeeOther)
	go func() {
		// It is read no further than to where the server notices.
		_, _ = io.WriteString(writing, users(1500, 5000))
		writing.Close()
	}()
	if got := <-ended; got.status == http.StatusOK {
		t.Errorf("the import of a removed operator ends with status %d", got.status)
	}
	if strings.Contains(owner.get(appPage("/users")).body, "5\u202f005 users") {
		t.Error("everything was imported")
	}
}
