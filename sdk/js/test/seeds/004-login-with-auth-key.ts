// Seed 004, section "Login with Auth Key", TypeScript.
const UID : string = "cometchat-uid-1" ;
const authKey : string = "AUTH_KEY" ;
CometChat . getLoggedinUser (). then (
( user : CometChat . User ) => {
if ( ! user ) {
CometChat . login ( UID , authKey ). then (
( user : CometChat . User ) => {
console . log ( "Login Successful:" , { user });
},
( error : CometChat . CometChatException ) => {
console . log ( "Login failed with exception:" , { error });
}
);
}
},
( error : CometChat . CometChatException ) => {
console . log ( "Some Error Occurred" , { error });
}
);
