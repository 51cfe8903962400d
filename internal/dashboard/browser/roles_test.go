package browser_test

import "testing"

// createRole makes the role tutor in the console.
func (c *console) createRole() {
	c.t.Helper()
	c.visit(inApp("/new-role"))
	c.fill("role", "tutor")
	c.fill("name", "Tutor")
	c.press("Create")
	c.see("The role was created.")
}

func TestARoleIsCreatedRestrictedAndDeleted(t *testing.T) {
	t.Parallel()
	c := startSignedIn(t)
	c.createRole()
	c.fill("featuresToRestrict", "u.listUsers")
	c.press("Save the features")
	c.see("The restricted features were changed.")
	c.visit(inApp("/roles"))
	c.see("u.listUsers")
	c.visit(inApp("/roles/tutor"))
	c.press("Delete")
	c.fill("confirmed", "tutor")
	c.press("Delete")
	c.see("The role was deleted.")
}
