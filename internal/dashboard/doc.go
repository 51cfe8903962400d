// Package dashboard is the console: pages for the people who run the server, at /console.
//
// A page is one Go file and one template. To add one:
//
//   - Write templates/NAME.html. It defines "content", and may define "actions" for the buttons beside the
//     title. It gets a view; what the page has of its own is .Data. The parts in parts.html draw what pages
//     share: field, tick, badge, presence, person, copy, snippet, confirm, paging, empty, chart, and since for times.
//   - Write handlers in NAME.go: func (d *Dashboard) listThings(c *call) (reply, error). c knows the
//     operator, the app of the path and the Caller for the use cases. Reply with show(file, title, data), or
//     with goTo(path).saying(text) after a change, so that loading the page again repeats nothing. A form
//     that was not taken is shown again: filled := c.form(), then filled.takes(err), then
//     show(…).refused(). Return every other error; refuse, in faults.go, makes a page of it.
//   - Add a line for each to routes, with the capability that it takes; what a role may do is decided in
//     identity (operator_role.go), and a page only leaves out what would be refused: {{if .May "manage
//     keys"}}. A page of an app lies under inApp. An entry of the menu is a line in sectionsOfApp.
//   - Keep secrets out of addresses: name things by their numbers, and reveal values by a POST.
//   - Make it work without JavaScript first. hx- attributes then spare loading a page whole: a form with
//     hx-get, hx-target and hx-select of one id fetches the page and takes that element out of it. There is
//     no inline script and no inline style: the policy in dashboard.go forbids them. What scripts do is in
//     assets/console.js, by data- attributes.
//   - A form is read by c.form(), and has a bound. A handler that takes a file reads c.upload instead, as it comes
//     in, and moves the deadlines of c.connection meanwhile; see importusers.go.
//   - For a live view, let a handler return d.stream with templates of the page as its parts, at a path that ends
//     with /live: what asks for it is a browser, perhaps with nobody there.
//   - Add the page to the list in browser/pages_test.go: it is then looked at in each variant, and by axe.
//
// The page "Try it" runs the TypeScript SDK, which sdk.sh builds into assets/usher.js; after a change of sdk/js,
// run it again.
//
// htmx and its extension are vendored by vendor.sh. Assets are served under names that hold a hash of their
// content, by the template function asset.
package dashboard
