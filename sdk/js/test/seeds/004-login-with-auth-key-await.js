// Seed 004, section "Login using Auth Token", JavaScript with await (the section shows the login with a key).
const UID = "cometchat-uid-1" ;
const authKey = "AUTH_KEY" ;
try {
const loggedInUser = await CometChat . getLoggedinUser ();
if ( ! loggedInUser ) {
const user = await CometChat . login ( UID , authKey );
console . log ( "Login Successful:" , { user });
}
} catch ( error ) {
console . log ( "Login failed with exception:" , { error });
}
