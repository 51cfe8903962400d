// Seed 004, section "Check for an Existing Session".
const user = await CometChat . getLoggedinUser ();
if ( user ) {
// User is already logged in — proceed to your app
}
