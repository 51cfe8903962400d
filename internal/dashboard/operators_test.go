package dashboard_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/usherhq/usher/internal/identity"
)

// openInvitations are the rows of the table, each as its cells without their tags.
func openInvitations(got page) [][]string {
	_, table, _ := strings.Cut(got.body, "Open invitations")
	_, table, _ = strings.Cut(table, "<tbody>")
	table, _, _ = strings.Cut(table, "</tbody>")
	var rows [][]string
	for _, row := range strings.Split(table, "<tr>")[1:] {
		var cells []string
		for _, cell := range regexp.MustCompile(`data-label="(?:Role|For|Invited by)">([^<]*)<`).FindAllStringSubmatch(row, -1) {
			cells = append(cells, cell[1])
		}
		rows = append(rows, cells)
	}
	return rows
}

func TestAnInvitationSaysWhomItIsFor(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(t *testing.T, c *console) {
		t.Helper()
		owner := c.owner()
		c.member(identity.OperatorViewer)
		ada, machine := identity.Caller{Operator: "ada"}, identity.Caller{Operator: "cli"}
		// A reset of somebody and an invitation of somebody new look alike but for this: each has a name and a role.
		for _, test := range []struct {
			invite func() (identity.Invitation, error)
			want   []string
		}{
			{
				func() (identity.Invitation, error) {
					return c.service.InviteOperator(t.Context(), ada, identity.OperatorDeveloper)
				}, []string{"developer", "whoever has the link", "ada"},
			},
			{
				func() (identity.Invitation, error) {
					return c.service.InviteOperatorNamed(t.Context(), machine, "Grace", identity.OperatorViewer)
				}, []string{"viewer", "grace", "cli"},
			},
			{
				func() (identity.Invitation, error) { return c.service.ResetOperator(t.Context(), machine, "viewer") },
				[]string{"viewer", "another password for viewer", "cli"},
			},
		} {
			invitation, err := test.invite()
			if err != nil {
				t.Fatal(err)
			}
			got := owner.get("/console/operators")
			rows := openInvitations(got)
			if len(rows) != 1 || strings.Join(rows[0], ", ") != strings.Join(test.want, ", ") {
				t.Errorf("the open invitations are %q, want %q", rows, test.want)
			}
			if strings.Contains(got.body, string(invitation.Code)) {
				t.Error("the page shows the code of an invitation")
			}
			withdraw := regexp.MustCompile(`action="(/console/operators/invitations/\d+/withdraw)"`).FindStringSubmatch(got.body)
			if withdraw == nil {
				t.Fatalf("nobody can withdraw it: %s", got.body)
			}
			wantStatus(t, "withdraw", owner.post(withdraw[1]), http.StatusSeeOther)
		}
		if rows := openInvitations(owner.get("/console/operators")); len(rows) != 0 {
			t.Errorf("after all were withdrawn, there are %q", rows)
		}
	})
}
