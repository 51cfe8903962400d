// Seed 004, section "Login with Auth Token", JavaScript with promises.
const authToken = "AUTH_TOKEN" ;
CometChat . getLoggedinUser (). then (
( user ) => {
if ( ! user ) {
CometChat . login ( authToken ). then (
( user ) => {
console . log ( "Login Successful:" , { user });
},
( error ) => {
console . log ( "Login failed with exception:" , { error });
}
);
}
},
( error ) => {
console . log ( "Some Error Occurred" , { error });
}
);
