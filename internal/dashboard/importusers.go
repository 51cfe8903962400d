package dashboard

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"sync"
	"time"

	"github.com/usherhq/usher/internal/identity"
	"github.com/usherhq/usher/internal/userfile"
)

// The bounds of an import by a browser. The command line has none.
const (
	importLimit = 100 << 20
	// importEnvelope is what a browser sends around the file at most.
	importEnvelope = 64 << 10
	importTime     = time.Hour
	// importPause is how long an upload may stand still.
	importPause = 30 * time.Second
	// importProblems is how many refused lines are told one by one.
	importProblems = 100
)

// tooLargeToImport says what to do with a larger file.
var tooLargeToImport = fmt.Sprintf("The file is larger than %d MB, which is as much as the console takes, and nothing of it was imported. "+
	"Import it on the server's machine with: usher import users FILE", importLimit>>20)

type importPage struct {
	Form *form
	// Watch names the import that the form starts, for looking at it meanwhile.
	Watch string
	// Report is of the import that has just ended, and Ended why it did before the file was through.
	Report *userfile.Report
	Ended  string
	// MostBytes and TooLarge let the page refuse a file before it is sent.
	MostBytes int
	TooLarge  string
	// Progress is that of an import under way.
	Progress importProgress
}

// importProgress is how far an import is. It is zero where there is none.
type importProgress struct {
	Read, Whole int64
	Report      userfile.Report
}

// Percent is how much of the file has been read.
func (p importProgress) Percent() int { return int(min(100, 100*p.Read/max(1, p.Whole))) }

// Running says whether there is an import.
func (p importProgress) Running() bool { return p.Whole > 0 }

// runningImports are the imports under way on this server, by who watches them.
type runningImports struct {
	mu      sync.Mutex
	running map[string]importProgress
}

func (r *runningImports) note(watch string, progress importProgress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.running == nil {
		r.running = map[string]importProgress{}
	}
	r.running[watch] = progress
}

func (r *runningImports) end(watch string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, watch)
}

func (r *runningImports) at(watch string) importProgress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.running[watch]
}

func newImportPage(filled *form) importPage {
	return importPage{Form: filled, Watch: rand.Text(), MostBytes: importLimit, TooLarge: tooLargeToImport}
}

func (d *Dashboard) showImport(*call) (reply, error) {
	return show("import.html", "Import users", newImportPage(blank(nil))), nil
}

// watchOf is what the operator calls an import, apart from what others call theirs.
func watchOf(c *call) string { return c.operator.Name + " " + c.URL.Query().Get("watch") }

// liveImport shows how far an import is.
func (d *Dashboard) liveImport(c *call) (reply, error) {
	watch := watchOf(c)
	return d.stream(c, "import.html", identity.CanManageUsers, func(context.Context) ([]part, error) {
		return []part{{"progress", d.imports.at(watch)}}, nil
	})
}

// importUsers imports a file while it is being sent: no more of it is held than a batch, and nothing is written
// to the disk. What was imported before an upload breaks off stays, and the next one passes over it.
func (d *Dashboard) importUsers(c *call) (reply, error) {
	refuse := func(status int, text string) (reply, error) {
		page := newImportPage(blank(nil))
		page.Form.reject("file", text)
		return show("import.html", "Import users", page).withStatus(status), nil
	}
	if c.ContentLength > importLimit+importEnvelope {
		return refuse(http.StatusRequestEntityTooLarge, tooLargeToImport)
	}
	ctx, cancel := context.WithTimeout(c.gone, importTime)
	defer cancel()
	defer context.AfterFunc(d.streams.ending, cancel)()
	c.Body = http.MaxBytesReader(nil, &upload{c.upload, ctx, c.connection}, importLimit+importEnvelope)
	// The page that tells of the end is drawn when the time of a page is long over.
	c.Request = c.WithContext(c.gone)
	work := &userfile.Import{Service: d.service, Caller: c.caller, SkipExisting: true, MostProblems: importProblems}
	file, err := importedFile(c, work)
	if errors.Is(err, errNoFile) {
		return refuse(http.StatusUnprocessableEntity, "Choose a file first.")
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "The file could not be read, and nothing was imported.")
	}
	err = d.runImport(ctx, c, work, file)
	page := newImportPage(blank(nil))
	page.Report = &work.Report
	if file.failure != nil {
		page.Ended = "The file did not come through to its end."
		if _, tooLarge := errors.AsType[*http.MaxBytesError](file.failure); tooLarge {
			page.Ended = fmt.Sprintf("The file is larger than %d MB: import the rest on the server's machine with usher import users FILE --skip-existing.", importLimit>>20)
		}
		return show("import.html", "Import users", page).refused(), nil
	}
	return show("import.html", "Import users", page), err
}

func (d *Dashboard) runImport(ctx context.Context, c *call, work *userfile.Import, file io.Reader) error {
	watch, whole := watchOf(c), c.ContentLength
	if whole <= 0 {
		whole = importLimit
	}
	d.imports.note(watch, importProgress{Whole: whole})
	defer d.imports.end(watch)
	work.Progress = func(read int64) error {
		d.imports.note(watch, importProgress{read, whole, work.Report})
		return d.mayStillLook(ctx, c, identity.CanManageUsers)
	}
	return work.Run(ctx, file)
}

var errNoFile = errors.New("the form has no file")

// importedFile finds the file in a form that is being sent, behind what else the form says.
func importedFile(c *call, work *userfile.Import) (*sentFile, error) {
	parts, err := c.MultipartReader()
	if err != nil {
		return nil, err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, errNoFile
		}
		if err != nil {
			return nil, err
		}
		switch {
		case part.FormName() == "createRoles":
			work.CreateRoles = true
		case part.FormName() == "file" && part.FileName() != "":
			return &sentFile{part: part}, nil
		}
	}
}

// sentFile is a file that is being sent, and what kept it from coming through.
type sentFile struct {
	part    *multipart.Part
	failure error
}

// Read reads on in the file.
func (f *sentFile) Read(into []byte) (int, error) {
	count, err := f.part.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		f.failure = err
	}
	return count, err
}

// upload is a body that may take longer than others, as long as it comes on.
type upload struct {
	io.ReadCloser

	ctx        context.Context //nolint:containedctx // it is that of the one request
	connection *http.ResponseController
}

// Read reads on in the body.
func (u *upload) Read(into []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	now := time.Now()
	// The answer comes behind the body.
	if err := errors.Join(u.connection.SetReadDeadline(now.Add(importPause)), u.connection.SetWriteDeadline(now.Add(2*importPause))); err != nil {
		return 0, err
	}
	return u.ReadCloser.Read(into)
}
