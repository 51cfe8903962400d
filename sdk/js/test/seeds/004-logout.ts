// Seed 004, section "Logout", TypeScript.
CometChat . logout (). then (
( loggedOut : Object ) => {
console . log ( "Logout completed successfully" );
},
( error : CometChat . CometChatException ) => {
console . log ( "Logout failed with exception:" , { error });
}
);
