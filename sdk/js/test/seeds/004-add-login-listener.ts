// Seed 004, section "Add a Listener", TypeScript.
const listenerID : string = "UNIQUE_LISTENER_ID" ;
CometChat . addLoginListener (
listenerID ,
new CometChat . LoginListener ({
loginSuccess : ( user : CometChat . User ) => {
console . log ( "LoginListener :: loginSuccess" , user );
},
loginFailure : ( error : CometChat . CometChatException ) => {
console . log ( "LoginListener :: loginFailure" , error );
},
logoutSuccess : () => {
console . log ( "LoginListener :: logoutSuccess" );
},
logoutFailure : ( error : CometChat . CometChatException ) => {
console . log ( "LoginListener :: logoutFailure" , error );
}
})
);
