package dashboard

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
)

// reply is what a handler has to say: a page, a way to go on, or a stream.
type reply struct {
	// page is the file of the template, title what the page is called, and data what its template gets as
	// .Data.
	page, title string
	data        any
	// path is where the page lies, where that is not where the request went.
	path string
	// status is 200 unless said.
	status int
	// location is where the browser goes on.
	location string
	// flash is said on the next page.
	flash flash
	// cookies are set beside.
	cookies []*http.Cookie
	// told is for a script of a page, as JSON.
	told any
	// stream takes over the connection.
	stream func(w http.ResponseWriter)
}

// show replies with a page.
func show(page, title string, data any) reply { return reply{page: page, title: title, data: data} }

// tell replies to a script of a page.
func tell(value any) reply { return reply{told: value} }

// withStatus is the reply with a status other than 200.
func (r reply) withStatus(status int) reply {
	r.status = status
	return r
}

// at is for the page that answers a form: what on it leads to itself must lead to where it can be asked for.
func (r reply) at(path string) reply {
	r.path = path
	return r
}

// refused is a page whose form was not taken.
func (r reply) refused() reply { return r.withStatus(http.StatusUnprocessableEntity) }

// goTo sends the browser on to a path of the console.
func goTo(path string) reply { return reply{location: path} }

// saying tells what was done, on the page that the browser goes on to.
func (r reply) saying(text string) reply {
	r.flash = flash{Text: text}
	return r
}

// warning tells what was not done, and why.
func (r reply) warning(text string) reply {
	r.flash = flash{Text: text, Bad: true}
	return r
}

// send writes a reply and says with which status.
func (d *Dashboard) send(w http.ResponseWriter, c *call, r reply) int {
	if r.stream != nil {
		r.stream(w)
		return http.StatusOK
	}
	for _, cookie := range r.cookies {
		http.SetCookie(w, cookie)
	}
	if r.location != "" {
		if r.flash.Text != "" {
			http.SetCookie(w, d.flashCookie(c, r.flash))
		}
		w.Header().Set("Location", r.location)
		w.WriteHeader(http.StatusSeeOther)
		return http.StatusSeeOther
	}
	if r.told != nil {
		return sendTold(w, r)
	}
	shown := d.newView(c, r)
	if shown.Flash.Text != "" && r.flash.Text == "" {
		http.SetCookie(w, d.flashCookie(c, flash{}))
	}
	var page bytes.Buffer
	if err := d.pages.write(&page, r.page, shown); err != nil {
		// A defect of a template of ours.
		d.config.Log.Error("page could not be written", slog.String("page", r.page), slog.Any("error", err), slog.String("request", c.id))
		http.Error(w, "The page could not be written. The server's log has the cause under the request id "+c.id+".", http.StatusInternalServerError)
		return http.StatusInternalServerError
	}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(page.Len()))
	w.WriteHeader(r.status)
	// Whoever does not read the page has gone; there is nobody to tell.
	_, _ = w.Write(page.Bytes())
	return r.status
}

func sendTold(w http.ResponseWriter, r reply) int {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(r.status)
	// It has texts only. Whoever does not read it has gone; there is nobody to tell.
	_ = json.NewEncoder(w).Encode(r.told)
	return r.status
}
