// Seed 004, section "Login using Auth Token", JavaScript with promises (the section shows the login with a key).
const UID = "cometchat-uid-1" ;
const authKey = "AUTH_KEY" ;
CometChat . getLoggedinUser (). then (
( user ) => {
if ( ! user ) {
CometChat . login ( UID , authKey ). then (
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
