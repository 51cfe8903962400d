// Seed 004, section "Login with Auth Token", JavaScript with await.
const authToken = "AUTH_TOKEN" ;
try {
const loggedInUser = await CometChat . getLoggedinUser ();
if ( ! loggedInUser ) {
const user = await CometChat . login ( authToken );
console . log ( "Login Successful:" , { user });
}
} catch ( error ) {
console . log ( "Login failed with exception:" , { error });
}
