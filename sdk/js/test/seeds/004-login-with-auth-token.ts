// Seed 004, section "Login with Auth Token", TypeScript.
const authToken : string = "AUTH_TOKEN" ;
CometChat . getLoggedinUser (). then (
( user : CometChat . User ) => {
if ( ! user ) {
CometChat . login ( authToken ). then (
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
