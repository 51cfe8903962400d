package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usherhq/usher/sdk/go/admin"
	"github.com/usherhq/usher/sdk/go/usher"
)

// importer takes imports, and notes how many users came with each request, and when.
type importer struct {
	counts []int
	at     []time.Duration
	began  time.Time
	// before answers the n-th request, unless it gives a reply without a status.
	before func(n int) (reply, error)
}

func (i *importer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body struct {
		Users map[string]struct{ UID, Name string } `json:"users"`
	}
	text, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		return nil, err
	}
	if len(text) > 1<<20 {
		return refused(http.StatusBadRequest, usher.CodeBadRequest, "").give()
	}
	i.counts = append(i.counts, len(body.Users))
	i.at = append(i.at, time.Since(i.began))
	if i.before != nil {
		if answer, err := i.before(len(i.counts)); err != nil || answer.status != 0 {
			if err != nil {
				return nil, err
			}
			return answer.give()
		}
	}
	outcomes := map[string]any{}
	for uid, user := range body.Users {
		outcomes[uid] = map[string]any{"success": true, "data": map[string]any{"uid": strings.ToLower(user.UID), "name": user.Name}}
		if user.Name == "" {
			outcomes[uid] = map[string]any{"success": false, "error": map[string]any{
				"code": usher.CodeBadRequest, "message": "No.", "details": map[string][]string{"name": {"It is needed."}},
			}}
		}
	}
	answer, err := json.Marshal(map[string]any{"data": outcomes})
	if err != nil {
		return nil, err
	}
	return reply{http.StatusOK, "", string(answer)}.give()
}

func (i *importer) client(t *testing.T) *admin.Client {
	t.Helper()
	i.began = time.Now()
	option := admin.WithHTTPClient(&http.Client{Transport: i})
	return must(admin.New(admin.Config{AppID: "app-1", Region: "eu", APIKey: "k"}, option))(t)
}

func learners(count int) []admin.ImportUser {
	users := make([]admin.ImportUser, count)
	for i := range users {
		users[i].NewUser = admin.NewUser{UID: fmt.Sprintf("Learner-%d", i), Name: "Learner"}
	}
	return users
}

func TestImportGivesAResultPerUserInOrder(t *testing.T) {
	t.Parallel()
	users := learners(120)
	users[7].Name = ""                            // refused by the server
	users[8].UID = "a b"                          // never sent
	users[9].Metadata = json.RawMessage(`{"open`) // can't be sent
	users[60].UID = users[59].UID                 // can't be sent with the one before
	var importer importer
	client := importer.client(t)
	var uids []string
	refusals := map[int]usher.Code{}
	for result, err := range client.Users.Import(t.Context(), slices.Values(users)) {
		if err != nil {
			t.Fatal(err)
		}
		if result.Err != nil {
			refusals[len(uids)] = usher.CodeOf(result.Err)
		} else if result.User.UID != strings.ToLower(result.UID) {
			t.Errorf("%s became %s", result.UID, result.User.UID)
		}
		uids = append(uids, result.UID)
	}
	var want []string
	for _, user := range users {
		want = append(want, user.UID)
	}
	if diff := cmp.Diff(want, uids); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	wantRefusals := map[int]usher.Code{7: usher.CodeBadRequest, 8: usher.CodeUIDWithSpace, 9: usher.CodeBadRequest}
	if diff := cmp.Diff(wantRefusals, refusals); diff != "" {
		t.Errorf("refusals (-want +got):\n%s", diff)
	}
	// Two of the first 50 are not sent; the second of a pair starts a request.
	if diff := cmp.Diff([]int{48, 10, 50, 10}, importer.counts); diff != "" {
		t.Errorf("users a request (-want +got):\n%s", diff)
	}
}

func TestImportKeepsRequestsWithinTheirSize(t *testing.T) {
	t.Parallel()
	users := learners(5)
	for i := range users {
		users[i].StatusMessage = strings.Repeat("s", 400<<10)
	}
	users[4].StatusMessage = strings.Repeat("s", 1<<20)
	var importer importer
	var last admin.ImportResult
	for result, err := range importer.client(t).Users.Import(t.Context(), slices.Values(users)) {
		if err != nil {
			t.Fatal(err)
		}
		last = result
	}
	wantCode(t, last.Err, usher.CodeBadRequest)
	if diff := cmp.Diff([]int{2, 2}, importer.counts); diff != "" {
		t.Errorf("users a request (-want +got):\n%s", diff)
	}
}

// A wait that is longer than a call may take is the import's to wait for.
func TestImportWaitsForTheRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		importer := importer{before: func(n int) (reply, error) {
			if n == 2 || n == 3 {
				return refused(http.StatusTooManyRequests, usher.CodeTooManyRequests, "60"), nil
			}
			return reply{}, nil
		}}
		client, imported := importer.client(t), 0
		for _, err := range client.Users.Import(t.Context(), slices.Values(learners(60))) {
			if err != nil {
				t.Fatal(err)
			}
			imported++
		}
		if diff := cmp.Diff([]time.Duration{0, 0, time.Minute, 2 * time.Minute}, importer.at); diff != "" || imported != 60 {
			t.Errorf("%d imported; requests (-want +got):\n%s", imported, diff)
		}
	})
}

func TestImportWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		importer := importer{before: func(int) (reply, error) {
			return refused(http.StatusTooManyRequests, usher.CodeTooManyRequests, "60"), nil
		}}
		client := importer.client(t)
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		for result, err := range client.Users.Import(ctx, slices.Values(learners(1))) {
			wantCode(t, err, usher.CodeTooManyRequests)
			if result.UID != "" {
				t.Errorf("result = %v", result)
			}
		}
		if took := time.Since(importer.began); took != time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

func TestImportEndsWithTheFirstError(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before func(n int) (reply, error)
		want   func(error) bool
	}{
		"refused": {
			func(n int) (reply, error) {
				return map[int]reply{2: refused(http.StatusForbidden, usher.CodeNoAccess, "")}[n], nil
			},
			func(err error) bool { return usher.CodeOf(err) == usher.CodeNoAccess },
		},
		"not about the users": {
			func(n int) (reply, error) {
				return map[int]reply{2: {http.StatusOK, "", `{"data": {"somebody": {"success": true}}}`}}[n], nil
			},
			func(err error) bool { return errors.Is(err, usher.ErrUnusableAnswer) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			importer := importer{before: test.before}
			imported, failures := 0, 0
			for _, err := range importer.client(t).Users.Import(t.Context(), slices.Values(learners(150))) {
				if err == nil {
					imported++
					continue
				}
				if failures++; !test.want(err) {
					t.Errorf("error = %v", err)
				}
			}
			if imported != 50 || failures != 1 || len(importer.counts) != 2 {
				t.Errorf("%d imported, %d errors, requests of %v users", imported, failures, importer.counts)
			}
		})
	}
}

func TestImportThatIsLeftReadsNoFurther(t *testing.T) {
	t.Parallel()
	var importer importer
	read := 0
	source := func(yield func(admin.ImportUser) bool) {
		for _, user := range learners(500) {
			if read++; !yield(user) {
				return
			}
		}
	}
	for _, err := range importer.client(t).Users.Import(t.Context(), source) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	// The 51st user is what fills the first request.
	if read != 51 || len(importer.counts) != 1 {
		t.Errorf("read %d users, sent %v", read, importer.counts)
	}
}

func TestImportBatchIsOneRequestOrNone(t *testing.T) {
	t.Parallel()
	var importer importer
	client := importer.client(t)
	_, err := client.Users.ImportBatch(t.Context(), learners(51))
	wantCode(t, err, usher.CodeBadRequest)
	_, err = client.Users.ImportBatch(t.Context(), append(learners(1), learners(1)...))
	wantCode(t, err, usher.CodeBadRequest)
	if results := must(client.Users.ImportBatch(t.Context(), nil))(t); len(results) != 0 || importer.counts != nil {
		t.Errorf("results = %v, requests of %v users", results, importer.counts)
	}
	if results := must(client.Users.ImportBatch(t.Context(), learners(50)))(t); len(results) != 50 || len(importer.counts) != 1 {
		t.Errorf("%d results, requests of %v users", len(results), importer.counts)
	}
	importer.before = func(int) (reply, error) { return reply{}, io.ErrUnexpectedEOF }
	results, err := client.Users.ImportBatch(t.Context(), learners(1))
	if _, unreached := errors.AsType[*url.Error](err); !unreached || results != nil {
		t.Errorf("results = %v, error = %v", results, err)
	}
}
